"""A test that commits can be cleaned up after, and the triggers are there again."""

import pytest
from django.db import connection

from organization import signing, triggers
from organization.models import Signature
from processportal.governed import PLAN
from tests import make


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_committed_signatures_do_not_outlive_their_test(turn: int) -> None:
    assert Signature.objects.count() == 0
    signing.sign(make.person("anna"), meaning="approved", subject=f"turn {turn}", now=make.NOW)
    assert triggers.installed(connection) == {t.name: t.table for t in triggers.expected(PLAN, connection)}
