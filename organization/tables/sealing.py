"""A checked table on its way from the report to the button: signed for one person and one hour, so that nothing is uploaded twice."""

from dataclasses import dataclass

from django.core import signing
from django.utils.translation import gettext as _

from organization.models import Person
from organization.tables.reading import Unreadable

LASTS = 60 * 60
"""Seconds."""
LARGEST = 1_900_000
"""Characters; a request takes a little more."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """The table as it was checked; `digest` stands for what the report said would happen."""

    kind: str
    encoding: str
    text: str
    digest: str


def seal(sealed: Sealed, person: Person) -> str:
    """Only the portal can make it, and only this person can use it. Raises Unreadable where it is too large to be sent again."""
    made = signing.dumps([sealed.kind, sealed.encoding, sealed.text, sealed.digest], salt=_salt(person), compress=True)
    if len(made) > LARGEST:
        raise Unreadable(_("The table is too large to be checked in one piece. Cut it into several tables."))
    return made


def unseal(made: str, person: Person) -> Sealed | None:
    """What was sealed for this person within the hour; None for anything else."""
    try:
        return Sealed(*signing.loads(made, salt=_salt(person), max_age=LASTS))
    except signing.BadSignature:
        return None


def _salt(person: Person) -> str:
    return f"organization.tables:{person.pk}"
