"""My work, my notices, and in a demo the mailbox."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organization.calendar import company
from organization.policy import may_manage
from organization.scope import scope_of
from organization.views.request import person_of
from worklist import listing
from worklist import mail as mails
from worklist.forms import Filter
from worklist.models import Notice
from worklist.notices import mark_seen, unread

ROWS = 50


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What I owe, by due day."""
    scope = scope_of(request)
    form = Filter(request.GET)
    after = request.GET.get("after", "")
    page = listing.page(scope, form.wanted(after))
    context = {
        "page": page,
        "form": form,
        "today": scope.today,
        "filtered": bool(request.GET.get("kind") or request.GET.get("whose")),
        "first_url": _with(request.GET, "after", "") if after else "",
        "next_url": _with(request.GET, "after", page.after) if page.after else "",
    }
    return render(request, "worklist/mine.html", context)


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """What I was told, newest first."""
    found = Notice.objects.filter(person=scope_of(request).person_id)
    return render(request, "worklist/notices.html", {"unread": unread(scope_of(request).person_id), **_newest(request, found)})


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Marks one notice as seen and opens what it is about; or all up to the newest that was shown."""
    own = Notice.objects.filter(person=scope_of(request).person_id)
    if "until" in request.POST:
        mark_seen(own.filter(pk__lte=_number(request.POST["until"])), now=timezone.now())
        return redirect("worklist:notices")
    notice = get_object_or_404(own, pk=_number(request.POST.get("notice", "")))
    mark_seen(own.filter(pk=notice.pk), now=timezone.now())
    local = url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None)
    return redirect(notice.url if local else "worklist:notices")


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Only in a demo: the mail that was sent; to administrators all of it, to others their own."""
    context = _newest(request, _sent(request).select_related("person"))
    return render(request, "worklist/mailbox.html", context)


@require_safe
def mail(request: HttpRequest, notice: int) -> HttpResponse:
    """Only in a demo: one mail as it was sent."""
    found = get_object_or_404(_sent(request).select_related("person"), pk=notice)
    return render(request, "worklist/mail.html", {"notice": found, "letter": mails.letter(found)})


def _sent(request: HttpRequest) -> QuerySet[Notice]:
    if not company().is_demo:
        raise Http404(_("There is a mailbox in the demo only."))
    sent = Notice.objects.filter(mail=Notice.Mail.SENT)
    return sent if may_manage(person_of(request)) else sent.filter(person=scope_of(request).person_id)


def _newest(request: HttpRequest, found: QuerySet[Notice]) -> dict[str, object]:
    """A page of notices by falling number, from `before` on."""
    before = _number(request.GET.get("before", ""))
    rows = list((found.filter(pk__lt=before) if before else found).order_by("-pk")[: ROWS + 1])
    more = len(rows) > ROWS
    return {
        "rows": rows[:ROWS],
        "first_url": _with(request.GET, "before", "") if before else "",
        "next_url": _with(request.GET, "before", str(rows[ROWS - 1].pk)) if more else "",
    }


def _number(text: str) -> int:
    """The number, or 0 for what is none or too long to be one of ours."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _with(query: QueryDict, name: str, value: str) -> str:
    """The same address with this parameter; without it for ""."""
    changed = query.copy()
    changed.pop(name, None)
    if value:
        changed[name] = value
    return f"?{changed.urlencode()}"
