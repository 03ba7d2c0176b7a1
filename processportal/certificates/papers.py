"""Of what there is a certificate: a completed training, and a level that an assessment gave; each as the same plain paper."""

import datetime as dt
import hmac
import re
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from organization.directory import last_day
from organization.gate import level_name
from organization.models import Person
from processportal.certificates.standing import State, standing_of
from training.competence.page import level_given
from training.models import Assessment, TrainingRecord
from training.models.courses import CODE_LENGTH

SECRET: Final = 32
"""Hexadecimal digits of the hash of its signature, 128 bits: nobody finds a certificate of a level by guessing."""
OF_LEVEL: Final = re.compile(rf"level-(\d{{1,18}})-([0-9a-f]{{{SECRET}}})")


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on a certificate, and how it stands today."""

    code: str
    person: Person
    number: str
    title: str
    says: str
    day: dt.date
    valid_until: dt.date | None
    made: dt.datetime
    rows: tuple[tuple[str, str], ...]
    state: State
    back: str
    """Where whoever asked for it came from."""


def of_record(record: TrainingRecord, day: dt.date) -> Paper | None:
    """Of a completed training; a record that was put right is told as superseded, and what was not completed has none."""
    if not record.is_completed:
        return None
    rows = (
        (_("Completed on"), date_format(record.day)),
        (_("Result"), f"{record.score}%" if record.score is not None else str(record.get_result_display())),
        (_("Trainer"), record.session.led_by if record.session else ""),
    )
    return Paper(
        record.code, record.person, record.course.code, record.course.title, _("has completed the training"), record.day,
        record.valid_until, record.recorded_at, rows, standing_of(record, day), reverse("training:mine"),
    )  # fmt: skip


def of_level(assessment: Assessment, day: dt.date) -> Paper | None:
    """Of the level that a passed assessment gave, while that is held; None where it gave none, or nobody has confirmed it yet."""
    signature, at, held = assessment.signature, assessment.closed_at, level_given(assessment)
    if signature is None or at is None or held is None:
        return None
    until = last_day(held.held_until)
    passed = localtime(at).date()
    rows = ((_("Assessed on"), date_format(passed)), (_("Signature"), str(signature.sequence)))
    return Paper(
        f"level-{assessment.pk}-{signature.entry_hash[:SECRET]}", assessment.candidate, _("Competence assessment"),
        level_name(assessment.level_id), _("has shown the abilities of"), passed, until, at, rows,
        State.EXPIRED if until is not None and until < day else State.VALID, reverse("training:assessment", args=[assessment.pk]),
    )  # fmt: skip


def behind(code: str, day: dt.date) -> Paper | None:
    """The certificate on which this code is printed; one or two questions to the database."""
    code = code.lower()
    if level := OF_LEVEL.fullmatch(code):
        known = Assessment.objects.select_related("candidate", "level", "signature")
        found = known.filter(pk=int(level[1]), state=Assessment.State.PASSED).first()
        matches = found and found.signature and hmac.compare_digest(found.signature.entry_hash[:SECRET], level[2])
        return of_level(found, day) if found and matches else None
    records = TrainingRecord.objects.select_related("course", "person", "session__trainer", "superseded_by")
    record = records.filter(code=code).first() if len(code) == CODE_LENGTH else None
    return of_record(record, day) if record else None
