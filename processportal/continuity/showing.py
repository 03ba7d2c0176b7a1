"""A handover as a page shows it: lines in groups with where they stand, titles only of what the reader may see, how far it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Case, Count, Q, QuerySet, SmallIntegerField, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from organization.resolution import Assignee
from organization.scope import Scope
from processportal.work import about
from worklist import mine
from worklist.handover_lines import DECISIONS, DONE, sole_positions
from worklist.models import Handover, HandoverLine, WorkItem

Kind = HandoverLine.Kind
ORDER = (Kind.ITEM, Kind.POSITION, Kind.PROCESS, Kind.DRAFT, Kind.INDICATOR)
RANK = Case(*(When(kind=kind, then=Value(rank)) for rank, kind in enumerate(ORDER)), output_field=SmallIntegerField())
TOO_LONG = 19  # digits that are no number of ours
HEADS: dict[str, Promise] = {
    Kind.ITEM: _("Work"),
    Kind.POSITION: _("Positions"),
    Kind.PROCESS: _("Processes"),
    Kind.DRAFT: _("Drafts"),
    Kind.INDICATOR: _("Indicators"),
}
OPEN, OFFERED, DECLINED, ACCEPTED, SETTLED, NOT_NEEDED = "open", "offered", "declined", "accepted", "settled", "not_needed"
STATES: dict[str, tuple[str, Promise]] = {
    OPEN: ("neutral", _("Nobody yet")),
    OFFERED: ("warn", _("Offered")),
    DECLINED: ("bad", _("Declined")),
    ACCEPTED: ("ok", _("Accepted")),
    SETTLED: ("ok", _("Settled by itself")),
    NOT_NEEDED: ("neutral", _("Not needed")),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line in words."""

    line: HandoverLine
    subject: str
    url: str
    state: str

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return STATES[self.state][0]

    @property
    def word(self) -> str:
        """What its badge says."""
        return str(STATES[self.state][1])

    @property
    def is_open(self) -> bool:
        """Whether it still can be offered."""
        return self.state in (OPEN, OFFERED, DECLINED)


def state_of(line: HandoverLine) -> str:
    """Where a line stands, from its days."""
    if line.accepted_at is not None:
        return ACCEPTED
    if line.settled_at is not None:
        return NOT_NEEDED if line.answer and line.declined_at is None and line.successor_id is None else SETTLED
    if line.declined_at is not None:
        return DECLINED
    return OPEN if line.successor_id is None else OFFERED


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one kind that stand on a page; `count` is how many there are on all pages."""

    kind: str
    head: str
    count: int
    rows: list[Row]


def counts(lines: QuerySet[HandoverLine]) -> dict[str, tuple[int, int]]:
    """Kind → how many lines there are, and how many of them somebody still has to take or settle. One query."""
    found = lines.order_by().values_list("kind").annotate(total=Count("pk"), left=Count("pk", filter=~DONE))
    return {kind: (total, left) for kind, total, left in found}


def page(lines: QuerySet[HandoverLine], after: str, rows: int) -> tuple[list[HandoverLine], str]:
    """The lines that follow the place `after`, kind by kind, and the place where the next page begins; "" where this is the last."""
    ranked = lines.annotate(rank=RANK).order_by("rank", "pk")
    kind, _dot, pk = after.partition(".")
    if kind in ORDER and pk.isascii() and pk.isdigit() and len(pk) < TOO_LONG:
        rank = ORDER.index(Kind(kind))
        ranked = ranked.filter(Q(rank__gt=rank) | Q(rank=rank, pk__gt=int(pk)))
    found: list[HandoverLine] = [*ranked[: rows + 1]]
    last = found[rows - 1] if len(found) > rows else None
    return found[:rows], f"{last.kind}.{last.pk}" if last else ""


def grouped(lines: Sequence[HandoverLine], scope: Scope, count: Mapping[str, int]) -> list[Group]:
    """The lines of a page under the headings of their kinds."""
    rows = shown(lines, scope)
    return [Group(kind, str(HEADS[kind]), count[kind], some) for kind in ORDER if (some := [row for row in rows if row.line.kind == kind])]


def shown(lines: Sequence[HandoverLine], scope: Scope) -> list[Row]:
    """The lines in words; of a process that the reader may not see, its number alone. Needs `work_item` of the lines."""
    secret = about.hidden(lines, scope)
    return [_row(line, secret.get(line.pk, "")) for line in lines]


def _row(line: HandoverLine, secret: str) -> Row:
    if secret:
        return Row(line, secret, "", state_of(line))
    item = line.work_item or WorkItem(url_name=line.url_name, url_args=line.url_args)
    subject = line.subject
    if line.work_item is not None:
        subject = gettext("%(what)s: %(subject)s") % {"what": item.get_kind_display(), "subject": line.subject}
    return Row(line, subject, item.get_absolute_url(), state_of(line))


def with_progress(handovers: QuerySet[Handover]) -> QuerySet[Handover]:
    """With `total` and `done` lines, oldest first."""
    done = Count("lines", filter=Q(lines__accepted_at__isnull=False) | Q(lines__settled_at__isnull=False))
    found: QuerySet[Handover] = handovers.annotate(total=Count("lines"), done=done).order_by("opened_at", "pk")
    return found


def decisions(handover: Handover, scope: Scope) -> list[tuple[str, Assignee | None]]:
    """Decisions of the leaver's positions, which follow their route, in words, and who decides instead."""
    if handover.closed_at is not None:
        return []
    positions = sole_positions(handover, scope.today).values("pk")
    items = list(WorkItem.objects.open().filter(kind__in=DECISIONS, position__in=positions).select_related("position")[:50])
    acting, secret = mine.who_acts(items, scope.today), about.hidden(items, scope)
    return [(secret.get(item.pk) or item.subject, acting.get(item.pk)) for item in items]


def withdrawn(handover: Handover) -> int:
    """Readings and other things owed in person that were withdrawn because the person left."""
    personal = WorkItem.objects.filter(person=handover.person, outcome=WorkItem.Outcome.MOOT, closed_at__gte=handover.opened_at)
    return personal.filter(kind__in=(WorkItem.Kind.READ, WorkItem.Kind.ASSESS)).count()
