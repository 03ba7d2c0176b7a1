"""What is wrong with one field is said at that field, and the summary of a form is in the order of its page."""

import re

import pytest
import time_machine
from django.forms import Form
from django.template.loader import render_to_string
from django.urls import reverse

from approvals.ending_forms import PackageSubmitForm
from organization.models import Ability
from organization.scope import scope
from processes.problem_forms import AnswerForm
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW
from tests.training.courses import course, session
from training.assessment_forms import AssessorForm
from training.competence import opening, rating
from training.competence.moving import assessors_of
from training.competence.rating import Given
from training.course_forms import AttendanceForm, InviteForm, SessionForm
from training.models import Assessment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def summary(content: bytes) -> list[str]:
    """The fields that the summary leads to, in its order."""
    page = content.decode()
    listed = page[page.index("error-summary") :]
    return re.findall(r'<a href="#id_(\w+)"', listed[: listed.index("</ul>")])


SESSION = {"day": "2026-03-20", "begins": "09:00", "ends": "11:00", "place": "Room 1", "trainer_name": "Ms Lee", "capacity": "3"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"day": "2026-03-01"}, "day"),
        ({"day": "2036-03-01"}, "day"),
        ({"ends": "08:00"}, "ends"),
        ({"trainer_name": ""}, "trainer"),
        ({"trainer": "author"}, "trainer"),
        ({"place": ""}, "place"),
        ({"capacity": "0"}, "capacity"),
    ],
)
def test_of_a_session(cast: make.Cast, client: SignedIn, given: dict[str, str], field: str) -> None:
    answer = client.as_(cast.manager).post(reverse("training:new_session", args=[course(cast.manager).pk]), SESSION | given)
    assert (answer.status_code, list(answer.context["form"].errors), summary(answer.content)) == (422, [field], [field])


@pytest.mark.parametrize(
    ("given", "field"), [({"due_on": "2026-01-01"}, "due_on"), ({"mentor": "reader"}, "mentor"), ({"mentor": "stranger"}, "mentor")]
)
def test_of_a_step_of_development(cast: make.Cast, client: SignedIn, given: dict[str, str], field: str) -> None:
    ability = Ability.objects.filter(level=1).first()
    step = {"ability": ability.pk if ability else 0, "measure": "Draw", "due_on": "2026-09-01"}
    answer = client.as_(cast.author).post(reverse("training:plan_step", args=[cast.reader.pk]), step | given)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])


def assessed(cast: make.Cast) -> Assessment:
    assessment = opening.open_(cast.reader, 1, by=cast.reader, now=NOW)
    opening.name_assessor(assessment, by=cast.manager, now=NOW, person=cast.approver)
    return assessment


def test_of_evidence_with_a_day_to_come(cast: make.Cast, client: SignedIn) -> None:
    address = reverse("training:add_evidence", args=[assessed(cast).pk])
    answer = client.as_(cast.reader).post(address, {"text": "Drew it", "day": "2036-01-01"})
    assert (answer.status_code, list(answer.context["evidence_form"].errors)) == (422, ["day"])


def test_handing_in_says_which_abilities_are_missing(cast: make.Cast, client: SignedIn) -> None:
    assessment = assessed(cast)
    one, two = Ability.objects.filter(level=1)
    address = reverse("training:rate", args=[assessment.pk])
    given = {"seen": "0", f"rated_{one.pk}": "met", f"comment_{one.pk}": " ", f"comment_{two.pk}": "Without lanes"}
    answer = client.as_(cast.approver).post(address, given | {"hand_in": "1"})
    assert (answer.status_code, summary(answer.content)) == (422, [f"comment_{one.pk}", f"rated_{two.pk}"])
    assert f"Rating of “{two.text}”" in answer.content.decode()
    assert client.post(address, given).status_code == 302, "what is saved for later may lack anything"
    whole = given | {"seen": "1", f"comment_{one.pk}": "Seen", f"rated_{two.pk}": "partly", "hand_in": "1"}
    assert client.post(address, whole).status_code == 302
    assert client.post(address, given | {"seen": "2"}).status_code == 422, "what was handed in stays whole"


def test_the_password_stands_last_in_the_summary_as_on_the_page(cast: make.Cast, client: SignedIn) -> None:
    assessment = assessed(cast)
    ratings = {one.pk: Given("met", "seen") for one in Ability.objects.filter(level=1)}
    rating.rate(assessment, ratings, {}, by=cast.approver, now=NOW, seen=0, hand_in=True)
    assert assessors_of(assessment)[0].rated_at == NOW
    answer = client.as_(cast.approver).post(reverse("training:conclude", args=[assessment.pk]), {"word": "", "password": ""})
    assert summary(answer.content) == ["word", "seen", "password"]


def test_the_list_of_who_was_there_comes_before_what_stands_below_it(cast: make.Cast) -> None:
    one = session(course(cast.manager, pass_mark=70), cast.manager)
    form = AttendanceForm(session=one, people=[cast.reader], here={})
    assert list(form.fields) == [f"there-{cast.reader.pk}", f"score-{cast.reader.pk}", "further", "reason"]


def marks(form: Form) -> dict[str, str]:
    """The words beside the labels of what is not required."""
    return {
        one.name: re.sub("<[^>]+>", "", found[1])
        for one in form
        if (found := re.search(r'class="optional">(.*?)</span>', render_to_string("components/field.html", {"field": one})))
    }


def test_a_field_that_is_needed_sometimes_says_when(cast: make.Cast) -> None:
    assert marks(SessionForm()) == {
        "last_day": "optional", "place": "or a link", "link": "or a place",
        "trainer": "or somebody from outside", "trainer_name": "or somebody of the company",
    }  # fmt: skip
    assert marks(AssessorForm(level=5)) == {"person": "one of these", "external": "one of these"}
    assert marks(AssessorForm(level=4)) == {}
    assert marks(PackageSubmitForm(view=scope(cast.author, make.TODAY), drafts=[], request=None)) == {"planned_on": "where a day is chosen"}
    assert marks(AnswerForm()) == {"text": "unless it becomes a change request"}
    assert set(marks(InviteForm(view=scope(cast.manager, make.TODAY))).values()) == {"one of these"}
