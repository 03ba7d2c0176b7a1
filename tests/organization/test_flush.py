"""A test that commits can be cleaned up after, and the triggers are there again."""

import threading
import time

import pytest
from django.core.signals import request_finished, request_started
from django.db import connection

from organization import signing, triggers
from organization.models import Signature
from processportal.governed import PLAN
from tests import make
from tests.lifting import wait_for_answers


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_committed_signatures_do_not_outlive_their_test(turn: int) -> None:
    assert Signature.objects.count() == 0
    signing.sign(make.person("anna"), meaning="approved", subject=f"turn {turn}", now=make.NOW)
    assert triggers.installed(connection) == {t.name: t.table for t in triggers.expected(PLAN, connection)}


def test_a_flush_waits_for_answers_under_way() -> None:
    """What a closed browser still asked of the live server is answered first; the thread of a kept connection alone is not waited for."""
    begun, written = threading.Event(), []

    def answers() -> None:
        request_started.send(sender=None)
        begun.set()
        time.sleep(0.2)
        written.append("a row")
        request_finished.send(sender=None)
        time.sleep(30)

    threading.Thread(target=answers, daemon=True).start()
    begun.wait()
    wait_for_answers()
    assert written == ["a row"]
