"""Plays the demo company through the portal's own stories, in the order of time, relative to today; deterministic."""

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from kpis import dues
from organization import evidence
from organization.evidence import acting
from organization.models import Department, Person
from processes import review
from processes.models import Process
from processportal.demo import agreed, asked, climbed, left, measured, readers, reused, staff, trained, translated
from processportal.demo.content import load
from processportal.demo.lives import Life
from training import assignments
from worklist import reminders


class SeedRefused(Exception):
    """The database holds data that is not a demo; nothing was written."""


def seed(say: Callable[[str], None] = lambda _text: None, now: dt.datetime | None = None) -> None:
    """Fill an empty database. Raises SeedRefused where there is anything in it already."""
    if Department.objects.exists() or Person.objects.exists() or Process.objects.exists():
        raise SeedRefused(
            "This database holds data already, so the demo company is not loaded into it. "
            "Start without --demo, or set DATABASE_URL to an empty database."
        )
    now = now or timezone.now()
    company = load()
    with transaction.atomic(), acting("demo"):
        say("people, departments, positions")
        people = staff.build(company, now)
        lives = [Life(data, company, people, now) for data in company.processes]
        told = [*(event for life in lives for event in life.events()), *translated.events(people, now)]
        events = sorted(told, key=lambda event: (event.at, event.order))
        for number, event in enumerate(events):
            event.happen()
            if number % (len(events) // 3 or 1) == 0:
                say(f"processes: {number * 100 // len(events)} %")
        for life in lives:
            life.finish()
        say("indicators")
        measured.play(company, people, lives, now)
        say("readings and reminders")
        readers.play(now)
        agreed.play(now)
        reused.play(now)
        asked.play(now)
        trained.play(now)
        left.play(people, now)
        climbed.play(people.people, people.holder(company, "mgt-cpm"), now)
        _present(now)
        left.prove(now)


def _present(now: dt.datetime) -> None:
    """What the scheduler would have done by now."""
    assignments.hand_out_all(now)
    review.raise_reviews(now)
    dues.raise_dues(now)
    reminders.run(now)
    evidence.seal(now)
