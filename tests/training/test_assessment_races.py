"""At the same instant: one signature concludes an assessment, and one assessment is opened."""

from collections.abc import Iterator

import pytest
from django.db import connection

from organization import triggers
from organization.gate import install_ladder
from organization.models import Ability, HeldLevel, Signature
from tests import make
from tests.make import NOW
from tests.processes.test_races import CALLERS, at_once
from training.competence import opening, rating
from training.competence.rating import Given
from training.models import AbilityRating, Assessment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db: None) -> Iterator[make.Cast]:
    install_ladder()
    yield make.cast()
    triggers.drop(connection)


def test_of_two_assessors_who_sign_at_once_one_signs_and_everybody_else_is_told(people: make.Cast) -> None:
    assessment = opening.open_(people.reader, 1, by=people.reader, now=NOW)
    given = {one.pk: Given("met", "seen") for one in Ability.objects.filter(level=1)}
    both = (people.approver, people.manager)
    for who in both:
        opening.name_assessor(assessment, by=people.author, now=NOW, person=who)
        rating.rate(assessment, given, {}, by=who, now=NOW, seen=0, hand_in=True)
    seen = Assessment.objects.get().version

    def sign(n: int) -> None:
        rating.conclude(assessment, by=both[n % 2], now=NOW, seen=seen, word=f"{n}")

    assert at_once(sign) == {"ok": 1, "Stale": CALLERS - 1}
    assert (Signature.objects.count(), HeldLevel.objects.filter(person=people.reader, ground="assessment").count()) == (1, 1)


def test_two_windows_of_one_assessor_save_once(people: make.Cast) -> None:
    assessment = opening.open_(people.reader, 1, by=people.reader, now=NOW)
    opening.name_assessor(assessment, by=people.author, now=NOW, person=people.approver)
    abilities = list(Ability.objects.filter(level=1))

    def save(n: int) -> None:
        rating.rate(assessment, {one.pk: Given("met", f"{n}") for one in abilities}, {}, by=people.approver, now=NOW, seen=0, hand_in=False)

    assert at_once(save) == {"ok": 1, "Stale": CALLERS - 1}
    assert len(set(AbilityRating.objects.values_list("comment", flat=True))) == 1  # never half of one and half of another


def test_opened_by_many_at_once_it_is_one(people: make.Cast) -> None:
    who = (people.reader, people.author, people.manager)
    assert at_once(lambda n: opening.open_(people.reader, 1, by=who[n % 3], now=NOW))["ok"] == CALLERS
    assert Assessment.objects.count() == 1
