"""Stories of development plans, and which parts of the team page the company shows."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization import calendar, gate
from organization.gate import Answer
from organization.models import Ability, CompanySettings, Person, Position
from organization.policy import YES, insist, office_held
from organization.refusals import Refused, Stale
from organization.remembering import remembered
from organization.scope import Scope, scope
from training.competence import policy
from training.models import AbilityRating, Assessment, Assessor, DevelopmentStep
from worklist.items import raise_item, settle
from worklist.models import WorkItem
from worklist.notices import tell

PARTS: Final = ("team_growth", "team_contribution", "team_load", "team_plans")


def assessing(view: Scope) -> QuerySet[Assessor]:
    """Where whoever asks assesses at present; of the assessment `OuterRef`s can be added."""
    return Assessor.objects.filter(person=view.person_id, ended_at__isnull=True, assessment__state__in=Assessment.RUNNING)


def visible_to(view: Scope) -> QuerySet[DevelopmentStep]:
    """One's own, of those whom one is above, and of those whom one assesses at present. Nothing where the company shows no plans."""
    if not calendar.company().team_plans:
        return DevelopmentStep.objects.none()
    seen = Q(person=view.person_id) | Q(Exists(assessing(view).filter(assessment__candidate=OuterRef("person"))))
    above = policy.overseen(view)
    return DevelopmentStep.objects.filter(seen | above.people("person") if above else seen)


def may_plan(view: Scope, person: Person) -> Answer:
    """The person and who is above, where the company has plans at all."""
    if not calendar.company().team_plans:
        return Answer(False, reason=_("Development plans are switched off in this company."))
    if view.person_id == person.pk or policy.oversees(view, person):
        return YES
    return Answer(False, reason=_("A development plan is written by the person and the superior."))


def open_to(person: Person, day: dt.date) -> QuerySet[Ability]:
    """What is still to be learned: the abilities above the level held, and those of it that the last renewal did not find met."""
    held = gate.level_of(person, day)
    concluded = (Assessment.State.PASSED, Assessment.State.FAILED)
    last = Assessment.objects.filter(candidate=person, level=held, state__in=concluded).order_by("-closed_at", "-pk")[:1]
    found = AbilityRating.objects.filter(assessor__assessment__in=last.values("pk"), assessor__ended_at__isnull=True)
    missed = found.exclude(rated=AbilityRating.Rated.MET).values("ability")
    return Ability.objects.filter(Q(level__gt=held) | Q(pk__in=missed))


def plan(
    person: Person, ability: Ability, measure: str, due_on: dt.date, *, by: Person, now: dt.datetime, mentor: Person | None = None
) -> DevelopmentStep:
    """One step more; the person owes it, the mentor hears of it."""
    day = calendar.today(now)
    with transaction.atomic():
        insist(may_plan(scope(by, day), person))
        if not person.has_access(day):
            raise Refused(_("%(name)s has left or has no access any more.") % {"name": person.name})
        if not measure.strip():
            raise Refused(_("Say what is to be done."), field="measure")
        if due_on < day:
            raise Refused(_("Choose a day that has not passed."), field="due_on")
        if not open_to(person, day).filter(pk=ability.pk).exists():
            words = {"name": person.name}
            raise Refused(_("%(name)s holds this ability already. Choose one that is still to be learned.") % words, field="ability")
        _insist_on_mentor(person, ability, mentor, day)
        made = DevelopmentStep(
            person=person, ability=ability, measure=measure.strip()[:300], due_on=due_on, mentor=mentor, planned_by=by, planned_at=now
        )
        with remembered(made, by=by, now=now):
            made.save()
        made.work_item = raise_item(
            kind=WorkItem.Kind.ACT, subject=made.measure, url_name="training:person_competence", url_args=[person.pk], due_on=due_on,
            source_key=f"development:{made.pk}", person=person, now=now,
        )  # fmt: skip
        with remembered(made, by=by, now=now):
            made.save()
        if mentor is not None:
            tell(
                mentor, key=f"mentor:{made.pk}", subject=format_lazy(gettext_lazy("You are named mentor of {name}"), name=person.name),
                body=made.measure, url=reverse("organization:person", args=[person.pk]), now=now,
            )  # fmt: skip
    return made


def _insist_on_mentor(person: Person, ability: Ability, mentor: Person | None, day: dt.date) -> None:
    if mentor is None:
        return
    if mentor.pk == person.pk:
        raise Refused(_("A mentor is somebody else."), field="mentor")
    if gate.level_of(mentor, day) < ability.level_id:
        words = {"name": mentor.name, "level": gate.level_name(ability.level_id)}
        raise Refused(_("%(name)s does not hold %(level)s, and so cannot be the mentor for this ability.") % words, field="mentor")


def end(step: DevelopmentStep, outcome: str, *, by: Person, now: dt.datetime) -> DevelopmentStep:
    """Done, or no longer wanted."""
    with transaction.atomic():
        step = DevelopmentStep.objects.select_for_update(of=("self",)).select_related("person", "work_item").get(pk=step.pk)
        insist(may_plan(scope(by, calendar.today(now)), step.person))
        if outcome not in DevelopmentStep.Outcome.values:
            raise Refused(_("Choose done or dropped."))
        if step.outcome:
            raise Stale(_("This step was ended already."))
        _end(step, outcome, by=by, now=now)
    return step


def _end(step: DevelopmentStep, outcome: str, *, by: Person, now: dt.datetime) -> DevelopmentStep:
    step.outcome, step.ended_at = outcome, now
    with remembered(step, by=by, now=now):
        step.save()
    if step.work_item is not None:
        done = outcome == DevelopmentStep.Outcome.DONE
        settle(step.work_item, outcome=WorkItem.Outcome.DONE if done else WorkItem.Outcome.MOOT, now=now)
    return step


def follow_leavers(now: dt.datetime) -> int:
    """What somebody who has left was to learn is dropped; says how many steps."""
    left = Person.objects.filter(Q(is_active=False) | Q(access_until__lt=calendar.today(now)))
    steps = DevelopmentStep.objects.filter(outcome="", person__in=left).select_related("person", "work_item")
    with transaction.atomic():
        return len(
            [_end(step, DevelopmentStep.Outcome.DROPPED, by=step.planned_by, now=now) for step in steps.select_for_update(of=("self",))]
        )


def may_set_parts(by: Person, day: dt.date) -> Answer:
    """What the company shows of its teams: the company process manager."""
    if office_held(by, Position.Kind.COMPANY_PROCESS_MANAGER, day):
        return YES
    return Answer(False, reason=_("Only the company process manager decides what the team page shows."))


@transaction.atomic
def set_parts(shown: Mapping[str, bool], *, by: Person, now: dt.datetime) -> CompanySettings:
    """Which parts are shown; what is off is shown to nobody, and stays as it is."""
    insist(may_set_parts(by, calendar.today(now)))
    settings = CompanySettings.objects.select_for_update().get_or_create(pk=1)[0]
    for name in PARTS:
        setattr(settings, name, shown[name])
    with remembered(settings, by=by, now=now):
        settings.save()
    transaction.on_commit(calendar.forget)
    return settings
