"""The catalogue's rows: narrowed, annotated with their state, and paged by key so that page 200 costs what page 1 costs."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Concat

from organization.models import Department
from organization.scope import Scope, below
from processes.models import Process, ProcessGroup, Revision
from processes.models.revisions import EMERGENCY_MARK
from processes.querysets import ProcessQuerySet

PAGE: Final = 50
CAP: Final = 1_000
SORTS: Final[Mapping[str, str]] = {"number": "number", "title": "title", "review": "next_review_on"}


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, the numbers at which the neighbouring pages begin ("" for none), and how many rows there are in all, at most CAP + 1."""

    rows: Sequence[Any]
    before: str
    after: str
    total: int


def narrowed(scope: Scope, wanted: Mapping[str, Any], now: dt.datetime) -> ProcessQuerySet:
    """Active processes that this person may see, narrowed by the catalogue's filter; withdrawn ones only where they are asked for."""
    withdrawn = wanted.get("state") == Process.State.WITHDRAWN
    found = Process.objects.visible_to(scope).filter(state=Process.State.WITHDRAWN if withdrawn else Process.State.ACTIVE)
    for name, value in wanted.items():
        found = found.filter(_condition(name, value, scope, now))
    return found


def _condition(name: str, value: Any, scope: Scope, now: dt.datetime) -> Q:
    if name == "q":
        return Q(number__icontains=value) | Q(title__icontains=value)
    if name == "department":
        return Q(department__in=below({value.pk}))
    if name == "group":
        return Q(group__in=[group.pk for group in ProcessGroup.objects.descendants(value, include_self=True)])
    if name == "mine":
        return Q(owner__in=scope.positions)
    if name == "state":
        return _in_state(value, scope, now)
    return Q(**{{"type": "document_type", "level": "level"}[name]: value})


def _in_state(state: str, scope: Scope, now: dt.datetime) -> Q:
    if state == Process.State.WITHDRAWN:
        return Q(state=state)
    of_process = Revision.objects.filter(process=OuterRef("pk"))
    effective = Exists(of_process.in_force(now))
    if state == "in_force":
        return Q(effective)
    if state == "overdue":
        return Q(effective) & Q(next_review_on__lt=scope.today)
    visible = Exists(Revision.objects.visible_to(scope).filter(process=OuterRef("pk"), state=state))
    return Q(visible) | ~Exists(of_process.filter(state=Revision.State.APPROVED)) & ~_has_open(scope) if state == "draft" else Q(visible)


def _has_open(scope: Scope) -> Exists:
    return Exists(Revision.objects.visible_to(scope).open().filter(process=OuterRef("pk")))


def with_state(found: ProcessQuerySet, scope: Scope, now: dt.datetime) -> ProcessQuerySet:
    """Adds `in_force_label` ("4.0" or None), `approved_once` and `open_state` (of a draft that this person may see)."""
    of_process = Revision.objects.filter(process=OuterRef("pk"))
    mark = Case(When(emergency=True, then=Value(EMERGENCY_MARK)), default=Value(""))
    label = Concat(Cast("major", CharField()), Value("."), Cast("minor", CharField()), mark)
    mine = Revision.objects.visible_to(scope).open().filter(process=OuterRef("pk"))
    annotated = found.select_related("owner", "department").annotate(
        in_force_label=Subquery(of_process.in_force(now).annotate(label=label).values("label")[:1]),
        approved_once=Exists(of_process.filter(state=Revision.State.APPROVED)),
        open_state=Subquery(mine.values("state")[:1]),
    )
    return cast("ProcessQuerySet", annotated)


def badges(process: Any, today: dt.date) -> Sequence[str]:
    """The states to show: what readers have, then what is being worked on."""
    if process.state == Process.State.WITHDRAWN:
        return ["withdrawn"]
    if process.in_force_label is None:
        return [process.open_state or ("approved" if process.approved_once else "draft")]
    overdue = process.next_review_on is not None and process.next_review_on < today
    return ["overdue" if overdue else "effective", *([process.open_state] if process.open_state else [])]


def page(found: ProcessQuerySet, *, sort: str, after: str = "", before: str = "") -> Page:
    """One page of at most PAGE rows after (or before) the process with this number, in this order.

    Processes without a review date come last in both directions.
    """
    field, down = SORTS[sort.lstrip("-")], sort.startswith("-")
    total = found.values("pk")[: CAP + 1].count()
    cursor = found.filter(number=before or after).values(field, "pk").first() if before or after else None
    backwards = bool(before) and cursor is not None
    rows = found if cursor is None else found.filter(_beyond(field, cursor, down=down is not backwards, backwards=backwards))
    ordered = list(cast("Any", rows).order_by(*_order(field, down=down, backwards=backwards))[: PAGE + 1])
    more, ordered = len(ordered) > PAGE, ordered[:PAGE]
    if backwards:
        ordered.reverse()
    first, last = (ordered[0].number, ordered[-1].number) if ordered else ("", "")
    has_before, has_after = (more, True) if backwards else (cursor is not None, more)
    return Page(ordered, first if has_before else "", last if has_after else "", total)


def _order(field: str, *, down: bool, backwards: bool) -> Sequence[Any]:
    downwards = down is not backwards
    nulls: dict[str, Any] = {} if field != "next_review_on" else {"nulls_first": True} if backwards else {"nulls_last": True}
    column = F(field).desc(**nulls) if downwards else F(field).asc(**nulls)
    return [column, "-pk" if downwards else "pk"]


def _beyond(field: str, cursor: Mapping[str, Any], *, down: bool, backwards: bool) -> Q:
    """The rows after the cursor's row, in the order that is asked of the database (already turned round for `backwards`)."""
    way, value = ("lt" if down else "gt"), cursor[field]
    same = Q(**{f"pk__{way}": cursor["pk"]})
    if value is None:
        rest = Q(**{f"{field}__isnull": False}) if backwards else Q(pk__in=())
        return Q(**{f"{field}__isnull": True}) & same | rest
    further = Q(**{f"{field}__{way}": value}) | Q(**{field: value}) & same
    nulls = Q(**{f"{field}__isnull": True}) if field == "next_review_on" and not backwards else Q(pk__in=())
    return further | nulls


def departments_with_counts(found: ProcessQuerySet) -> Sequence["Node"]:
    """The department tree with how many of these processes lie in and below each department: two queries."""
    rows = Department.objects.order_by("code").values_list("pk", "parent_id", "code", "name")
    counts = _counts(found, "department")
    return tree([(pk, parent, f"department={code}", f"{name}", code) for pk, parent, code, name in rows], counts)


def groups_with_counts(found: ProcessQuerySet) -> Sequence["Node"]:
    """The process groups, by band and order, with counts: two queries."""
    rows = ProcessGroup.objects.with_tree_fields(False).order_by("kind", "order", "pk")
    counts = _counts(found, "group")
    return tree([(g.pk, g.parent_id, f"group={g.pk}", g.name, str(g.get_kind_display())) for g in rows], counts)


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a tree with counts. `query` is the filter that lists what lies in and below it."""

    pk: int
    query: str
    name: str
    hint: str
    own: int
    total: int
    children: Sequence["Node"]


def tree(rows: Sequence[tuple[int, int | None, str, str, str]], counts: Mapping[int, int]) -> Sequence[Node]:
    """Rows of (key, parent, query, name, hint), parents anywhere → the roots; nodes with nothing in or below are left out."""
    below_of: dict[int | None, list[tuple[int, int | None, str, str, str]]] = {}
    for row in rows:
        below_of.setdefault(row[1], []).append(row)

    def node(row: tuple[int, int | None, str, str, str]) -> Node:
        children = [child for child in map(node, below_of.get(row[0], [])) if child.total]
        own = counts.get(row[0], 0)
        return Node(row[0], row[2], row[3], row[4], own, own + sum(child.total for child in children), children)

    return [root for root in map(node, below_of.get(None, [])) if root.total]


def _counts(found: ProcessQuerySet, field: str) -> dict[int, int]:
    """How many rows there are per value of a foreign key."""
    from_database = found.order_by().values_list(field).annotate(n=Count("pk"))
    return {key: n for key, n in from_database if key is not None}
