"""Stories before the rating: open an assessment, name and release assessors, take it back; and who may see which."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from organization import gate
from organization.calendar import add_working_days, today
from organization.ladder import HIGHEST
from organization.models import Level, Person, Position
from organization.phrases import Phrase
from organization.policy import insist
from organization.refusals import Refused
from organization.scope import Scope, scope
from training.competence import facts, policy
from training.competence.moving import assessors_of, close, lock, touch
from training.competence.policy import PANEL
from training.models import Assessment, Assessor, Evidence
from worklist.items import raise_item, settle, withdraw_many
from worklist.models import WorkItem
from worklist.notices import tell

EVIDENCE = 300
"""Rows of one assessment, the newest first: an assessor has to look at each."""
DAYS_TO_NAME = 5
DAYS_TO_RATE = 20


def visible_to(view: Scope) -> QuerySet[Assessment]:
    """One's own, those that one opened or assesses, and those of people whom one is above."""
    mine = Assessor.objects.filter(assessment=OuterRef("pk"), person=view.person_id, ended_at__isnull=True)
    seen = Q(candidate=view.person_id) | Q(opened_by=view.person_id) | Q(Exists(mine))
    above = policy.overseen(view)
    return Assessment.objects.filter(seen | above.people("candidate") if above else seen)


def open_(candidate: Person, level: int, *, by: Person, now: dt.datetime) -> Assessment:
    """Opens it with the evidence that the portal finds; whoever is to name assessors is asked. The same twice is one assessment."""
    day = today(now)
    with transaction.atomic():
        candidate = Person.objects.select_for_update().get(pk=candidate.pk)
        held = gate.level_of(candidate, day)
        insist(policy.may_open(scope(by, day), candidate, level=level, held=held))
        running = Assessment.objects.filter(candidate=candidate, state__in=Assessment.RUNNING).first()
        if running is not None:
            if running.level_id == level:
                return running
            raise Refused(_("An assessment for another level is running. Conclude or take back that one first."))
        purpose = Assessment.Purpose.RENEWAL if level == held else Assessment.Purpose.FIRST
        made = Assessment.objects.create(
            candidate=candidate, level=Level.objects.get(pk=level), purpose=purpose, opened_by=by, opened_at=now
        )
        keep(made, facts.gather(candidate, now))
        _ask_for_assessors(made, day, now)
        if by.pk != candidate.pk:
            _tell(made, "opened", gettext_lazy("{by} opened your assessment for level {level}."), by=by, now=now)
    return made


def keep(assessment: Assessment, found: Iterable[facts.Fact]) -> int:
    """What is not there yet becomes evidence, as long as there is room; says how much."""
    known = set(assessment.evidence.values_list("key", flat=True))
    new = [
        Evidence(
            assessment=assessment, kind=one.kind, key=one.key, day=one.day, text=one.text[:300], number=one.number,
            url_name=one.url_name, url_args=list(one.url_args),
        )
        for one in found
        if one.key not in known
    ]  # fmt: skip
    return len(Evidence.objects.bulk_create(new[: max(EVIDENCE - len(known), 0)]))


def _subject(assessment: Assessment) -> Phrase:
    """What is owed, as whoever owes it reads it."""
    return Phrase("%(name)s · %(level)s", name=assessment.candidate.name, level=gate.level_phrase(assessment.level_id))


def _ask_for_assessors(assessment: Assessment, day: dt.date, now: dt.datetime) -> None:
    """The company process manager names them; a superior may be faster."""
    office = Position.objects.existing(day).filter(kind=Position.Kind.COMPANY_PROCESS_MANAGER).order_by("pk").first()
    if office is not None:
        raise_item(
            kind=WorkItem.Kind.ACT, subject=Phrase(gettext_noop("Name assessors: %(subject)s"), subject=_subject(assessment)),
            url_name="training:assessment", url_args=[assessment.pk], due_on=add_working_days(day, DAYS_TO_NAME),
            source_key=f"{_naming(assessment)}{assessment.assessors.count()}", position=office, excluded=[assessment.candidate_id], now=now,
        )  # fmt: skip


def _naming(assessment: Assessment) -> str:
    """How the keys of these items begin; the number of those named so far ends them, since after a release it is asked again."""
    return f"assessment:{assessment.pk}:name:"


def name_assessor(assessment: Assessment, *, by: Person, now: dt.datetime, person: Person | None = None, external: str = "") -> Assessor:
    """A person, who owes the rating from now on and never hands it on, or somebody from outside as the second of a panel."""
    day = today(now)
    with transaction.atomic():
        assessment = lock(assessment)
        insist(policy.may_name(scope(by, day), assessment))
        others = assessors_of(assessment)
        if len(others) >= PANEL:
            raise Refused(_("An assessment has at most two assessors. Release one first."))
        external = external.strip()
        if (person is None) == (not external):
            raise Refused(_("Name a person, or write who comes from outside."), field="person")
        if person is not None:
            insist(policy.may_be_assessor(person, assessment, others, day))
        elif assessment.level_id < HIGHEST or not policy.has_highest(others, day):
            raise Refused(_("Somebody from outside completes a panel for the highest level, after an assessor who holds it."))
        made = Assessor.objects.create(assessment=assessment, person=person, external=external, named_by=by, named_at=now)
        if person is not None:
            made.work_item = raise_item(
                kind=WorkItem.Kind.ASSESS, subject=_subject(assessment), url_name="training:assessment", url_args=[assessment.pk],
                due_on=add_working_days(day, DAYS_TO_RATE), source_key=f"assessment:{assessment.pk}:{made.pk}", person=person, now=now,
            )  # fmt: skip
            made.save(update_fields=["work_item"])
        touch(assessment)
        _settle_naming(assessment, now)
        _tell(assessment, f"named:{made.pk}", gettext_lazy("{who} assesses you for level {level}."), by=by, now=now, who=made.name)
    return made


def release_assessor(assessor: Assessor, *, by: Person, now: dt.datetime) -> Assessment:
    """Another one is to be named; what was rated stays on record and does not count."""
    day = today(now)
    with transaction.atomic():
        assessment = lock(assessor.assessment)
        insist(policy.may_name(scope(by, day), assessment))
        found = next((one for one in assessors_of(assessment) if one.pk == assessor.pk), None)
        if found is None:
            raise Refused(_("This assessor was released already."))
        _release(assessment, found, now)
    return assessment


def _release(assessment: Assessment, assessor: Assessor, now: dt.datetime) -> None:
    """Another one is asked for, unless enough are left."""
    assessor.ended_at = now
    assessor.save(update_fields=["ended_at"])
    withdraw_many(list(WorkItem.objects.open().filter(assessor=assessor).values_list("pk", flat=True)), now=now)
    touch(assessment)
    if not _has_enough(assessment):
        _ask_for_assessors(assessment, today(now), now)


def follow_leavers(now: dt.datetime) -> int:
    """Assessors who have left are replaced, and assessments of candidates who have left end; says of how many assessments."""
    day = today(now)
    left = Person.objects.filter(Q(is_active=False) | Q(access_until__lt=day))
    running = Assessment.objects.filter(state__in=Assessment.RUNNING)
    gone = Q(candidate__in=left) | Q(assessors__person__in=left, assessors__ended_at__isnull=True)
    return sum(_follow(one, day, now) for one in running.filter(gone).distinct().order_by("pk"))


@transaction.atomic
def _follow(assessment: Assessment, day: dt.date, now: dt.datetime) -> bool:
    assessment = lock(assessment)
    candidate = assessment.candidate
    if not candidate.has_access(day):
        end_work(assessment, now, done=False)
        close(assessment, Assessment.State.WITHDRAWN, by=candidate, now=now, word=_("%(name)s has left.") % {"name": candidate.name})
        return True
    for one in assessors_of(assessment):
        if one.person is not None and not one.person.has_access(day):
            _release(assessment, one, now)
    return True


def _has_enough(assessment: Assessment) -> bool:
    """One, or two for the highest level."""
    return len(assessors_of(assessment)) >= (PANEL if assessment.level_id == HIGHEST else 1)


def _settle_naming(assessment: Assessment, now: dt.datetime) -> None:
    if not _has_enough(assessment):
        return
    for item in WorkItem.objects.open().filter(source_key__startswith=_naming(assessment)):
        settle(item, outcome=WorkItem.Outcome.DONE, now=now)


def end_work(assessment: Assessment, now: dt.datetime, *, done: bool) -> None:
    """Nobody owes anything for it any more."""
    for item in WorkItem.objects.open().filter(assessor__assessment=assessment):
        settle(item, outcome=WorkItem.Outcome.DONE if done else WorkItem.Outcome.MOOT, now=now)
    for item in WorkItem.objects.open().filter(source_key__startswith=_naming(assessment)):
        settle(item, outcome=WorkItem.Outcome.MOOT, now=now)


def take_back(assessment: Assessment, *, by: Person, now: dt.datetime, reason: str) -> Assessment:
    """It ends without a result; what was rated stays on record."""
    with transaction.atomic():
        assessment = lock(assessment)
        insist(policy.may_withdraw(scope(by, today(now)), assessment, assessors_of(assessment)))
        if not reason.strip():
            raise Refused(_("Say why, so that the others know."), field="reason")
        end_work(assessment, now, done=False)
        close(assessment, Assessment.State.WITHDRAWN, by=by, now=now, word=reason.strip())
        if by.pk != assessment.candidate_id:
            _tell(assessment, "withdrawn", gettext_lazy("{by} took back your assessment for level {level}."), by=by, now=now)
    return assessment


def _tell(assessment: Assessment, key: str, words: object, *, by: Person, now: dt.datetime, who: str = "") -> None:
    tell(
        assessment.candidate, key=f"assessment:{assessment.pk}:{key}",
        subject=format_lazy(words, by=by.name, who=who, level=assessment.level_id),  # type: ignore[arg-type]
        body=assessment.word, url=reverse("training:assessment", args=[assessment.pk]), now=now,
    )  # fmt: skip
