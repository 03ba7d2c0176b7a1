"""Absence calendars: one's own, or as administrator everybody's; added, read at once, removed; or a file once."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from organization import feeds, fetching, policy
from organization.forms import ConfirmForm
from organization.import_forms import CalendarFileForm, CompanyFeedForm, FeedForm
from organization.models import AbsenceFeed
from organization.reconciling import Outcome
from organization.sentences import listed
from organization.tables.columns import KINDS
from organization.views.request import Page, carry_out, form_page, person_of

ROWS = 50


def feed_list(request: HttpRequest) -> HttpResponse:
    """The calendars that this person keeps, and the form for a file."""
    return _list(request, CalendarFileForm())


def feed_file(request: HttpRequest) -> HttpResponse:
    """One's own absences from a file, once."""
    me = person_of(request)
    form = CalendarFileForm(request.POST, request.FILES) if request.method == "POST" else CalendarFileForm()
    outcome = carry_out(request, form, lambda data: feeds.read_file(data["data"], me, by=me, now=timezone.now()))
    return _list(request, form, outcome)


def _list(request: HttpRequest, form: CalendarFileForm, outcome: Outcome | None = None) -> HttpResponse:
    me = person_of(request)
    manage = policy.may_manage(me)
    after = request.GET.get("after", "")
    found = policy.calendars_kept_by(me).select_related("person").order_by("pk")
    rows = list(found.filter(pk__gt=int(after) if after.isdecimal() and len(after) < 19 else 0)[: ROWS + 1])
    context = {
        "form": form,
        "outcome": outcome,
        "rows": [(feed, fetching.host(feed.url), feeds.failure(feed), feeds.remarks(feed)) for feed in rows[:ROWS]],
        "next_url": f"?after={rows[ROWS - 1].pk}" if len(rows) > ROWS else "",
        "previous_url": reverse("organization:feeds") if after else "",
        "hosts": fetching.allowed(),
        "may_manage": manage,
        "kinds": [{"label": k.title, "url": reverse("organization:table", args=[k.key])} for k in KINDS.values()] if manage else [],
    }
    return render(request, "organization/feeds.html", context, status=422 if form.errors else 200)


def new_feed(request: HttpRequest) -> HttpResponse:
    """A calendar of one's own; an administrator also adds those of others and of the company."""
    me = person_of(request)
    shape = CompanyFeedForm if policy.may_manage(me) else FeedForm
    form = shape(request.POST or None)
    added = carry_out(
        request,
        form,
        lambda data: feeds.add(by=me, name=data["name"], url=data["url"], person=data.get("person", me)),
    )
    if added:
        messages.success(request, _("The calendar is added. It is read every half hour; you can also read it now."))
        return redirect("organization:feeds")
    lead = _("Allowed hosts: %(hosts)s.") % {"hosts": listed(fetching.allowed())} if fetching.allowed() else ""
    return form_page(request, form, Page(_("Add a calendar"), _("Add"), reverse("organization:feeds"), _("Absence calendars"), lead))


@require_POST
def read_feed(request: HttpRequest, feed: int) -> HttpResponse:
    """Reads it at once."""
    me, found = person_of(request), _mine(request, feed)
    if feeds.read_now(found, by=me, now=timezone.now()):
        messages.success(request, _("The calendar was read."))
    else:
        messages.error(request, feeds.failure(found) or _("The calendar was not read."))
    return redirect("organization:feeds")


def remove_feed(request: HttpRequest, feed: int) -> HttpResponse:
    """Ask, then remove."""
    me, found = person_of(request), _mine(request, feed)
    form = ConfirmForm(request.POST if request.method == "POST" else None)

    def story(_data: object) -> bool:
        feeds.remove(found, by=me, now=timezone.now())
        return True

    if carry_out(request, form, story):
        messages.success(request, _("The calendar is removed."))
        return redirect("organization:feeds")
    lead = _("It is read no more. Absences to come that it brought are taken away with it; those that are over stay.")
    return form_page(request, form, Page(_("Remove calendar"), _("Remove it"), reverse("organization:feeds"), found.name, lead))


def _mine(request: HttpRequest, feed: int) -> AbsenceFeed:
    """404 for one that is not there, 403 for somebody else's."""
    found = get_object_or_404(AbsenceFeed.objects.select_related("person"), pk=feed)
    answer = policy.may_keep_calendar(person_of(request), found.person)
    if not answer:
        raise PermissionDenied(answer.reason)
    return found
