"""What a procedure said on a past day."""

import datetime as dt

import pytest
from lxml import html

from organization.models import Position
from organization.past import day_of
from processes import catalogue
from processes.models import Process
from tests import make
from tests.conftest import SignedIn

pytestmark = pytest.mark.django_db


def ago(days: float) -> dt.datetime:
    return make.now() - dt.timedelta(days=days)


def day(days: int) -> str:
    return f"{ago(days).date():%Y-%m-%d}"


@pytest.fixture
def process(cast: make.Cast) -> Process:
    """Two versions that held one after the other; the third will."""
    made = make.process(cast.purchasing, number="PUR-001", owner=Position.objects.get(title="Head of Purchasing"))
    for days, step in ((40, "Toss a coin"), (20, "Compare offers"), (-20, "Ask the machine")):
        make.effective(made, make.definition(step), since=ago(days))
    return made


def shown(client: SignedIn, who: make.Person, on: str) -> str:
    answer = client.as_(who).get(f"/processes/PUR-001/?on={on}")
    assert answer.status_code == 200
    return " ".join(html.fromstring(answer.content.decode()).get_element_by_id("main").text_content().split())


def test_the_revision_of_that_day_is_shown_and_leads_to_todays(client: SignedIn, cast: make.Cast, process: Process) -> None:
    old = shown(client, cast.stranger, day(30))
    assert "This is what held on" in old
    assert "Toss a coin" in old
    assert "Compare offers" not in old
    assert "Go to what holds now" in old
    assert "It still holds today." in shown(client, cast.stranger, day(5))
    assert "Compare offers" in shown(client, cast.stranger, day(0))
    coming = shown(client, cast.stranger, day(-25))
    assert "This will hold on" in coming
    assert "Ask the machine" in coming


def test_a_day_before_anything_held(client: SignedIn, cast: make.Cast, process: Process) -> None:
    never = shown(client, cast.stranger, day(50))
    assert "Nothing of this document was in force on" in never
    assert "Compare offers" not in never
    assert "Nothing to read yet" not in never


def test_the_day_of_a_change_names_both(client: SignedIn, cast: make.Cast, process: Process) -> None:
    changed = shown(client, cast.stranger, day(20))
    assert "Compare offers" in changed
    assert "of that day revision 1.0 held" in changed


def test_the_owner_of_then_is_named_where_it_is_another(client: SignedIn, cast: make.Cast, process: Process) -> None:
    process.history.update(history_date=ago(60))
    assert "Its owner was then" not in shown(client, cast.stranger, day(30))
    owner = Position.objects.get(title="Process manager, Purchasing")
    catalogue.change_metadata(process, {"owner": owner}, by=cast.author, now=ago(10))
    assert "Its owner was then: Head of Purchasing" in shown(client, cast.stranger, day(30))
    assert "Its owner was then" not in shown(client, cast.stranger, day(5))


@pytest.mark.parametrize("text", ["", "x", "2026-3-3", "2026-02-30", "20260303", "9999-99-99", "2026-W01-1", "9999-12-31", "0001-01-01"])
def test_what_is_no_day_is_not_asked(text: str) -> None:
    assert day_of(text) is None


def test_nonsense_shows_what_holds(client: SignedIn, cast: make.Cast, process: Process) -> None:
    assert "Compare offers" in shown(client, cast.stranger, "soon")
    assert "Compare offers" in shown(client, cast.stranger, "9999-12-31")


def test_a_confidential_process_is_not_found_on_any_day(client: SignedIn, cast: make.Cast) -> None:
    make.effective(make.process(cast.purchasing, number="PUR-002", confidentiality="departments"))
    assert client.as_(cast.stranger).get(f"/processes/PUR-002/?on={day(3)}").status_code == 404
