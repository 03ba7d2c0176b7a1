"""Pages of a session: what it is, my place in it, and for whoever arranges it planning, inviting and the list of people."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from organization.models import Person
from organization.refusals import Refused
from organization.scope import scope_of
from organization.views.request import Page, carry_out, form_page, person_of
from training.course_forms import CancelForm, InviteForm, SessionForm
from training.courses import calendar_file, evaluating, inviting, seats, sessions
from training.courses.policy import may_arrange, may_arrange_any, may_join, may_record
from training.forms import options
from training.models import Course, Enrolment, TrainingSession
from training.rule_targets import known_roles

LISTED = 500
OPTIONS = 12


def found_session(session: int) -> TrainingSession:
    """The session of an address."""
    every = TrainingSession.objects.select_related("course__department", "trainer").with_seats()
    found: TrainingSession = get_object_or_404(every, pk=session)
    return found


@require_safe
def session(request: HttpRequest, session: int) -> HttpResponse:
    """When and where, and my place; whoever arranges or holds it sees who comes."""
    return _page(request, found_session(session))


def _page(request: HttpRequest, found: TrainingSession, invite: InviteForm | None = None) -> HttpResponse:
    person, view, now = person_of(request), scope_of(request), timezone.now()
    arranges = may_arrange(person, found.course.department_id, view)
    records = may_record(person, found, view)
    people = found.enrolments.select_related("person").order_by("state", "since", "pk") if records else Enrolment.objects.none()
    context: dict[str, Any] = {
        "session": found,
        "mine": found.enrolments.filter(person=person).first(),
        "free": seats.free(found),
        "may_join": may_join(found, now),
        "may_arrange": arranges,
        "may_record": records,
        "people": people[:LISTED],
        "begun": found.begins_at <= now,
        "evaluate": evaluating.open_to(found, person),
        "told": evaluating.told(found) if records and found.state == "held" else None,
    }
    if arranges and found.state == "planned" and not context["begun"]:
        context["invite_form"] = invite or InviteForm(view=view)
    return render(request, "training/session.html", context, status=422 if invite and invite.errors else 200)


def new_session(request: HttpRequest, course: int) -> HttpResponse:
    """A session of a course is planned."""
    of = get_object_or_404(Course.objects.select_related("department"), pk=course)
    _insist_arranges(request, of)
    form = SessionForm(request.POST or None, initial={"capacity": of.places})
    made = carry_out(request, form, lambda _data: sessions.plan(of, form.terms(), by=person_of(request), now=timezone.now()))
    if made:
        messages.success(request, _("The session is planned. Invite people to it."))
        return redirect("training:session", made.pk)
    return form_page(request, form, Page(_("Plan a session"), _("Plan"), reverse("training:course", args=[of.pk]), str(of)))


def change_session(request: HttpRequest, session: int) -> HttpResponse:
    """Another time, place or trainer."""
    found = found_session(session)
    _insist_arranges(request, found.course)
    form = SessionForm(request.POST or None, session=found)
    saved = carry_out(
        request, form,
        lambda data: sessions.change(found, form.terms(), by=person_of(request), now=timezone.now(), seen=data["seen"] or 0),
    )  # fmt: skip
    if saved:
        messages.success(request, _("Saved. Whoever comes has been told."))
        return redirect("training:session", found.pk)
    return form_page(
        request, form, Page(_("Change the session"), _("Save"), reverse("training:session", args=[found.pk]), str(found.course))
    )


def cancel_session(request: HttpRequest, session: int) -> HttpResponse:
    """It does not take place."""
    found = found_session(session)
    _insist_arranges(request, found.course)
    form = CancelForm(request.POST or None)
    if carry_out(request, form, lambda data: sessions.cancel(found, by=person_of(request), now=timezone.now(), **data)):
        messages.success(request, _("Cancelled. Whoever was going to come has been told."))
        return redirect("training:session", found.pk)
    back = reverse("training:session", args=[found.pk])
    title, keep = _("Cancel the session"), _("Keep the session")
    return form_page(request, form, Page(title, title, back, str(found.course), keep=keep))


@require_POST
def invite(request: HttpRequest, session: int) -> HttpResponse:
    """Asks the people whom a rule selects."""
    found = found_session(session)
    _insist_arranges(request, found.course)
    form = InviteForm(request.POST, view=scope_of(request))

    def story(data: dict[str, Any]) -> int:
        kind, key = form.rule()
        return inviting.ask(found, kind, key, everybody=data["everybody"], by=person_of(request), now=timezone.now())

    count = carry_out(request, form, story)
    if count is None:
        return _page(request, found, form)
    said = ngettext("%(count)d person is invited within a minute.", "%(count)d people are invited within a minute.", count)
    messages.success(request, said % {"count": count})
    return redirect("training:session", found.pk)


@require_safe
def invitees(request: HttpRequest, kind: str) -> HttpResponse:
    """Proposals for a field that names a position or a role."""
    view = scope_of(request)
    if kind not in ("position", "role") or not may_arrange_any(person_of(request), view):
        raise Http404
    typed = request.GET.get(kind, "").strip()[:100]
    return render(request, "training/targets.html", {"names": options(kind, typed, known_roles(view), view.today, OPTIONS)})


@require_POST
def enrol(request: HttpRequest, session: int) -> HttpResponse:
    """I come, or wait for a place."""
    found = found_session(session)

    def story() -> str:
        mine = seats.enrol(found, by=person_of(request), now=timezone.now())
        if mine.state == Enrolment.State.WAITING:
            return _("It is full: you are on the waiting list, and told as soon as a place is yours.")
        return _("You have a place. Take the calendar entry below.")

    return _done(request, found, story)


@require_POST
def leave(request: HttpRequest, session: int) -> HttpResponse:
    """I do not come."""
    found = found_session(session)

    def story() -> str:
        seats.leave(found, by=person_of(request), now=timezone.now())
        return _("Noted: you do not come.")

    return _done(request, found, story)


@require_POST
def strike(request: HttpRequest, session: int, person: int) -> HttpResponse:
    """Takes somebody off the list."""
    found = found_session(session)
    _insist_arranges(request, found.course)
    who = get_object_or_404(Person.objects.filter(enrolments__session=found), pk=person)

    def story() -> str:
        seats.strike(found, who, by=person_of(request), now=timezone.now())
        return _("%(name)s is off the list.") % {"name": who.name}

    return _done(request, found, story)


@require_safe
def calendar_entry(request: HttpRequest, session: int) -> HttpResponse:
    """The session for a calendar program; taken again it replaces or cancels the entry that is there."""
    found = found_session(session)
    response = HttpResponse(calendar_file.entry(found), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="training-{found.pk}.ics"'
    return response


def _done(request: HttpRequest, found: TrainingSession, story: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, story())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("training:session", found.pk)


def _insist_arranges(request: HttpRequest, course: Course) -> None:
    answer = may_arrange(person_of(request), course.department_id, scope_of(request))
    if not answer:
        raise PermissionDenied(answer.reason)
