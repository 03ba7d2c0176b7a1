"""Pages of courses: the list, one course, arranging it, and what I have completed."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organization.gate import Answer
from organization.refusals import Refused
from organization.scope import scope_of
from organization.views.request import Page, carry_out, form_page, person_of
from processes.models import Process
from training.course_forms import CourseForm
from training.courses import catalogue, evaluating, seats
from training.courses.policy import may_arrange, may_arrange_any
from training.matrix import departments_of
from training.models import Course, Enrolment, TrainingRecord, TrainingSession

ROWS = 50
HISTORY = 100


@require_safe
def courses(request: HttpRequest) -> HttpResponse:
    """Every course that is held, with its next session."""
    now, search, after = timezone.now(), request.GET.get("q", "").strip()[:100], request.GET.get("after", "")[:24]
    found = Course.objects.filter(retired_at__isnull=True, code__gt=after).select_related("department")
    if search:
        found = found.filter(Q(code__icontains=search) | Q(title__icontains=search))
    coming = Q(sessions__state="planned", sessions__begins_at__gt=now)
    rows = list(found.annotate(next_at=Min("sessions__begins_at", filter=coming)).order_by("code")[: ROWS + 1])
    context = {
        "courses": rows[:ROWS],
        "q": search,
        "next_url": "?" + urlencode({"q": search, "after": rows[ROWS - 1].code}) if len(rows) > ROWS else "",
        "previous_url": "?" + urlencode({"q": search}) if after else "",
        "may_arrange": may_arrange_any(person_of(request), scope_of(request)),
        "sees_matrix": departments_of(scope_of(request)) != frozenset(),
    }
    return render(request, "training/courses.html", context)


@require_safe
def course(request: HttpRequest, course: int) -> HttpResponse:
    """One course: what is learned, the sessions to come and my part in them."""
    found = get_object_or_404(Course.objects.select_related("department", "level"), pk=course)
    view, person, now = scope_of(request), person_of(request), timezone.now()
    sessions = TrainingSession.objects.open(now).filter(course=found).select_related("trainer").with_seats()[:ROWS]
    mine = dict(Enrolment.objects.filter(session__in=list(sessions), person=person).values_list("session", "state"))
    record = TrainingRecord.objects.completed().filter(course=found, person=person).first()
    answer = may_arrange(person, found.department_id, view)
    context = {
        "course": found,
        "sessions": [(one, mine.get(one.pk, ""), seats.free(one)) for one in sessions],
        "states": dict(Enrolment.State.choices),
        "processes": Process.objects.visible_to(view).filter(courses=found).order_by("number")[:ROWS],
        "abilities": found.abilities.order_by("level", "order"),
        "record": record,
        "expired": bool(record and record.valid_until and record.valid_until < view.today),
        "may_arrange": answer,
        "past": TrainingSession.objects.filter(course=found).exclude(pk__in=TrainingSession.objects.open(now)).order_by("-begins_at")[:20]
        if answer
        else (),
    }
    return render(request, "training/course.html", context)


def new_course(request: HttpRequest) -> HttpResponse:
    """A course is begun."""
    _insist(may_arrange_any(person_of(request), scope_of(request)))
    form = CourseForm(request.POST or None, view=scope_of(request))
    made = carry_out(
        request, form, lambda data: catalogue.create(data["code"].upper(), form.terms(), by=person_of(request), now=timezone.now())
    )
    if made:
        messages.success(request, _("The course is there. Plan its first session."))
        return redirect("training:course", made.pk)
    page = Page(_("New course"), _("Begin"), reverse("training:courses"), _("Training"))
    return form_page(request, form, page)


def change_course(request: HttpRequest, course: int) -> HttpResponse:
    """Other words or terms."""
    found = get_object_or_404(Course.objects.select_related("department"), pk=course)
    _insist(may_arrange(person_of(request), found.department_id, scope_of(request)))
    form = CourseForm(request.POST or None, view=scope_of(request), course=found)
    saved = carry_out(
        request, form,
        lambda data: catalogue.change(found, form.terms(), by=person_of(request), now=timezone.now(), seen=data["seen"] or 0),
    )  # fmt: skip
    if saved:
        messages.success(request, _("Saved."))
        return redirect("training:course", found.pk)
    return form_page(request, form, Page(_("Change course"), _("Save"), reverse("training:course", args=[found.pk]), str(found)))


@require_POST
def retire_course(request: HttpRequest, course: int) -> HttpResponse:
    """It is held no more."""
    found = get_object_or_404(Course, pk=course)
    try:
        catalogue.retire(found, by=person_of(request), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The course is no longer held. What was completed stays on record."))
    return redirect("training:course", found.pk)


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Where I am invited and come, and what I have completed."""
    person, now, view = person_of(request), timezone.now(), scope_of(request)
    coming = Enrolment.objects.filter(person=person, session__in=TrainingSession.objects.open(now)).exclude(state="declined")
    held = TrainingSession.objects.open(now).filter(trainer=person).select_related("course").with_seats()
    records = TrainingRecord.objects.standing().filter(person=person).select_related("course", "session")
    attended = [one.session for one in records.exclude(result="absent")[:HISTORY] if one.session]
    unsaid = set(Enrolment.objects.filter(person=person, session__in=attended, evaluated=False).values_list("session", flat=True))
    context = {
        "coming": coming.select_related("session__course", "session__trainer").order_by("session__begins_at")[:ROWS],
        "held": held[:ROWS],
        "to_evaluate": [one for one in records[:HISTORY] if one.session_id in unsaid],
        "records": records[:HISTORY],
        "today": view.today,
        "fewest": evaluating.FEWEST,
    }
    return render(request, "training/mine.html", context)


def _insist(answer: Answer) -> None:
    if not answer:
        raise PermissionDenied(answer.reason)
