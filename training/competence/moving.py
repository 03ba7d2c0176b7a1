"""How assessments move: the lock, and the swap. The only module that writes `Assessment.state`."""

import datetime as dt

from django.utils.translation import gettext as _

from organization.models import Person, Signature
from organization.refusals import Stale
from training.models import Assessment, Assessor

State = Assessment.State


def lock(assessment: Assessment) -> Assessment:
    """As it is, until the end of the transaction. Raises Stale where it was concluded or taken back meanwhile."""
    found = Assessment.objects.select_for_update(of=("self",)).select_related("candidate", "level").get(pk=assessment.pk)
    if not found.is_running:
        raise Stale(_("This assessment was concluded or taken back meanwhile. Nothing was recorded; look at it as it is now."))
    return found


def assessors_of(assessment: Assessment) -> list[Assessor]:
    """Those who are named at present."""
    return list(assessment.assessors.filter(ended_at__isnull=True).select_related("person", "work_item"))


def touch(assessment: Assessment) -> None:
    """Something was rated or somebody named: what others saw stands here no more. When all have rated it waits for the signature."""
    people = [one for one in assessors_of(assessment) if one.person_id is not None]
    done = bool(people) and all(one.rated_at is not None for one in people)
    assessment.state = State.RATED if done else State.OPEN
    assessment.version += 1
    assessment.save(update_fields=["state", "version"])


def close(assessment: Assessment, state: str, *, by: Person, now: dt.datetime, word: str, signature: Signature | None = None) -> Assessment:
    """The end."""
    assessment.state, assessment.closed_by, assessment.closed_at, assessment.word = state, by, now, word
    assessment.signature = signature
    assessment.version += 1
    assessment.save()
    return assessment
