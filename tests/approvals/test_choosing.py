"""Which route wins: criteria held against a document, without a database."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.choosing import Criteria, Subject, fitting, misfits, rank

# A team (3) in a department (2) of the company (1).
SOP = Subject("sop", "department", (3, 2, 1), "departments")


@pytest.mark.parametrize(
    ("criteria", "against"),
    [
        (Criteria(), []),
        (Criteria("sop", "department", 3, "departments"), []),
        (Criteria(department=1), []),
        (Criteria("policy"), ["document_type"]),
        (Criteria(level="company"), ["level"]),
        (Criteria(department=9), ["department"]),
        (Criteria(confidentiality="positions"), ["confidentiality"]),
        (Criteria("policy", "company", 9, "company"), ["document_type", "level", "department", "confidentiality"]),
    ],
)
def test_every_criterion_that_is_set_has_to_fit(criteria: Criteria, against: list[str]) -> None:
    assert misfits(criteria, SOP) == against


def test_type_beats_level_beats_the_nearer_department_beats_confidentiality() -> None:
    in_order = [
        Criteria("sop", "department", 3, "departments"),
        Criteria("sop"),
        Criteria(level="department", confidentiality="departments"),
        Criteria(level="department"),
        Criteria(department=3),
        Criteria(department=2, confidentiality="departments"),
        Criteria(department=2),
        Criteria(department=1),
        Criteria(confidentiality="departments"),
        Criteria(),
    ]
    for some in (in_order[::-1], in_order[1::2] + in_order[::2]):
        assert fitting(some, lambda one: one, SOP) == in_order


def test_what_does_not_fit_is_left_out_and_equals_keep_their_order() -> None:
    routes = [("old", Criteria("policy")), ("new", Criteria("sop")), ("older", Criteria("sop"))]
    assert [name for name, _criteria in fitting(routes, lambda one: one[1], SOP)] == ["new", "older"]


CRITERIA = st.builds(
    Criteria,
    st.sampled_from(["", "sop", "policy"]),
    st.sampled_from(["", "department", "company"]),
    st.sampled_from([None, 1, 2, 3, 9]),
    st.sampled_from(["", "departments", "company"]),
)


@given(st.sets(CRITERIA))
def test_different_criteria_that_fit_never_rank_alike(some: set[Criteria]) -> None:
    fit = fitting(some, lambda one: one, SOP)
    assert len({rank(one, SOP) for one in fit}) == len(fit)
    assert all(rank(first, SOP) > rank(second, SOP) for first, second in itertools.pairwise(fit))
