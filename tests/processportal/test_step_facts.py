"""What a step says besides its name, on the procedure page; and that only safe addresses become links."""

from dataclasses import replace

import pytest
from lxml import html

from processes import derived
from processes.definition import Record, Risk, RoleRef
from processes.models import Link
from processportal.templatetags import reading
from tests import make
from tests.conftest import SignedIn

pytestmark = pytest.mark.django_db


def facts(client: SignedIn, cast: make.Cast, **said: object) -> dict[str, str]:
    """The facts of the one step, by what they are called."""
    plain = make.definition("Check offer")
    content = replace(
        plain,
        roles=(*plain.roles, RoleRef("head", "Head"), RoleRef("legal", "Legal")),
        records=(Record("rec", "Comparison of offers", retention="10 years"),),
        steps=(plain.steps[0], replace(plain.steps[1], **said), plain.steps[2]),
    )  # type: ignore[arg-type]
    make.effective(make.process(cast.purchasing, number="PUR-001"), content)
    tree = html.fromstring(client.as_(cast.reader).get("/processes/PUR-001/").content.decode())
    rows = tree.xpath("//dl[@class='step-facts']/div")
    return {" ".join(row.find("dt").text_content().split()): " ".join(row.find("dd").text_content().split()) for row in rows}


def test_every_detail_is_shown(client: SignedIn, cast: make.Cast) -> None:
    found = facts(
        client, cast, inputs=("Offers",), outputs=("Choice",), records=("comparison OF offers", "Note"), system="ERP", form="F 12",
        work_time=90, waiting_time=960, accountable="head", consulted=("legal", "gone"), informed=("head",), instruction="WI-007",
        risks=(Risk("a", "Too dear", "Three offers"), Risk("b", "Too late")),
    )  # fmt: skip
    assert found == {
        "Needs": "Offers",
        "Gives": "Choice",
        "Records": "Comparison of offers (kept: 10 years), Note",
        "Done in": "ERP: F 12",
        "Work time": "1 h 30 min",
        "Waiting time": "2 days",
        "Accountable": "Head",
        "Consulted": "Legal",
        "Informed": "Head",
        "Work instruction": "WI-007",
        "Risks and controls": "Too dear → Three offersToo late → no control",
    }


def test_what_is_not_said_is_not_shown(client: SignedIn, cast: make.Cast) -> None:
    assert facts(client, cast) == {}


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example", "data:text/html,x", "ftp://files.example", "http://", "\x00"])
def test_an_address_that_is_not_of_the_web_stays_text(address: str) -> None:
    assert "<a" not in str(reading.form_link("F 12", address))


def test_an_address_of_the_web_opens_the_form() -> None:
    assert str(reading.form_link("F <12>", " https://forms.example/12?a=1&b=2 ")) == (
        '<a href="https://forms.example/12?a=1&amp;b=2" rel="noopener noreferrer">F &lt;12&gt;</a>'
    )
    assert str(reading.form_link("", "https://forms.example")).endswith(">https://forms.example</a>")
    assert reading.form_link("F 12", "") == "F 12"


def test_a_work_instruction_of_the_portal_is_linked_in_both_directions(cast: make.Cast) -> None:
    instruction = make.process(cast.purchasing, number="WI-007")
    plain = make.definition("Check offer", "Order")
    steps = (
        plain.steps[0],
        replace(plain.steps[1], instruction=" WI-007 "),
        replace(plain.steps[2], instruction="https://wiki.example/7"),
        plain.steps[3],
    )
    content = replace(plain, steps=steps)
    revision = make.draft(make.process(cast.purchasing, number="PUR-001"), content)
    derived.rewrite(revision, content)
    (link,) = Link.objects.filter(revision=revision)
    assert (link.number, link.target, link.step) == ("WI-007", instruction, steps[1].key)
