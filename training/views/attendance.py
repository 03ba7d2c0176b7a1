"""Pages of having been there: the trainer's list with the code to scan, the check-in, putting right, and what people thought."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from organization.refusals import Refused, Stale
from organization.scope import scope_of
from organization.views.request import Page, carry_out, form_page, person_of
from training.course_forms import AttendanceForm, CorrectForm, EvaluateForm
from training.courses import attendance, evaluating, tickets
from training.courses.policy import may_check_in, may_correct, may_record
from training.models import TrainingRecord, TrainingSession
from training.views.sessions import found_session


def _recorded(request: HttpRequest, session: int) -> TrainingSession:
    """The session, for whoever records it; for everybody else there is no such page."""
    found = found_session(session)
    if not may_record(person_of(request), found, scope_of(request)):
        raise Http404
    return found


def attendance_list(request: HttpRequest, session: int) -> HttpResponse:
    """Who was there and what came out."""
    found, now = _recorded(request, session), timezone.now()
    here = dict(found.check_ins.values_list("person", "at"))
    coming = found.enrolments.filter(state="enrolled").select_related("person").order_by("person__name", "pk")
    others = found.enrolments.filter(person__in=here).exclude(state="enrolled").select_related("person")
    people = [one.person for one in (*coming, *others)]
    form = AttendanceForm(request.POST or None, session=found, people=people, here=here)
    made = carry_out(
        request, form,
        lambda data: attendance.record(
            found, form.entries(), by=person_of(request), now=now, reason=data["reason"], further=data["further"]
        ),
    )  # fmt: skip
    if made is not None:
        said = ngettext("%(count)d line is on record.", "%(count)d lines are on record.", len(made))
        messages.success(request, said % {"count": len(made)})
        return redirect("training:attendance", found.pk)
    context = {"session": found, "form": form, "lines": form.lines(), "begun": found.begins_at <= now, **_code(request, found)}
    return render(request, "training/attendance.html", context, status=422 if form.errors else 200)


@require_safe
def attendance_code(request: HttpRequest, session: int) -> HttpResponse:
    """The code to scan, fresh: the page asks for it again before the one it shows has run out."""
    found = _recorded(request, session)
    return render(request, "training/_code.html", {"session": found, **_code(request, found)})


def _code(request: HttpRequest, found: TrainingSession) -> dict[str, object]:
    now = timezone.now()
    open_now = found.state != "cancelled" and found.begins_at - attendance.EARLY <= now <= found.ends_at + attendance.EARLY
    if not open_now:
        return {"address": "", "code": ""}
    address = request.build_absolute_uri(reverse("training:check_in", args=[tickets.token(found, now)]))
    return {"address": address, "code": tickets.picture(address), "here": found.check_ins.count()}


def check_in(request: HttpRequest, token: str) -> HttpResponse:
    """I am there: the address stands in the code that the trainer shows, and only the button says so."""
    now, person = timezone.now(), person_of(request)
    try:
        found = tickets.session_of(token, now)
        if request.method == "POST":
            _row, new = attendance.check_in(token, by=person, now=now)
            messages.success(request, _("You are checked in.") if new else _("You were checked in before. Nothing was changed."))
            return redirect("training:session", found.pk)
    except Refused as refused:
        status = 404 if isinstance(refused, Stale) else 422
        return render(request, "training/check_in.html", {"refused": str(refused)}, status=status)
    known = found.check_ins.filter(person=person).first()
    may = may_check_in(person, found)
    return render(request, "training/check_in.html", {"session": found, "known": known, "refused": "" if known else may.reason})


def evaluate(request: HttpRequest, session: int) -> HttpResponse:
    """What I thought of it, without my name."""
    found = found_session(session)
    if not evaluating.open_to(found, person_of(request)):
        raise Http404
    form = EvaluateForm(request.POST or None)

    def story(data: dict[str, object]) -> bool:
        evaluating.evaluate(found, form.cleaned_data["score"], str(data["comment"]), by=person_of(request), now=timezone.now())
        return True

    if carry_out(request, form, story):
        messages.success(request, _("Thank you. Nobody sees who said it."))
        return redirect("training:mine")
    lead = _("Your name is not kept with it. The trainer sees an average as soon as three people have answered.")
    return form_page(request, form, Page(_("Evaluate the session"), _("Send"), reverse("training:mine"), str(found.course), lead))


def correct_record(request: HttpRequest, record: int) -> HttpResponse:
    """Puts a record right by a further one."""
    found = get_object_or_404(TrainingRecord.objects.standing().select_related("course", "session", "person"), pk=record)
    trainer = found.session.trainer_id if found.session else None
    if not may_correct(person_of(request), found.course, trainer, scope_of(request)):
        raise Http404
    initial = {"there": "0" if found.result == "absent" else "1", "score": found.score}
    form = CorrectForm(request.POST or None, course=found.course, initial=initial)
    if carry_out(
        request,
        form,
        lambda data: attendance.correct(found, form.entry(), by=person_of(request), now=timezone.now(), reason=data["reason"]),
    ):
        messages.success(request, _("Put right. The row that was wrong stays on record."))
        return redirect("training:attendance", found.session_id) if found.session_id else redirect("training:course", found.course_id)
    back = (
        reverse("training:attendance", args=[found.session_id]) if found.session_id else reverse("training:course", args=[found.course_id])
    )
    eyebrow = f"{found.course} · {found.person.name}"
    return form_page(request, form, Page(_("Put a record right"), _("Record"), back, eyebrow))
