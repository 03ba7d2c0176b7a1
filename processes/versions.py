"""Named versions of a draft: its text as it was at a moment, to go back to."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from organization.models import Person
from organization.refusals import Refused, Stale
from processes import drafting
from processes.canonical import clean, from_json, to_json
from processes.definition import new_key, upgraded
from processes.models import DraftVersion, Revision
from processes.steering import operations_between

MOST = 100
LONGEST = 120


def keep(revision: Revision, name: str, *, by: Person, now: dt.datetime) -> DraftVersion:
    """Keeps the draft's text of this moment under a name. Raises Refused or Stale."""
    name = " ".join(clean(name).split())
    if not name:
        raise Refused(_("Give this version a name, such as “Before the workshop”."))
    if len(name) > LONGEST:
        raise Refused(_("The name has %(length)d characters; at most %(most)d are kept.") % {"length": len(name), "most": LONGEST})
    with transaction.atomic():
        locked = drafting.locked_draft(revision, by=by, now=now)
        if locked.named_versions.count() >= MOST:
            raise Refused(_("There are %(most)d versions already. Remove one that is no longer needed.") % {"most": MOST})
        return DraftVersion.objects.create(
            revision=locked,
            name=name,
            version=locked.version,
            content=to_json(upgraded(from_json(locked.content))),
            kept_by=by,
            kept_at=now,
        )


def go_back(kept: DraftVersion, *, by: Person, now: dt.datetime) -> int:
    """The draft says again what it said then, by ordinary edits; the text of now is kept before. Gives the number of edits.

    Raises Refused or Stale.
    """
    with transaction.atomic():
        locked = drafting.locked_draft(kept.revision, by=by, now=now)
        definition = upgraded(from_json(locked.content))
        wanted = list(operations_between(definition, from_json(kept.content)))
        if not wanted:
            return 0
        keep(locked, _("Before going back to “%(name)s”") % {"name": kept.name[: LONGEST - 40]}, by=by, now=now)
        for begin in range(0, len(wanted), drafting.BATCH_LIMIT):
            sent = [{"id": new_key() + new_key(), **operation} for operation in wanted[begin : begin + drafting.BATCH_LIMIT]]
            result = drafting.edit(locked, sent, by=by, now=now, seen=locked.version)
            locked.version = result.version
            if result.conflicts or result.refused:
                raise Stale(_("The draft has changed in this moment. Try again."))
        return len(wanted)


def forget(kept: DraftVersion, *, by: Person, now: dt.datetime) -> None:
    """A version that is no longer needed."""
    with transaction.atomic():
        drafting.locked_draft(kept.revision, by=by, now=now)
        kept.delete()
