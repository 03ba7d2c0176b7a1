"""My work among a million rows: the database takes the indexes and never reads all items."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organization.models import Position
from organization.scope import scope
from tests import make
from tests.make import NOW, TODAY, Cast, day
from worklist import listing, mine
from worklist.models import WorkItem

ROWS = 4_000


@pytest.fixture
def many(cast: Cast) -> None:
    """Open items of a hundred other people and of another position, a few of mine."""
    others = [make.person() for _ in range(100)]
    buyer, storeman = Position.objects.get(title="Buyer"), Position.objects.get(title="Storeman")

    def item(n: int, **owed: object) -> WorkItem:
        return WorkItem(
            kind="act", subject=f"{n}", url_name="home", raised_at=NOW, due_on=day(n % 50), planned_due_on=day(n % 50),
            source_key=f"{n}-{next(iter(owed))}", **owed,
        )  # fmt: skip

    made = [item(n, person=others[n % 100]) for n in range(ROWS)] + [item(n, position=storeman) for n in range(100, ROWS // 4)]
    made += [item(n, position=buyer) for n in range(20)] + [item(-n, person=cast.reader) for n in range(1, 20)]
    made += [item(n, position_id=storeman.pk, assigned_to=cast.reader) for n in range(ROWS, ROWS + 10)]
    WorkItem.objects.bulk_create(made, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def whole_scans(plan: str) -> list[str]:
    """Steps of the plan that read every item."""
    if connection.vendor == "postgresql":
        found: list[str] = []
        nodes = [json.loads(plan)[0]["Plan"]]
        while nodes:
            node = nodes.pop()
            nodes += node.get("Plans", [])
            if node.get("Relation Name") == WorkItem._meta.db_table and node["Node Type"] == "Seq Scan":
                found.append(node["Node Type"])
        return found
    lines = [line for line in plan.splitlines() if "SCAN worklist_workitem" in line]
    return [line for line in lines if "work_open_excluding" not in line]  # that one holds only the few with excluded people


def explained(items: object) -> str:
    return items.explain(format="JSON") if connection.vendor == "postgresql" else items.explain()  # type: ignore[attr-defined]


@pytest.mark.usefixtures("many")
def test_no_question_of_my_work_reads_every_item(cast: Cast) -> None:
    me = scope(cast.reader, TODAY)
    questions = {
        "list": mine.owed(me).order_by("due_on", "pk")[:51],
        "later page": listing.following(mine.owed(me), f"{day(3)}.7").order_by("due_on", "pk")[:51],
        "fallen": WorkItem.objects.left_by_holders(TODAY).not_excluding(me.person_id),
        "given away": WorkItem.objects.given_away(me),
    }
    assert {name: whole_scans(explained(items)) for name, items in questions.items()} == {name: [] for name in questions}
    with CaptureQueriesContext(connection) as asked:
        assert mine.count(me) == 49
    with connection.cursor() as cursor:
        how = "EXPLAIN (FORMAT JSON)" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{how} {asked.captured_queries[-1]['sql']}")
        rows = cursor.fetchall()
    badge = json.dumps(rows[0][0]) if connection.vendor == "postgresql" else "\n".join(str(row[-1]) for row in rows)
    assert whole_scans(badge) == []


@pytest.mark.usefixtures("many")
def test_the_process_office_reads_only_its_queue(cast: Cast) -> None:
    make.position("Empty", of=cast.stores)
    me = scope(cast.manager, TODAY)
    assert me.shared
    assert whole_scans(explained(mine.owed(me).order_by("due_on", "pk")[:51])) == []


def test_the_test_would_see_a_scan(cast: Cast, many: None) -> None:
    assert whole_scans(explained(WorkItem.objects.filter(subject__contains="7"))) != []
