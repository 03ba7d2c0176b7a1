"""The checks that need the catalogue: other processes that a draft names."""

from dataclasses import replace
from typing import Any

import pytest

from processes import checking, derived
from processes.content import definition_of
from processes.definition import Definition, Reference
from processes.models import Process, Revision
from tests import make

pytestmark = pytest.mark.django_db


def naming(*links: str) -> Definition:
    """A definition whose first steps name these processes."""
    whole = make.definition(*(f"Do {n}" for n in range(len(links))))
    named = dict(zip([step.key for step in whole.steps[1:]], links, strict=False))
    return replace(whole, number="PUR-001", steps=tuple(replace(step, link=named.get(step.key, "")) for step in whole.steps))


def approved(cast: make.Cast, number: str, *links: str) -> Revision:
    """A process in force whose steps name these processes."""
    revision = make.effective(make.process(cast.purchasing, number=number, created_by=cast.author), naming(*links))
    derived.rewrite(revision, definition_of(revision))
    return revision


def test_without_other_processes_nothing_is_asked(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert checking.findings(naming()) == ()


def test_what_does_not_exist_or_hold_is_found(cast: make.Cast) -> None:
    approved(cast, "PUR-002")
    Process.objects.filter(pk=approved(cast, "PUR-003").process_id).update(state=Process.State.WITHDRAWN)
    references = (Reference("a", "Law", "https://example.com"), Reference("b", "Old", "PUR-003"), Reference("c", "Nothing", ""))
    definition = replace(naming("PUR-002", "PUR-003", "PUR-404", "PUR-001"), references=references)
    assert checking.gone(definition) == {"PUR-003": "withdrawn", "PUR-404": "unknown"}
    codes = {finding.code for finding in checking.findings(definition)}
    assert codes == {"reference-withdrawn", "link-withdrawn", "link-unknown", "link-itself"}


def test_a_circle_of_processes_is_found_however_long(cast: make.Cast) -> None:
    approved(cast, "PUR-001", "PUR-002")
    approved(cast, "PUR-002", "PUR-003")
    approved(cast, "PUR-003", "PUR-001")
    approved(cast, "PUR-004", "PUR-005")
    approved(cast, "PUR-005", "PUR-004")
    assert checking.leading_back(naming("PUR-002", "PUR-004")) == {"PUR-002"}


def test_a_circle_is_looked_for_in_a_few_questions(cast: make.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    approved(cast, "PUR-002", "PUR-003")
    approved(cast, "PUR-003", "PUR-001")
    monkeypatch.setattr(checking, "ROUNDS", 1)
    assert checking.leading_back(naming("PUR-002")) == set()
    monkeypatch.setattr(checking, "ROUNDS", 2)
    assert checking.leading_back(naming("PUR-002")) == {"PUR-002"}
