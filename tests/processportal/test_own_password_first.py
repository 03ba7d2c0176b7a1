"""A password that an administrator made opens nothing but the choice of one's own: nobody signs as somebody else."""

import pytest
from django.urls import reverse

from organization import people
from tests import make
from tests.conftest import SignedIn

pytestmark = pytest.mark.django_db
OWN = "/accounts/password/change/"


def test_everything_else_waits_until_one_has_a_password_of_ones_own(client: SignedIn, cast: make.Cast) -> None:
    password = people.renew_password(cast.author, by=cast.admin)
    assert client.post("/accounts/login/", {"login": "author", "password": password}).status_code == 302
    for address in ("/", "/work/", "/processes/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, OWN)
    assert client.post("/work/").status_code == 302
    page = client.get(OWN)
    assert b"An administrator made your present password" in page.content
    assert b"Cancel" not in page.content
    changed = client.post(OWN, {"oldpassword": password, "password1": "mine-and-long-enough", "password2": "mine-and-long-enough"})
    assert (changed.status_code, changed["Location"]) == (302, reverse("home"))
    assert client.get("/work/").status_code == 200
    assert b"An administrator made" not in client.get(OWN).content


def test_one_may_leave_and_choose_the_look_meanwhile(client: SignedIn, cast: make.Cast) -> None:
    people.renew_password(cast.author, by=cast.admin)
    client.as_(cast.author)
    assert client.post(reverse("preferences"), {"theme": "dark"})["Location"] == "/"
    assert client.get("/healthz").status_code == 200
    assert client.post(reverse("account_logout"))["Location"] != OWN


def test_an_account_begins_so_and_a_wrong_new_password_changes_nothing(client: SignedIn, cast: make.Cast) -> None:
    person, password = people.create_person(by=cast.admin, login="4711", name="Anna")
    client.post("/accounts/login/", {"login": "4711", "password": password})
    assert client.post(OWN, {"oldpassword": password, "password1": "short", "password2": "short"}).status_code == 200
    assert client.get("/")["Location"] == OWN
    person.refresh_from_db()
    assert person.password_is_temporary
