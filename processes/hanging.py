"""What hangs on the approval of a version, asked in one go: of most versions nothing does."""

from dataclasses import dataclass

from django.db.models import Exists, Q

from processes.models import ChangeRequest, Interface, Process, Revision, Translation
from worklist.models import WorkItem


@dataclass(frozen=True, slots=True)
class Hanging:
    """Whether there is anything of each kind; what becomes of it is the business of its own module."""

    revision_asked: bool
    interfaces: bool
    translations: bool
    requests: bool


def on(revision: Revision) -> Hanging:
    """What hangs on this version and its process. One query."""
    process = revision.process_id
    found = (
        WorkItem.objects.open().filter(source_key__startswith=f"revise:{process}:"),
        Interface.objects.filter(Q(giver=process) | Q(taker=process)),
        Translation.objects.filter(revision__process=process),
        ChangeRequest.objects.filter(draft=revision, state=ChangeRequest.State.ACCEPTED),
    )
    return Hanging(*Process.objects.values_list(*map(Exists, found)).get(pk=process))
