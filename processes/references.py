"""What refers to a process: what is approved and names it, shares its steps or agreed with it. It stands in the way of a withdrawal."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.refusals import Refused
from processes.models import Interface, InterfaceTerms, Link, Process, Revision, SharedStep
from processes.moving import lock_all

Kind = Literal["link", "shared", "variant", "interface", "template"]
WAYS_OUT: Final = {
    "link": gettext_lazy("It names this document. A new version there names what replaces it, or nothing."),
    "shared": gettext_lazy("Its steps are shared with this document. A new version there unlinks them."),
    "variant": gettext_lazy("It is a variant of this document. Withdraw it first."),
    "interface": gettext_lazy("An interface is agreed: one side proposes that it ends, and the other declines the terms that held."),
    "template": gettext_lazy("Others begin with its text. Take it off the list of templates first."),
}


@dataclass(frozen=True, slots=True)
class Reference:
    """What refers to a process, and how; `name` is what an interface or template is called."""

    kind: Kind
    process: Process
    name: str = ""

    @property
    def way_out(self) -> str:
        """What somebody does so that it no longer refers."""
        return str(WAYS_OUT[self.kind])


def to_process(process: Process, start: dt.datetime) -> list[Reference]:
    """What will refer to this process at this moment or later, as far as anything is approved by now; in a fixed number of queries."""
    holding = Revision.objects.holding_beyond(start).exclude(process=process)
    others = Process.objects.filter(pk__in=holding.values("process")).order_by("number")
    linked = others.filter(pk__in=holding.filter(links__target=process).values("process"))
    sharing = others.filter(pk__in=holding.filter(shared_steps__main=process).values("process"))
    variants = list(others.filter(variant__main=process))
    found = [Reference("link", other) for other in linked]
    found += [Reference("variant", other) for other in variants]
    found += [Reference("shared", other) for other in sharing if other not in variants]
    found += _agreed(process, others.values_list("pk", flat=True))
    return found + [Reference("template", process, template.name) for template in process.templates.all()]


def _agreed(process: Process, others: Iterable[int]) -> list[Reference]:
    """Interfaces whose newest terms are agreed and whose other side holds on; once a side no longer names it, it has ended."""
    newest = InterfaceTerms.objects.filter(interface=OuterRef("pk")).order_by("-ordinal")
    mine = Interface.objects.filter(Q(giver=process, taker__in=others) | Q(taker=process, giver__in=others))
    holding = mine.annotate(answer=Subquery(newest.values("answer")[:1]), cause=Subquery(newest.values("cause")[:1])).filter(
        answer=InterfaceTerms.Answer.AGREED
    )
    rows = holding.exclude(cause=InterfaceTerms.Cause.GONE).select_related("giver", "taker")
    return [Reference("interface", row.taker if row.giver_id == process.pk else row.giver, row.name) for row in rows]


def named_by(revision: Revision) -> set[int]:
    """Ids of the other processes that this revision, once submitted, names or shares steps with; one query."""
    return set(_named(revision)) - {revision.process_id}


def lock_with_named(revision: Revision) -> dict[int, Process]:
    """The process of this revision and those that it names, under their locks, in the order of their ids; one query."""
    own = Revision.objects.filter(pk=revision.pk).order_by().values_list("process", flat=True)
    return lock_all(own.union(_named(revision)))


def _named(revision: Revision) -> QuerySet[Any]:
    links = Link.objects.filter(revision=revision, target__isnull=False).order_by().values_list("target", flat=True)
    mains = SharedStep.objects.filter(revision=revision, main__isnull=False).order_by().values_list("main", flat=True)
    return links.union(mains)


def insist_targets_stay(targets: Mapping[int, Process], submitted_at: dt.datetime) -> None:
    """Raises Refused where one of these is going to be withdrawn, or was after this was submitted. The caller has locked them.

    To name what was withdrawn before is left to the author, who is warned and gives a word.
    """
    gone = sorted(one.number for one in targets.values() if one.withdrawn_from is not None and one.withdrawn_from >= submitted_at)
    if gone:
        raise Refused(
            _("This names %(numbers)s, whose withdrawal is approved. Its author has to name what replaces it, or nothing.")
            % {"numbers": ", ".join(gone)}
        )
