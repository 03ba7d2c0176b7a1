"""A passkey in a real browser (Chromium's virtual authenticator): added on the account's page, then it signs a decision and signs in."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from approvals import workflow
from approvals.models import Decision
from organization.models import FailedSigning, Person, Signature
from tests import make
from tests.browser import accessibility_faults
from tests.conftest import SignedIn
from tests.stories import acts
from tests.stories.pictures import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("passkeys")]
Window = Callable[[Person], Page]


def authenticator(page: Page) -> Callable[[bool], None]:
    """A platform authenticator in this page; what it returns says whether the finger is the right one."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    return lambda right: session.send("WebAuthn.setUserVerified", {"authenticatorId": made, "isUserVerified": right})


def add_passkey(page: Page) -> None:
    """From the account's page."""
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    asked = page.get_by_role("heading", name="Is it you?")
    expect(asked.or_(page.get_by_label("What you call it"))).to_be_visible()
    if asked.is_visible():
        page.get_by_label("Password").fill(make.PASSWORD)
        page.get_by_role("button", name="Go on").click()
    page.get_by_label("What you call it").fill("work laptop")
    assert accessibility_faults(page) == []
    picture(page, "passkey-01-add")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def test_added_then_it_signs_a_decision(window: Window, people: make.Cast) -> None:
    page = window(people.approver)
    finger = authenticator(page)
    add_passkey(page)
    assert Authenticator.objects.get(type="webauthn").user == people.approver
    process = make.process(people.purchasing, number="PUR-001", created_by=people.author)
    workflow.submit(make.draft(process, by=people.author), by=people.author, now=make.now())
    acts.open_review(page)
    dialog = acts.ask_for_signature(page, "Approve")
    dialog.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Type your password.").last).to_be_visible()
    dialog.get_by_label("Your password").fill(make.PASSWORD)
    assert accessibility_faults(page) == []
    picture(page, "passkey-02-sign")
    finger(False)
    dialog.get_by_role("button", name="Use a passkey").click()
    expect(dialog.get_by_role("alert")).to_have_text("The passkey was not used. Try again.")
    expect(dialog.get_by_label("Your password")).to_have_value(make.PASSWORD)
    assert Decision.objects.count() == 0
    finger(True)
    dialog.get_by_role("button", name="Use a passkey").click()
    acts.decided(page)
    assert Decision.objects.get().signature is not None
    assert FailedSigning.objects.count() == 0, "what the browser refused never reached the portal"


def test_signing_in_asks_for_it_after_the_password(window: Window, people: make.Cast) -> None:
    page = window(people.manager)
    authenticator(page)
    add_passkey(page)
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/")
    page.get_by_label("Login name").fill(people.manager.login)
    page.get_by_label("Password").fill(make.PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    assert accessibility_faults(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("body")).to_have_attribute("data-person", str(people.manager.pk))


def test_under_single_sign_on_it_signs_alone(window: Window, people: make.Cast, live_server: LiveServer) -> None:
    page = window(people.manager)
    authenticator(page)
    add_passkey(page)
    people.manager.set_unusable_password()
    people.manager.save()
    value = SignedIn().as_(people.manager).cookies[settings.SESSION_COOKIE_NAME].value  # as the company's own sign-in would
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page.goto("/organization/levels/gates/submit/")
    expect(page.get_by_label("Your password")).to_have_count(0)
    page.get_by_label("Mode").select_option("warn")
    page.get_by_label("Reason").fill("While people learn")
    assert accessibility_faults(page) == []
    picture(page, "passkey-03-alone")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("The gate is set and signed.")).to_be_visible()
    assert Signature.objects.get().person == people.manager
