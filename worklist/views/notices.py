"""My notices, and in a demo the mailbox."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organization.calendar import company
from organization.policy import may_manage
from organization.scope import scope_of
from organization.views.request import person_of
from worklist import mail as mails
from worklist import policy
from worklist.models import Notice
from worklist.notices import mark_seen
from worklist.preferences import DIGEST
from worklist.views.addresses import changed, number
from worklist.views.tabs import tabs

ROWS = 50


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """What I was told, newest first."""
    scope = scope_of(request)
    found = Notice.objects.filter(person=scope.person_id).exclude(kind=DIGEST)
    views = tabs("notices", scope.person_id, leads=bool(policy.reach_of(scope)))
    return render(request, "worklist/notices.html", {"tabs": views, "unread": views[-1]["count"], **_newest(request, found)})


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Marks one notice as seen and opens what it is about; or all up to the newest that was shown."""
    own = Notice.objects.filter(person=scope_of(request).person_id)
    if "until" in request.POST:
        mark_seen(own.filter(pk__lte=number(request.POST["until"])), now=timezone.now())
        return redirect("worklist:notices")
    notice = get_object_or_404(own, pk=number(request.POST.get("notice", "")))
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
    before = number(request.GET.get("before", ""))
    rows = list((found.filter(pk__lt=before) if before else found).order_by("-pk")[: ROWS + 1])
    more = len(rows) > ROWS
    return {
        "rows": rows[:ROWS],
        "first_url": changed(request.GET, "before", "") if before else "",
        "next_url": changed(request.GET, "before", str(rows[ROWS - 1].pk)) if more else "",
    }
