"""What readers of the demo company want changed: waiting for an answer, asked twice, declined."""

import datetime as dt
from dataclasses import dataclass

from organization.models import Person
from processes import change_requests
from processes.content import definition_of
from processes.models import Process
from processportal.demo.agreed import holder


@dataclass(frozen=True, slots=True)
class Wish:
    """Who asks about which step of a procedure, and the reason of the owner's no ("" where it still waits)."""

    number: str
    login: str
    step: int
    wrong: str
    instead: str = ""
    days_ago: int = 3
    refusal: str = ""


WISHES = (
    Wish(
        "PUR-001", "hannah.brooks", 5, "Three offers take too long for standard parts.", "Two offers suffice below EUR 10 000.", 40,
        "Three offers from EUR 2 000 on is what our auditors ask for. A frame contract makes the offers unnecessary; propose one.",
    ),
    Wish(
        "PUR-001", "hannah.brooks", 3, "The Controller is not asked any more; since January it is the head of finance.",
        "Above EUR 5 000 the head of finance is asked as well.", 6,
    ),
    Wish("PUR-001", "tom.okafor", 3, "Our controller says that she does not sign these requests. Who does?", days_ago=2),
    Wish("PUR-001", "hannah.brooks", 2, "It is not said what to do when there is no drawing yet.", days_ago=1),
)  # fmt: skip


def play(now: dt.datetime) -> None:
    """Readers ask; the owner has answered some of it."""
    for wish in WISHES:
        process = Process.objects.select_related("owner").get(number=wish.number)
        then = now - dt.timedelta(days=wish.days_ago)
        revision = process.revisions.in_force(then).select_related("frozen", "process").get()
        made = change_requests.ask(
            process, revision=revision, by=Person.objects.get(login=wish.login), now=then, wrong=wish.wrong, instead=wish.instead,
            anchor=definition_of(revision).steps[wish.step - 1].key,
        )  # fmt: skip
        if wish.refusal:
            later = then + dt.timedelta(days=4)
            change_requests.decline(made, by=holder(process.owner, later), now=later, seen=made.version, reason=wish.refusal)
