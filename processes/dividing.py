"""The story of dividing a long draft: some of its steps become a process of their own, and one step stands for them."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from organization.models import Person
from organization.refusals import Refused, Stale
from processes import drafting
from processes.canonical import NAME_LIMIT, clean, from_json
from processes.catalogue import create_process
from processes.definition import new_key, upgraded
from processes.importing import fill
from processes.models import Process, Revision
from processes.parts import take_out


def divide(revision: Revision, keys: Collection[str], title: str, *, by: Person, now: dt.datetime, seen: int) -> Process:
    """A new process of the same department and owner with these steps; the draft keeps one step that names its number.

    `seen` is the version of the draft in which the steps were chosen. All of it happens or nothing. Raises Refused or Stale.
    """
    title = " ".join(clean(title).split())[:NAME_LIMIT]
    if not title:
        raise Refused(_("Give the sub-process a title."))
    with transaction.atomic():
        locked = (
            Revision.objects.select_for_update(of=("self",)).select_related("process__department", "process__owner").get(pk=revision.pk)
        )
        definition = upgraded(from_json(locked.content))
        if locked.version != seen or locked.state != Revision.State.DRAFT:
            raise Stale(_("The draft has changed meanwhile. Look at the steps again."))
        chosen = {key for key in keys if definition.step(key)}
        if not chosen or len(chosen) == len(definition.steps):
            raise Refused(_("Choose some of the steps, but not all of them."))
        parent = locked.process
        with translation.override(parent.language):
            taken = take_out(definition, chosen, title, _("Start"))
        child = create_process(
            title=title, document_type=Process.Type.PROCESS, level=parent.level, department=parent.department, owner=parent.owner,
            by=by, now=now, group=parent.group, participating=parent.participating.all(), confidentiality=parent.confidentiality,
            language=parent.language,
        )  # fmt: skip
        fill(child.revisions.get(), taken.part, by=by, now=now)
        link = {"op": "set", "target": f"steps/{taken.step}/link", "value": child.number}
        sent = [{"id": new_key() + new_key(), **operation} for operation in (*taken.operations, link)]
        result = drafting.edit(locked, sent, by=by, now=now, seen=seen)
        if result.conflicts or result.refused:
            raise Stale(_("The draft has changed meanwhile. Look at the steps again."))
        return child
