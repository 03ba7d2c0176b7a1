"""What people do on the pages, in their own words; each verb ends when the page has answered."""

import re

from playwright.sync_api import Locator, Page, expect

from organization.models import Person
from tests import make


def sign_in(page: Page, person: Person) -> None:
    """On the sign-in page that is open."""
    page.get_by_label("Login name").fill(person.login)
    page.get_by_label("Password", exact=True).fill(make.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("body")).to_have_attribute("data-person", str(person.pk))


def begin_process(page: Page, title: str, *, level: str = "Department", participating: str = "") -> str:
    """From the list of processes to the editor of a new one; gives its number."""
    page.goto("/processes/")
    page.get_by_role("link", name="New process").first.click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Document level").select_option(label=level)
    if participating:
        page.get_by_role("checkbox", name=re.compile(participating)).check()
    page.get_by_role("button", name="Create and type the steps").click()
    expect(page.locator(".editor.is-ready")).to_be_visible()
    found = re.search(r"/processes/([^/]+)/draft/", page.url)
    assert found
    return found[1]


def step(page: Page, number: int) -> Locator:
    """The name field of a step in the editor."""
    return page.get_by_role("textbox", name=f"Step {number}", exact=True)


def type_steps(page: Page, *lines: str) -> None:
    """By keyboard alone, one line after the other; Enter leads from a decision to its branches, and again to the next line."""
    page.get_by_role("textbox", name="Next step", exact=True).focus()
    for line in lines:
        page.keyboard.type(line)
        page.keyboard.press("Enter")
        if "?" in line:
            page.keyboard.press("Enter")


def saved(page: Page) -> None:
    """Waits until everything typed is on the server."""
    expect(page.locator("[data-part=status]")).to_have_text("Saved", timeout=20_000)


def submit(page: Page, summary: str) -> None:
    """From the editor to the review that it opens."""
    saved(page)
    expect(page.locator("[data-part=submit]:not([aria-disabled])")).to_be_visible(timeout=20_000)
    page.locator("[data-part=submit]").click()
    sign_submission(page, summary)


def sign_submission(page: Page, summary: str) -> None:
    """On the page of submission that is open."""
    page.get_by_label("What changes, and why").fill(summary)
    page.get_by_label("Your password").fill(make.PASSWORD)
    page.get_by_role("button", name="Sign and submit").click()
    expect(page).to_have_url(re.compile(r"/reviews/\d+/$"))
    expect(toast(page)).to_contain_text("Submitted.")


def open_review(page: Page) -> None:
    """From My work to the review that waits there."""
    page.goto("/work/")
    page.locator(".work-row", has_text="Decide").get_by_role("link").first.click()
    expect(page.locator("#decision")).to_be_visible()


def ask_for_signature(page: Page, verdict: str, reason: str = "") -> Locator:
    """Chooses the verdict; gives the dialog in which it is signed."""
    if reason:
        page.get_by_role("textbox", name=re.compile("^Reason")).fill(reason)
    page.get_by_role("button", name=f"{verdict}…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Your password")).to_be_focused()
    return dialog


def decide(page: Page, verdict: str = "Approve", *, reason: str = "", password: str = make.PASSWORD) -> None:
    """Signs on the review page that is open."""
    decide_in(ask_for_signature(page, verdict, reason), verdict, password)


def decide_in(dialog: Locator, verdict: str = "Approve", password: str = make.PASSWORD) -> None:
    """Signs in the dialog that is open."""
    dialog.get_by_label("Your password").fill(password)
    dialog.get_by_role("button", name=f"Sign and {verdict.lower()}").click()


def decided(page: Page) -> None:
    """Waits for the page on which nothing is left to sign."""
    expect(page.locator("#decision")).to_have_count(0, timeout=20_000)


def confirm_reading(page: Page) -> None:
    """At the end of the procedure, where the button becomes active."""
    button = page.get_by_role("button", name="Confirm")
    expect(button).to_be_disabled()
    page.keyboard.press("End")
    expect(button).to_be_enabled()
    button.click()
    expect(page.locator(".ack-done")).to_be_visible()


def toast(page: Page) -> Locator:
    """What the portal says has just happened."""
    return page.locator("[data-toasts]")
