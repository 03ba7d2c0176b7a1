"""Gathers what the page of a change package shows: its members, the state of each, and whose turn it is."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from approvals import changes, packages, policy
from approvals.changes import Found
from approvals.models import ApprovalCase, ChangePackage, PackageMember
from approvals.review import TONES
from organization.gate import Answer
from organization.models import Person
from organization.scope import Scope
from processes.content import working_definition
from processes.models import Revision
from worklist.models import WorkItem
from worklist.turns import Turn, turns

PACKAGE_TONES = {"gathering": "draft", "in_review": "in_review", "approved": "approved", "dissolved": "neutral"}


@dataclass(frozen=True, slots=True)
class Row:
    """A member as one person sees it. `seen` is False where it may not be seen; `case` is None while it is a draft."""

    member: PackageMember
    seen: bool
    case: ApprovalCase | None
    waits_for: Sequence[Turn]
    findings: Sequence[Found]

    @property
    def tone(self) -> str:
        """The colour of the state of its case."""
        return TONES[self.case.state] if self.case else "draft"


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page for one person."""

    package: ChangePackage
    rows: Sequence[Row]
    may: Answer

    @property
    def gathering(self) -> bool:
        """Whether it is still put together."""
        return self.package.state == ChangePackage.State.GATHERING

    @property
    def offered(self) -> bool:
        """Whether this person may change and submit it now."""
        return self.gathering and bool(self.may)

    @property
    def through(self) -> int:
        """How many members have all their approvals."""
        return sum(row.case is not None and row.case.state in {"waiting", "approved"} for row in self.rows)

    @property
    def tone(self) -> str:
        """The colour of its state."""
        return PACKAGE_TONES[self.package.state]

    @property
    def drafts(self) -> Sequence[Revision]:
        """What would be submitted."""
        return [row.member.revision for row in self.rows]


def of_package(package: ChangePackage, person: Person, scope: Scope) -> Page:
    """The package as this person sees it. Findings of drafts are looked for only where somebody can mend them."""
    members = packages.members_of(package)
    seen = Revision.objects.whose_review_is_visible_to(scope).filter(packages__package=package)
    reviewed = ApprovalCase.objects.visible_to(scope).filter(package=package)
    shown = {*seen.values_list("pk", flat=True), *reviewed.values_list("revision", flat=True)}
    back = package.state in {ChangePackage.State.GATHERING, ChangePackage.State.DISSOLVED}
    cases = {} if back else {case.revision_id: case for case in package.cases.order_by("pk")}
    waiting = _waiting(list(cases.values()), scope.today)
    may = policy.may_keep_package(person, package, scope)
    mend = bool(may) and package.state == ChangePackage.State.GATHERING
    rows = []
    for member in members:
        case = cases.get(member.revision_id)
        found = _found(member.revision) if mend else ()
        rows.append(Row(member, member.revision_id in shown, case, waiting.get(case.pk, ()) if case else (), list(found)))
    return Page(package, rows, may)


def _waiting(cases: Sequence[ApprovalCase], day: dt.date) -> dict[int, list[Turn]]:
    """Case id → whose turn it is, in a fixed number of queries."""
    items = list(
        WorkItem.objects.open()
        .filter(seat__stage__case__in=cases)
        .select_related("position__department", "person", "assigned_to", "seat__stage")
    )
    found: dict[int, list[Turn]] = {}
    for pk, turn in turns(items, day).items():
        case = next(item.seat.stage.case_id for item in items if item.pk == pk)
        found.setdefault(case, []).append(turn)
    return found


def _found(draft: Revision) -> Iterator[Found]:
    """Errors and warnings; hints stay on the page of the draft."""
    findings = changes.told(changes.findings(draft), working_definition(draft))
    return (one for one in findings if one.level != "hint")
