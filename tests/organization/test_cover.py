"""How well the company process manager's office is kept, over intervals: equal to asking every single day."""

import datetime as dt

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organization.chain import PROCESS_OFFICE, Office, Rule
from organization.cover import Books, Cover, Leave, Tenure, cover_on, first_loss
from tests.make import TODAY, day

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
people = st.integers(1, 4)
offices = st.integers(1, 2)
offsets = st.integers(-4, 9)
HORIZON = 16  # beyond every turning point that can be drawn


@st.composite
def spans(draw: st.DrawFn) -> tuple[dt.date, dt.date]:
    start = draw(offsets)
    return day(start), day(start + draw(st.integers(1, 5)))


@st.composite
def tenures(draw: st.DrawFn) -> Tenure:
    starts_on, ends_before = draw(spans())
    return Tenure(draw(people), draw(offices), starts_on, draw(st.sampled_from((ends_before, None))))


@st.composite
def leaves(draw: st.DrawFn) -> Leave:
    return Leave(draw(people), *draw(spans()), draw(st.none() | people))


@st.composite
def all_books(draw: st.DrawFn) -> Books:
    made = {n: Office(n, 1, PROCESS_OFFICE, None, draw(st.sampled_from(Rule)), draw(st.none() | people)) for n in draw(st.sets(offices))}
    days = offsets.map(day)
    return Books(
        made,
        draw(st.dictionaries(offices, days, max_size=1)),
        tuple(draw(st.lists(tenures(), max_size=5))),
        tuple(draw(st.lists(leaves(), max_size=5))),
        draw(st.dictionaries(people, days | st.just(dt.date.min), max_size=2)),
    )


def works_here(books: Books, person: int | None, at: dt.date) -> bool:
    return person is not None and not (person in books.lost and books.lost[person] <= at)


def leave_of(books: Books, person: int | None, at: dt.date) -> Leave | None:
    lasting = [leave for leave in books.leaves if leave.person == person and leave.starts_on <= at < leave.ends_before]
    longest = max((leave.ends_before for leave in lasting), default=None)
    return next((leave for leave in reversed(lasting) if leave.ends_before == longest), None)


def there(books: Books, person: int | None, at: dt.date) -> bool:
    return works_here(books, person, at) and leave_of(books, person, at) is None


def covered_by(books: Books, tenure: Tenure, at: dt.date) -> bool:
    """Whether the holder, whom the absence names (and so on), or the standing substitute is there, as the rule says."""
    office = books.offices[tenure.office]
    if there(books, tenure.person, at):
        return True
    acting: int | None = tenure.person
    for _step in range(6):
        leave = leave_of(books, acting, at)
        acting = leave.substitute if leave and works_here(books, leave.substitute, at) else None if leave else acting
    named = office.rule == "absence" and there(books, acting, at)
    return named or (office.rule != "deputy" and there(books, office.substitute, at))


def reference(books: Books, at: dt.date) -> Cover:
    """One day, said plainly."""
    holding = [
        t
        for t in books.tenures
        if t.office in books.offices
        and not (t.office in books.closed and books.closed[t.office] <= at)
        and t.starts_on <= at
        and (t.ends_before is None or at < t.ends_before)
        and works_here(books, t.person, at)
    ]
    if any(covered_by(books, tenure, at) for tenure in holding):
        return Cover.ACTS
    return Cover.AWAY if holding else Cover.VACANT


@unhurried
@given(all_books())
def test_each_day_is_judged_as_plainly(books: Books) -> None:
    for offset in range(-5, HORIZON):
        assert cover_on(books, day(offset)) == reference(books, day(offset))


@unhurried
@given(all_books(), all_books())
def test_the_first_loss_is_the_first_day_that_is_worse(before: Books, after: Books) -> None:
    worse = [day(n) for n in range(HORIZON) if reference(after, day(n)) < reference(before, day(n))]
    assert first_loss(before, after, TODAY) == (worse[0] if worse else None)


@unhurried
@given(all_books())
def test_nothing_is_lost_where_nothing_changes(books: Books) -> None:
    assert first_loss(books, books, TODAY) is None


def test_people_on_whom_it_depends() -> None:
    office = Office(1, 1, PROCESS_OFFICE, None, Rule.ABSENCE, 4)
    books = Books({1: office}, {}, (Tenure(1, 1, TODAY, None),), (Leave(1, TODAY, day(1), 2), Leave(2, TODAY, day(1), None)), {})
    assert books.people() == {1, 2, 4}
