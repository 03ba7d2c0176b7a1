"""From an empty company to its first process, one step after the other."""

import pytest

from organization.models import Department, Person
from processes.models import ProcessGroup
from tests import make
from tests.conftest import SignedIn


def state(client: SignedIn) -> tuple[list[bool], str]:
    """What is done, and the title of the step that is offered next."""
    page = client.get("/first-steps/")
    assert page.status_code == 200
    return [step.done for step in page.context["steps"]], page.context["next"].title if page.context["next"] else ""


@pytest.mark.django_db
def test_the_next_open_step_is_offered_until_all_are_done(client: SignedIn) -> None:
    ProcessGroup.objects.all().delete()
    admin = Person.objects.create_user("admin", "Admin", "secret", is_staff=True)
    client.as_(admin)
    assert state(client) == ([False] * 6, "Name the company and its departments")
    purchasing = make.department("PUR")
    assert state(client) == ([True, *[False] * 5], "Bring in the people")
    boss, manager = make.person("boss"), make.person("manager")
    assert state(client) == ([True, True, *[False] * 4], "Fill the offices")
    make.position("General manager", of=make.company(), kind="top_management", holder=boss)
    assert state(client)[1] == "Fill the offices"
    make.position("Company process manager", of=make.company(), kind="company_process_manager", holder=manager)
    assert state(client)[1] == "Place people on the ladder"
    make.hold(manager, 4)
    assert state(client)[1] == "Place people on the ladder"
    make.hold(boss, 5)
    assert state(client)[1] == "Look at the value chain"
    ProcessGroup.objects.create(name="Buy")
    assert state(client)[1] == "Write the first process"
    make.process(purchasing)
    assert state(client) == ([True] * 6, "")


def test_every_step_leads_to_a_page(client: SignedIn, cast: make.Cast) -> None:
    for step in client.as_(cast.admin).get("/first-steps/").context["steps"]:
        assert client.get(step.url).status_code == 200, step


def test_the_company_alone_is_no_department(client: SignedIn, cast: make.Cast) -> None:
    assert state(client.as_(cast.admin))[0][0]
    assert Department.objects.filter(kind="company").count() == 1


def test_others_do_not_find_the_page(client: SignedIn, cast: make.Cast) -> None:
    found = {who.login: client.as_(who).get("/first-steps/").status_code for who in (cast.reader, cast.manager, cast.boss, cast.admin)}
    assert found == {"reader": 404, "manager": 404, "boss": 404, "admin": 200}
