"""Pages of indicators: all that I may see, one with its chart, new, measuring, correcting, assessing."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, Prefetch, Q, Subquery
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kpis import assessing, policy, recording
from kpis.forms import AssessmentForm, CorrectionForm, IndicatorForm, MeasurementForm
from kpis.models import Indicator, Measurement, QuarterAssessment, Rating
from kpis.periods import last_quarter, months_before, quarter_number, quarter_of
from kpis.pictures import picture, small_picture
from kpis.querysets import IndicatorQuerySet
from organization.calendar import today
from organization.refusals import Refused
from organization.scope import scope_of
from organization.views.request import person_of
from processes.models import Process
from worklist.models import WorkItem

ROWS = 50
MONTHS_LISTED = 14
MONTHS_SHOWN = 24
MONTHS_TO_ENTER = 12


def visible(request: HttpRequest) -> IndicatorQuerySet:
    """Indicators of processes that I may see."""
    return Indicator.objects.visible_to(scope_of(request)).select_related("process", "process__owner", "keeper")


def indicators(request: HttpRequest) -> HttpResponse:
    """All indicators by process number, each with its newest value; those of one rating on demand."""
    scope = scope_of(request)
    rating = request.GET.get("rating", "")
    latest = Measurement.objects.current().filter(period_start__gte=months_before(scope.today, MONTHS_LISTED)[0]).order_by("-period_start")
    found = visible(request).measured_on(scope.today).order_by("process__number", "pk")
    if rating in Rating.values:
        newest = latest.filter(indicator=OuterRef("pk")).values("rating")[:1]
        found = found.annotate(newest=Subquery(newest)).filter(newest=rating)
    number, _colon, key = request.GET.get("after", "")[:60].rpartition(":")
    if key.isdecimal():
        found = found.filter(process__number__gte=number).exclude(process__number=number, pk__lte=int(key))
    rows = list(found.prefetch_related(Prefetch("measurements", queryset=latest, to_attr="latest"))[: ROWS + 1])
    context = {
        "rows": [(row, small_picture(row, row.latest)) for row in rows[:ROWS]],
        "next": f"{rows[ROWS - 1].process.number}:{rows[ROWS - 1].pk}" if len(rows) > ROWS else "",
        "rating": rating,
        "ratings": Rating.choices,
    }
    return render(request, "kpis/list.html", context)


def indicator_page(request: HttpRequest, indicator: int) -> HttpResponse:
    """One indicator: chart, table, entering a value, correcting, the quarter."""
    found = get_object_or_404(visible(request), pk=indicator)
    return _indicator(request, found)


def _indicator(request: HttpRequest, indicator: Indicator, filled: Mapping[str, Form] | None = None, wrong: int = 0) -> HttpResponse:
    """The page; `filled` are forms that were not accepted, by name, and `wrong` the measurement that was to be corrected."""
    scope, filled = scope_of(request), filled or {}
    measurements = list(
        Measurement.objects.current()
        .filter(indicator=indicator)
        .select_related("recorded_by", "corrects")
        .order_by("-period_start")[:MONTHS_SHOWN]
    )
    breaches = WorkItem.objects.open().filter(
        Q(position__in=scope.positions) | Q(assigned_to=scope.person_id),
        kind=WorkItem.Kind.ACT,
        url_name="kpis:indicator",
        source_key__startswith=f"breach:{indicator.pk}:",
    )
    corrections: dict[int, Form] = {m.pk: CorrectionForm(auto_id=f"correct-{m.pk}-%s") for m in measurements}
    if "correct" in filled:
        corrections[wrong] = filled["correct"]
    context = {
        "indicator": indicator,
        "picture": picture(indicator, measurements),
        "measurements": [(m, corrections[m.pk]) for m in measurements],
        "latest": measurements[0] if measurements else None,
        "may_record": policy.may_record(indicator, scope),
        "may_assess": policy.may_assess(person_of(request), scope),
        "breaches": breaches,
        "assessments": QuarterAssessment.objects.filter(process=indicator.process_id).select_related("assessed_by")[:8],
        "record_form": filled.get("record") or _measurement_form(indicator, measurements),
        "assess_form": filled.get("assess") or _assessment_form(indicator=indicator.pk),
    }
    return render(request, "kpis/indicator.html", context, status=422 if filled else 200)


def _measurement_form(indicator: Indicator, measurements: list[Measurement], data: Any = None) -> MeasurementForm:
    """Offers the months that have ended and have no value, oldest first."""
    done = {m.period_start for m in measurements}
    ended = [m for m in months_before(today(), MONTHS_TO_ENTER) if m >= indicator.starts_on and m not in done]
    form = MeasurementForm(data, auto_id="record-%s")
    form.fields["month"].widget.choices = [(m.isoformat(), date_format(m, "YEAR_MONTH_FORMAT")) for m in ended]
    return form


def _assessment_form(data: Any = None, indicator: int = 0) -> AssessmentForm:
    """Offers this quarter and the last; goes back to the indicator that it was opened from."""
    form = AssessmentForm(data, initial={"indicator": indicator}, auto_id="assess-%s")
    quarters = [last_quarter(today()), quarter_of(today())]
    words = [_("Quarter %(quarter)s of %(year)s") % {"quarter": quarter_number(q), "year": q.year} for q in quarters]
    form.fields["quarter"].widget.choices = [(q.isoformat(), word) for q, word in zip(quarters, words, strict=True)]
    return form


@require_POST
def record(request: HttpRequest, indicator: int) -> HttpResponse:
    """Enter a month's value."""
    found = get_object_or_404(visible(request), pk=indicator)
    form = _measurement_form(found, [], request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            recording.record(found, data["month"], data["value"], by=person_of(request), now=timezone.now(), comment=data["comment"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Recorded."))
            return redirect("kpis:indicator", found.pk)
    return _indicator(request, found, {"record": form})


@require_POST
def correct(request: HttpRequest, indicator: int, measurement: int) -> HttpResponse:
    """Replace a wrong value, with a reason."""
    found = get_object_or_404(visible(request), pk=indicator)
    wrong = get_object_or_404(found.measurements, pk=measurement)
    form = CorrectionForm(request.POST, auto_id=f"correct-{wrong.pk}-%s")
    if form.is_valid():
        try:
            recording.correct(
                wrong, form.cleaned_data["value"], by=person_of(request), now=timezone.now(), reason=form.cleaned_data["reason"]
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Corrected. The earlier value stays on record."))
            return redirect("kpis:indicator", found.pk)
    return _indicator(request, found, {"correct": form}, wrong.pk)


@require_POST
def dealt_with(request: HttpRequest, indicator: int, item: int) -> HttpResponse:
    """The owner has looked at a value off target."""
    found = get_object_or_404(visible(request), pk=indicator)
    breach = get_object_or_404(WorkItem, pk=item, source_key__startswith=f"breach:{found.pk}:")
    try:
        recording.answer_breach(breach, by=person_of(request), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("kpis:indicator", found.pk)


def new(request: HttpRequest, number: str) -> HttpResponse:
    """Set an indicator on a process."""
    scope = scope_of(request)
    process = get_object_or_404(Process.objects.visible_to(scope).select_related("owner"), number=number)
    answer = policy.may_define(person_of(request), scope)
    form = IndicatorForm(request.POST or None, initial={"keeper": process.owner_id, "starts_on": months_before(scope.today, 1)[0]})
    if request.method == "POST" and form.is_valid():
        try:
            made = recording.define(process, **form.cleaned_data, by=person_of(request), now=timezone.now())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The indicator is set. Its keeper is asked for a value each month."))
            return redirect("kpis:indicator", made.pk)
    status = 200 if answer and not form.errors else 422 if answer else 403
    return render(request, "kpis/new.html", {"process": process, "form": form, "answer": answer}, status=status)


@require_POST
def assess(request: HttpRequest, number: str) -> HttpResponse:
    """Judge a quarter; goes back to the indicator it was opened from."""
    form = _assessment_form(request.POST)
    form.full_clean()
    found = get_object_or_404(visible(request), process__number=number, pk=form.cleaned_data.get("indicator", 0))
    if form.is_valid():
        data = form.cleaned_data
        try:
            assessing.assess(
                found.process, data["quarter"], rating=data["rating"], text=data["text"], by=person_of(request), now=timezone.now()
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The assessment is recorded."))
            return redirect("kpis:indicator", found.pk)
    return _indicator(request, found, {"assess": form})
