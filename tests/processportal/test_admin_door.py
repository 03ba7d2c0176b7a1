"""The admin site has no sign-in of its own: a password alone would pass by the second factor, the lock-out and the end of access."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests import make

pytestmark = pytest.mark.django_db


def test_the_admin_site_signs_nobody_in_by_the_password_alone(client: Client) -> None:
    make.person("root", password=make.PASSWORD, is_staff=True, is_superuser=True)
    answer = client.post("/admin/login/?next=/admin/", {"username": "root", "password": make.PASSWORD, "next": "/admin/"})
    assert answer.headers["Location"] == "/accounts/login/?next=/admin/"
    assert "_auth_user_id" not in client.session


def test_the_admin_site_sends_strangers_to_the_sign_in_of_the_portal(client: Client) -> None:
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/login/?next=/admin/"


def test_who_is_signed_in_goes_on_to_the_admin_site_or_is_refused(client: Client) -> None:
    for login, staff, expected in (("clerk", False, 403), ("admin", True, 302)):
        client.force_login(make.person(login, is_staff=staff), backend="django.contrib.auth.backends.ModelBackend")
        assert client.get("/admin/login/").status_code == expected


def test_the_admin_site_tells_no_secret_of_a_second_factor_and_can_take_it_away(client: Client) -> None:
    client.force_login(make.person("root", is_staff=True, is_superuser=True), backend="django.contrib.auth.backends.ModelBackend")
    factor = Authenticator.objects.create(user=make.person("anna"), type="totp", data={"secret": "TOPSECRET"})
    page = client.get(f"/admin/mfa/authenticator/{factor.pk}/change/")
    assert (page.status_code, b"TOPSECRET" in page.content) == (200, False)
    assert client.post(f"/admin/mfa/authenticator/{factor.pk}/change/", {"type": "totp"}).status_code == 403
    assert client.post(f"/admin/mfa/authenticator/{factor.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Authenticator.objects.exists()


def test_the_admin_site_redirects_nobody_s_mail(client: Client) -> None:
    client.force_login(make.person("root", is_staff=True, is_superuser=True), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/account/emailaddress/add/").status_code == 404
