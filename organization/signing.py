"""Signatures: appended one after the other under one locked row, each hash covering the one before."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from organization.acting_words import kept
from organization.models import Person, Position, Signature, SignatureHead

FIRST_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that is not as it was written: table, key, and what is wrong with it."""

    table: str
    key: str
    what: str

    def __str__(self) -> str:
        return f"{self.table} {self.key}: {self.what}"


def signed_fields(signature: Signature) -> dict[str, int | str | None]:
    """Everything that a signature says, the hash before included; what is hashed and exported."""
    return {
        "sequence": signature.sequence,
        "person": signature.person_id,
        "person_name": signature.person_name,
        "position": signature.position_id,
        "position_title": signature.position_title,
        "acting_for": signature.acting_for,
        "meaning": str(signature.meaning),
        "subject": signature.subject,
        "reason": signature.reason,
        "signed_at": signature.signed_at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "content_sha256": signature.content_sha256,
        "previous_hash": signature.previous_hash,
    }


def entry_hash(signature: Signature) -> str:
    """SHA-256 of the canonical JSON (UTF-8, sorted keys, no spaces) of what is signed."""
    text = json.dumps(signed_fields(signature), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic(savepoint=False)
def sign(
    person: Person,
    *,
    position: Position | None = None,
    acting_for: str = "",
    meaning: str,
    subject: str,
    content_sha256: str = "",
    reason: str = "",
    now: dt.datetime,
) -> Signature:
    """Appends one signature. The head row stays locked until the caller's transaction ends, so the chain never forks."""
    head, _new = SignatureHead.objects.select_for_update().get_or_create(pk=1)
    signature = Signature(
        sequence=head.sequence + 1,
        person=person,
        person_name=person.name,
        position=position,
        position_title=position.title if position else "",
        acting_for=kept(acting_for),
        meaning=meaning,
        subject=subject[:300],
        reason=reason,
        signed_at=now,
        content_sha256=content_sha256,
        previous_hash=head.entry_hash,
    )
    signature.entry_hash = entry_hash(signature)
    signature.save(force_insert=True)
    head.sequence, head.entry_hash = signature.sequence, signature.entry_hash
    head.save()
    return signature


def verify_chain() -> Iterator[Fault]:
    """Faults of the whole chain, in order; nothing when it is sound. Reads every signature once."""
    table, expected, previous = Signature._meta.db_table, 1, FIRST_HASH
    for signature in Signature.objects.order_by("sequence").iterator():
        key = str(signature.sequence)
        if signature.sequence != expected:
            yield Fault(table, key, _("signatures before it are missing (expected number %(number)s)") % {"number": expected})
        elif signature.previous_hash != previous:
            yield Fault(table, key, _("does not follow from the signature before it"))
        if entry_hash(signature) != signature.entry_hash:
            yield Fault(table, key, _("was changed after it was signed"))
        expected, previous = signature.sequence + 1, signature.entry_hash
    head = SignatureHead.objects.first() or SignatureHead()
    if (head.sequence, head.entry_hash) != (expected - 1, previous):
        yield Fault(
            SignatureHead._meta.db_table,
            "1",
            _("the chain does not end where its head says (number %(number)s)") % {"number": head.sequence},
        )
