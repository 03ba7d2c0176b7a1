"""How the gates were set: read from the signatures, which nobody can change."""

import re
from dataclasses import dataclass

from django.db.models import Q

from organization.ladder import Action
from organization.models import GateRule, Signature

SUBJECT = re.compile(r"^(\w+): (\w+) → (\w+)$")
"""As `levels.set_gate` signs it: `submit: enforce → warn`."""


@dataclass(frozen=True, slots=True)
class Change:
    """One gate was set; the modes in the reader's language."""

    action: str
    before: str
    after: str
    signature: Signature


def newest(count: int) -> list[Change]:
    """The last so many changes, the newest first. One query."""
    ours = Q(*(("subject__startswith", f"{action}: ") for action in Action), _connector=Q.OR)
    meanings = (Signature.Meaning.RULED, Signature.Meaning.APPROVED)  # what was signed before rules had a meaning of their own
    rows = Signature.objects.filter(ours, meaning__in=meanings, content_sha256="").order_by("-sequence")
    return [_change(row, *found.groups()) for row in rows[:count] if (found := SUBJECT.match(row.subject))]


def _change(row: Signature, action: str, before: str, after: str) -> Change:
    return Change(action, str(GateRule.Mode(before).label), str(GateRule.Mode(after).label), row)
