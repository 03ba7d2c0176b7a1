"""One click on a demo account works in a demo on this very machine, and nowhere else."""

import pytest
from django.conf import LazySettings
from django.contrib.auth import SESSION_KEY
from django.test import Client

from organization.calendar import forget
from organization.models import CompanySettings, Person
from processportal.demo.accounts import DemoAccount, demo_accounts, is_loopback, one_click_allowed
from processportal.demo.content import load
from tests import make

pytestmark = pytest.mark.django_db
URL = "/demo/sign-in/"


def demo_person() -> Person:
    """The first demo account of the content."""
    data = next(person for person in load().people if person.demo_login)
    return make.person(data.login, name=data.name)


@pytest.fixture
def account(settings: LazySettings) -> Person:
    """A demo, with one click allowed."""
    CompanySettings.objects.create(is_demo=True)
    settings.DEMO_LOGIN = True
    settings.BIND = "127.0.0.1:8000"
    return demo_person()


def click(login: str) -> tuple[int, str | None]:
    """The answer, and who is signed in after it."""
    client = Client()
    status = client.post(URL, {"login": login}).status_code
    return status, client.session.get(SESSION_KEY)


def test_one_click_signs_in(account: Person) -> None:
    assert click(account.login) == (302, str(account.pk))


def test_outside_a_demo_there_is_no_such_page_whatever_the_setting(account: Person, settings: LazySettings) -> None:
    CompanySettings.objects.update(is_demo=False)
    forget()
    for setting in (True, False):
        settings.DEMO_LOGIN = setting
        assert click(account.login) == (404, None)
    CompanySettings.objects.all().delete()
    forget()
    settings.DEMO_LOGIN = True
    assert click(account.login) == (404, None)
    assert demo_accounts() == []


def test_in_a_demo_with_the_setting_off_there_is_no_such_page(account: Person, settings: LazySettings) -> None:
    settings.DEMO_LOGIN = False
    assert click(account.login) == (404, None)


def test_behind_tls_or_a_proxy_there_is_no_such_page(account: Person, settings: LazySettings) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert click(account.login) == (404, None)
    settings.SECURE_PROXY_SSL_HEADER = None
    settings.HTTPS = True
    assert click(account.login) == (404, None)


@pytest.mark.parametrize(
    "bind", ["0.0.0.0:8000", "192.168.0.7:8000", "[::]:8000", "localhost.example.com:80", "127.example.com:80", "", ":80"]
)
def test_where_others_can_reach_the_portal_there_is_no_such_page(account: Person, settings: LazySettings, bind: str) -> None:
    settings.BIND = bind
    assert click(account.login) == (404, None)


def test_loopback_is_this_machine() -> None:
    assert [is_loopback(bind) for bind in ("127.0.0.1:8000", "127.9.9.9:1", "localhost:8000", "[::1]:8000")] == [True] * 4


def test_only_demo_accounts_are_signed_in(account: Person) -> None:
    make.person("real", is_staff=True)
    for login in ("real", "", "nobody", account.login.upper() + "x"):
        assert click(login) == (404, None)
    Person.objects.filter(pk=account.pk).update(is_active=False)
    assert click(account.login) == (404, None)


def test_looking_is_not_clicking(account: Person) -> None:
    client = Client()
    assert client.get(URL, {"login": account.login}).status_code == 405
    assert SESSION_KEY not in client.session


def test_another_page_cannot_click(account: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(URL, {"login": account.login}).status_code == 403
    assert SESSION_KEY not in client.session


def test_the_sign_in_page_offers_the_accounts_with_their_position(account: Person, settings: LazySettings) -> None:
    make.position("Head of everything", holder=account)
    (found,) = demo_accounts()
    hint = next(person.demo_login for person in load().people if person.login == account.login)
    assert found == DemoAccount(account.login, account.name, account.initials, "Head of everything", hint)
    assert URL in Client().get("/accounts/login/").content.decode()
    settings.DEMO_LOGIN = False
    assert not one_click_allowed()
    assert URL not in Client().get("/accounts/login/").content.decode()
