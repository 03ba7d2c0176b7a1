"""The badge among very many readings (P7): answered from the index of what is owed, and from nothing else."""

import json

import pytest
from django.db import connection
from django.db.models import Count, QuerySet

from tests import make
from tests.make import NOW
from training import assignments
from training.models import Reading


@pytest.fixture
def many(cast: make.Cast) -> None:
    """Forty people who have read thirty versions, but for the last two."""
    people = frozenset(make.person().pk for _n in range(40))
    for n in range(30):
        revision = make.effective(make.process(cast.purchasing))
        assignments.write_down(revision, people, frozenset(), NOW)
        if n < 28:
            Reading.objects.filter(revision=revision).update(acknowledged_at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_bitmapscan = off")


def steps(questions: QuerySet[Reading]) -> list[tuple[str, str]]:
    """What the database does to which index or table."""
    if connection.vendor != "postgresql":
        return [("", line) for line in questions.explain().splitlines()]
    found, nodes = [], [json.loads(questions.explain(format="JSON"))[0]["Plan"]]
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", [])
        found.append((node["Node Type"], node.get("Index Name", "") or node.get("Relation Name", "")))
    return found


@pytest.mark.usefixtures("many")
def test_the_badge_is_answered_from_the_index_of_what_is_owed() -> None:
    owed = Reading.objects.owed().filter(person=Reading.objects.owed()[0].person_id)
    assert owed.count() == 2
    plan = steps(owed.order_by().values("person"))
    assert any("reading_owed_by_person" in name for _step, name in plan), plan
    assert not any(step == "Seq Scan" or "SCAN" in name for step, name in plan), plan
    # SQLite looks the rows up: it does not see that the index answers the condition. PostgreSQL knows after a vacuum alone what all see.
    if connection.vendor == "postgresql":
        assert ("Index Only Scan", "reading_owed_by_person") in plan


@pytest.mark.usefixtures("many")
def test_the_test_would_see_a_scan() -> None:
    plan = steps(Reading.objects.filter(acknowledged_at=NOW).order_by())
    assert any(step == "Seq Scan" or "SCAN" in name for step, name in plan), plan


@pytest.mark.usefixtures("many")
def test_coverage_is_counted_from_one_index() -> None:
    """Neither the readings themselves nor their work items, which are as many."""
    ids = list(Reading.objects.order_by().values_list("revision", flat=True).distinct()[:3])
    counted = (
        Reading.objects.counted().order_by().filter(revision__in=ids).values("revision").annotate(Count("person"), Count("acknowledged_at"))
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = steps(counted)
    assert any("reading_counted" in name for _step, name in plan), plan
    assert not any("workitem" in name for _step, name in plan), plan
