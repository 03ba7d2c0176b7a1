"""Looking up departments, positions, people and levels: open to everybody who is signed in."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from organization import directory, gate, gate_history, policy, proposals, standing_in
from organization.calendar import company, today
from organization.ladder import GATES, RUNGS, Action
from organization.models import Department, GateRule, HeldLevel, Level, Person, Position
from organization.resolution import resolve
from organization.views.request import person_of

ROWS = 50
OPTIONS = 12
GATE_CHANGES = 30


def index(request: HttpRequest) -> HttpResponse:
    """The department tree."""
    me, day = person_of(request), today()
    context = {
        "nodes": directory.tree(day),
        "may_manage": policy.may_manage(me),
        "proposed": len(proposals.waiting_for(me, day)),
    }
    return render(request, "organization/index.html", context)


def department(request: HttpRequest, department: int) -> HttpResponse:
    """One department: its positions with who holds them, who is away, what lies below."""
    day = today()
    found = get_object_or_404(Department.objects.select_related("parent"), pk=department)
    offices = directory.offices(
        Position.objects.existing(day).filter(department=found).select_related("deputy").order_by(directory.HEADS_FIRST, "kind", "title"),
        day,
    )
    context = {
        "department": found,
        "offices": offices,
        "away": [h for office in offices for h in office.holders if h.absence],
        "vacant": sum(not office.holders for office in offices),
        "children": Department.objects.existing(day).filter(parent=found).order_by("code"),
        "may_manage": policy.may_manage(person_of(request)),
    }
    return render(request, "organization/department.html", context)


def position(request: HttpRequest, position: int) -> HttpResponse:
    """One position: who acts today and why, who acts after that, who held it, who will."""
    day = today()
    found = get_object_or_404(Position.objects.select_related("department", "deputy__department", "substitute"), pk=position)
    context = {
        "position": found,
        "assignee": resolve(found, day),
        "line": standing_in.line(found, day),
        "proposed": proposals.waiting_for(person_of(request), day, position=found),
        "required": gate.level_name(found.required_level),
        "appointments": _with_last_day(found.appointments.select_related("person").order_by("-starts_on", "-pk")),
        "today": day,
        "may_manage": policy.may_manage(person_of(request)),
    }
    return render(request, "organization/position.html", context)


def _with_last_day(rows: Any) -> list[tuple[Any, Any]]:
    return [(row, directory.last_day(row.ends_before)) for row in rows]


def people(request: HttpRequest) -> HttpResponse:
    """Everybody, by name, with search."""
    manage = policy.may_manage(person_of(request))
    search = request.GET.get("q", "").strip()[:100]
    left = bool(manage) and request.GET.get("left") == "1"
    name, _separator, key = request.GET.get("after", "").rpartition(":")
    after = (name, int(key)) if key.isdecimal() and len(key) < 19 else None
    found = directory.people(search, left=left, after=after, rows=ROWS + 1)
    shown, day = found[:ROWS], today()
    positions = directory.positions_of(shown, day)
    absences = directory.absences_today(day, [p.pk for p in shown])
    rows = [(p, positions.get(p.pk, []), directory.last_day(absences[p.pk].ends_before) if p.pk in absences else None) for p in shown]
    more = {"q": search, "left": "1" if left else "", "after": f"{shown[-1].name}:{shown[-1].pk}"} if len(found) > ROWS else {}
    context = {
        "rows": rows,
        "q": search,
        "left": left,
        "next_url": "?" + urlencode(more) if more else "",
        "previous_url": "?" + urlencode({"q": search, "left": "1" if left else ""}) if after else "",
        "may_manage": manage,
    }
    return render(request, "organization/people.html", context)


def people_options(request: HttpRequest) -> HttpResponse:
    """Proposals for a field that names a person: whatever its field is called, one text comes."""
    typed = str(next(iter(request.GET.values()), "")).strip()[:100]
    found = directory.people(typed, left=False, after=None, rows=OPTIONS) if typed else []
    return render(request, "organization/people_options.html", {"people": found})


def person(request: HttpRequest, person: int) -> HttpResponse:
    """One person: positions, level with its history, absences."""
    day, me = today(), person_of(request)
    found = get_object_or_404(Person, pk=person)
    private = bool(policy.may_enter_absence(me, found, day))
    level = gate.level_of(found, day)
    appointments = found.appointments.select_related("position__department").order_by("-starts_on", "-pk")
    held = list(found.held_levels.begun(day).select_related("given_by", "signature"))
    ends = [row.held_until for row in held if row.held_until and row.held_until > day]
    may_assign = me.pk != found.pk and (policy.may_assign_levels(me, day) or policy.may_place(me, company(), day))
    context = {
        "person": found,
        "mine": me.pk == found.pk,
        "level": level,
        "level_name": gate.level_name(level),
        "level_until": directory.last_day(max(ends, default=None)),
        "may_steer": may_assign and policy.may_steer_level(me, found, day),
        "appointments": _with_last_day(appointments),
        "history": [(gate.level_name(row.level_id), row, directory.last_day(row.held_until)) for row in held],
        "absences": _with_last_day(found.absences.filter(ends_before__gt=day).select_related("substitute")),
        "private": private,
        "today": day,
        "may_manage": policy.may_manage(me),
        "proposed": proposals.waiting_for(me, day, person=found),
        "may_assign": may_assign,
    }
    return render(request, "organization/person.html", context)


def levels(request: HttpRequest) -> HttpResponse:
    """The ladder: levels, abilities, how many hold each, and the gates."""
    day = today()
    counts = dict(HeldLevel.objects.on(day).filter(person__is_active=True).order_by().values_list("level").annotate(n=Count("person")))
    renewals_of = dict(Level.objects.values_list("number", "renewal_months"))
    modes = dict(GateRule.objects.values_list("action", "mode"))
    settings = company()
    context = {
        "rungs": [
            (
                rung,
                _(rung.name),
                [(_(one.text), _(one.criterion)) for one in rung.abilities],
                counts.get(rung.number, 0),
                renewals_of.get(rung.number),
            )
            for rung in RUNGS
        ],
        "gates": [
            (action.value, _(GATES[action].label), gate.level_name(GATES[action].level), GateRule.Mode(modes.get(action, "enforce")))
            for action in Action
        ],
        "changes": [(_(GATES[Action(change.action)].label), change) for change in gate_history.newest(GATE_CHANGES)],
        "may_set_gate": policy.may_set_gate(person_of(request), day),
        "placement": settings.placement_until if settings.placement_until and policy.placement_is_open(settings, day) else None,
        "last_placement_day": directory.last_day(settings.placement_until),
    }
    return render(request, "organization/levels.html", context)
