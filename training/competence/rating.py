"""Stories of an assessor: rate each ability, judge the evidence, add to it, conclude with a signature."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization import gate, levels, proposals
from organization.calendar import today
from organization.models import Ability, HeldLevel, Person, Proposal, Signature
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import scope
from organization.signing import sign
from training.competence import facts, policy
from training.competence.moving import State, assessors_of, close, lock, touch
from training.competence.opening import end_work, keep, visible_to
from training.competence.sealing import digest
from training.models import AbilityRating, Assessment, Assessor, Evidence, EvidenceVerdict
from worklist.notices import tell

OWN = 50
"""Rows of evidence of one assessment that are added by hand."""


@dataclass(frozen=True, slots=True)
class Given:
    """What an assessor says of one ability."""

    rated: str = ""
    comment: str = ""

    def __bool__(self) -> bool:
        """Whether it is complete."""
        return bool(self.rated and self.comment.strip())


def rate(
    assessment: Assessment, given: Mapping[int, Given], judged: Mapping[int, bool | None], *, by: Person, now: dt.datetime, seen: int,
    hand_in: bool,
) -> Assessor:  # fmt: skip
    """Keeps ratings by ability and what is said of the evidence; handed in, every ability is rated and has a comment."""
    with transaction.atomic():
        assessment = lock(assessment)
        assessors = assessors_of(assessment)
        insist(policy.may_rate(by, assessment, assessors, today(now)))
        mine = next(one for one in assessors if one.person_id == by.pk)
        if mine.version != seen:
            raise Stale(_("You saved ratings in another window meanwhile. Nothing was lost there; compare, then save again."))
        abilities = list(Ability.objects.filter(level=assessment.level_id))
        if (hand_in or mine.rated_at) and not all(given.get(one.pk) for one in abilities):
            raise Refused(_("Rate every ability and say in a comment what you saw, then hand in."))
        for ability in abilities:
            says = given.get(ability.pk, Given())
            AbilityRating.objects.update_or_create(
                assessor=mine, ability=ability,
                defaults={"criterion": ability.criterion, "rated": says.rated, "comment": says.comment.strip()},
            )  # fmt: skip
        _judge(mine, judged)
        mine.version += 1
        mine.rated_at = mine.rated_at or (now if hand_in else None)
        mine.save(update_fields=["version", "rated_at"])
        touch(assessment)
    return mine


def _judge(mine: Assessor, judged: Mapping[int, bool | None]) -> None:
    """Everybody says it for themselves: nothing of what another one said is replaced or taken back."""
    said = dict(mine.verdicts.values_list("evidence", "accepted"))
    for pk in Evidence.objects.filter(assessment=mine.assessment_id, pk__in=judged).values_list("pk", flat=True):
        says = judged[pk]
        if says == said.get(pk):
            continue
        if says is None:
            mine.verdicts.filter(evidence=pk).delete()
        else:
            EvidenceVerdict.objects.update_or_create(assessor=mine, evidence_id=pk, defaults={"accepted": says})


def add_evidence(assessment: Assessment, text: str, day: dt.date, *, by: Person, now: dt.datetime) -> Evidence:
    """What the portal does not know, in words: whoever sees the assessment may add it, and stands by it with their name."""
    with transaction.atomic():
        assessment = lock(assessment)
        _insist_on_sight(assessment, by, now)
        if not text.strip():
            raise Refused(_("Say what was done, and where it can be seen."), field="text")
        if day > today(now):
            raise Refused(_("Evidence is of something that was done: choose a day that has passed."), field="day")
        count = assessment.evidence.filter(kind=facts.OWN).count()
        if count >= OWN:
            raise Refused(_("%(most)d rows were added by hand already. Say the rest to the assessor.") % {"most": OWN})
        touch(assessment)
        return Evidence.objects.create(
            assessment=assessment, kind=facts.OWN, key=f"{facts.OWN}:{count + 1}", day=day, text=text.strip()[:300], added_by=by
        )


def look_again(assessment: Assessment, *, by: Person, now: dt.datetime) -> int:
    """What was done since is proposed too; says how much."""
    with transaction.atomic():
        assessment = lock(assessment)
        _insist_on_sight(assessment, by, now)
        found = keep(assessment, facts.gather(assessment.candidate, now))
        if found:
            touch(assessment)
        return found


def _insist_on_sight(assessment: Assessment, by: Person, now: dt.datetime) -> None:
    if not visible_to(scope(by, today(now))).filter(pk=assessment.pk).exists():
        raise Refused(_("You have no part in this assessment."))


def is_passed(assessment: Assessment) -> bool:
    """Every assessor found every ability met: it follows from the ratings, and nobody decides it besides."""
    found = AbilityRating.objects.filter(assessor__assessment=assessment, assessor__ended_at__isnull=True)
    return found.exists() and not found.exclude(rated=AbilityRating.Rated.MET).exists()


def conclude(assessment: Assessment, *, by: Person, now: dt.datetime, seen: int, word: str, statement: str = "") -> Assessment:
    """The result as it follows from the ratings, signed; who passed holds the level. The highest waits for a second person."""
    day = today(now)
    with transaction.atomic():
        assessment = lock(assessment)
        assessors = assessors_of(assessment)
        insist(policy.may_conclude(by, assessment, assessors, day))
        if assessment.version != seen:
            raise Stale(_("Something was rated or somebody named meanwhile. Nothing was signed; look at it as it is now, then sign."))
        if not word.strip():
            raise Refused(_("Say the result in words: the candidate reads it, and it stays on record with your signature."), field="word")
        _take_down(assessors, statement)
        passed, candidate = is_passed(assessment), assessment.candidate
        signature = sign(
            by, position=levels.office(by, day), meaning=Signature.Meaning.ASSESSED,
            subject=f"{candidate.login} {candidate.name} · Level {assessment.level_id}: {'passed' if passed else 'not passed'}",
            content_sha256=digest(assessment), reason=word.strip(), now=now,
        )  # fmt: skip
        end_work(assessment, now, done=True)
        if passed:
            _award(assessment, signature, by, now, word.strip())
        close(assessment, State.PASSED if passed else State.FAILED, by=by, now=now, word=word.strip(), signature=signature)
        _tell_result(assessment, now, passed=passed)
    return assessment


def _take_down(assessors: list[Assessor], statement: str) -> None:
    """What somebody from outside said is written down before it is signed."""
    for one in assessors:
        if one.person_id is None:
            if not statement.strip():
                raise Refused(_("Write down what %(name)s says.") % {"name": one.external}, field="statement")
            one.statement = statement.strip()
            one.save(update_fields=["statement"])


def _award(assessment: Assessment, signature: Signature, by: Person, now: dt.datetime, word: str) -> None:
    """Before the assessment is closed, since nothing of it is written afterwards."""
    person, _settings, held = levels.locked(assessment.candidate, today(now))
    if not person.is_active:
        raise Refused(_("%(name)s has left; levels are given to active people.") % {"name": person.name})
    if held not in (assessment.level_id - 1, assessment.level_id):
        words = {"name": person.name, "level": gate.level_name(held)}
        raise Refused(_("%(name)s holds %(level)s by now, and climbs one level at a time. Take this assessment back.") % words)
    made = proposals.award(
        person, assessment.level_id, by=by, now=now, ground=HeldLevel.Ground.ASSESSMENT, reason=word,
        signature=signature,
    )  # fmt: skip
    if isinstance(made, Proposal):
        assessment.proposal = made


def _tell_result(assessment: Assessment, now: dt.datetime, *, passed: bool) -> None:
    words = gettext_lazy("You have passed the assessment for level {level}.") if passed else gettext_lazy(
        "You have not passed the assessment for level {level}. It says which abilities are still open."
    )  # fmt: skip
    tell(
        assessment.candidate, key=f"assessment:{assessment.pk}:result", subject=format_lazy(words, level=assessment.level_id),
        body=assessment.word, url=reverse("training:assessment", args=[assessment.pk]), now=now,
    )  # fmt: skip
