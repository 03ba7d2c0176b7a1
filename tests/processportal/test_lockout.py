"""Wrong passwords are counted for the account that they were tried on, however its login name is spelled, and lock it."""

import pytest
from axes.models import AccessAttempt
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from tests import make

pytestmark = pytest.mark.django_db


def test_wrong_passwords_lock_one_account_in_all_its_spellings(client: Client, settings: LazySettings) -> None:
    settings.ACCOUNT_RATE_LIMITS = False  # the sign-in package has a shorter patience of its own
    make.person("manager", password=make.PASSWORD)
    make.person("other", password=make.PASSWORD)
    sign_in = reverse("account_login")
    for name in ("manager", "Manager", "MANAGER", " manager") * (settings.AXES_FAILURE_LIMIT // 4):
        client.post(sign_in, {"login": name, "password": "wrong"})
    assert set(AccessAttempt.objects.values_list("username", flat=True)) == {"manager"}
    answer = client.post(sign_in, {"login": "mAnager", "password": make.PASSWORD})
    assert (answer.status_code, "_auth_user_id" in client.session) == (429, False)
    assert "paused for this account" in answer.content.decode()
    assert client.post(sign_in, {"login": "other", "password": make.PASSWORD}).status_code == 302
