"""The demo accounts: who they are and whether one click may sign them in."""

import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from organization.calendar import company, today
from organization.models import Appointment, Person
from processportal.demo.content import load


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A row of the sign-in page and of the terminal."""

    login: str
    name: str
    initials: str
    position: str
    what_to_try: str


def is_demo() -> bool:
    """The fact in the database that `seed` wrote."""
    return company().is_demo


def one_click_allowed() -> bool:
    """Only with the fact, the setting, and a bind that nobody else can reach, not even through a proxy on this machine."""
    if settings.HTTPS or settings.SECURE_PROXY_SSL_HEADER:
        return False
    return bool(settings.DEMO_LOGIN) and is_loopback(settings.BIND) and is_demo()


def is_loopback(bind: str) -> bool:
    """Whether `host:port` can be reached from this machine alone; a name other than localhost is not looked up."""
    host = bind.rpartition(":")[0].strip("[]")
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def demo_accounts() -> list[DemoAccount]:
    """The flagged accounts with the position they hold today; empty where there is no demo."""
    if not is_demo():
        return []
    shown = sorted((person for person in load().people if person.demo_login), key=lambda person: person.demo_order)
    hints = {person.login: person.demo_login for person in shown}
    people = {p.login: p for p in Person.objects.filter(login__in=hints, is_active=True)}
    titles = dict(
        Appointment.objects.on(today()).filter(person__login__in=hints).order_by("-id").values_list("person__login", "position__title")
    )
    return [
        DemoAccount(login, people[login].name, people[login].initials, titles.get(login, _("Administrator")), hint)
        for login, hint in hints.items()
        if login in people
    ]
