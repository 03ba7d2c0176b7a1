"""The frame of every page: languages, navigation, appearance, strict policy, components, and what axe finds."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.utils import translation
from playwright.sync_api import Page, ViewportSize, expect
from pytest_django import DjangoAssertNumQueries

from organization.calendar import today as company_today
from organization.models import Person
from processportal.context import standing
from processportal.navigation import Badges, Entry, address, entries
from tests import make
from tests.browser import DESKTOP, PHONE, accessibility_faults
from tests.conftest import SignedIn

TEMPLATES = Path(settings.ROOT) / "templates"
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=[\"']|<script(?![^>]*\ssrc=)", re.IGNORECASE)
PUBLIC = ("/accounts/login/", "/accounts/password/reset/", "/accounts/signup/")
PRIVATE = ("/styleguide/", "/accounts/2fa/", "/accounts/password/change/", "/accounts/logout/", "/accounts/email/")
MONDAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_render_in_both_languages_without_inline_script_or_style(client: SignedIn, cast: make.Cast, language: str) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    bad = [url for url in PUBLIC if not whole(client, url, language)]
    client.as_(cast.author)
    bad += [url for url in PRIVATE if not whole(client, url, language)]
    assert bad == []


def whole(client: SignedIn, url: str, language: str) -> bool:
    response = client.get(url)
    html = response.content.decode()
    return response.status_code == 200 and f'<html lang="{language}"' in html and not INLINE.search(html)


def test_the_policy_allows_nothing_inline(client: SignedIn, db: None) -> None:
    policy = client.get("/accounts/login/").headers["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["script-src"] == rules["style-src"] == "'self'"
    assert "unsafe" not in policy


def test_the_style_guide_needs_its_setting(client: SignedIn, cast: make.Cast) -> None:
    client.as_(cast.author)
    with override_settings(STYLEGUIDE=False):
        assert client.get("/styleguide/").status_code == 404


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda path: path.stem)
def test_every_component_says_what_it_takes(component: Path) -> None:
    head = re.match(r"{% comment %}\n(.+)\nParameters: .+\n{% endcomment %}", component.read_text(), re.DOTALL)
    assert head, "a component starts with a comment: what it is, then its Parameters"


def test_the_style_guide_shows_every_component() -> None:
    shown = (TEMPLATES / "styleguide.html").read_text() + "".join(path.read_text() for path in COMPONENTS)
    assert [path.name for path in COMPONENTS if f"components/{path.name}" not in shown] == []


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "413", "500", "account/locked"])
def test_error_pages_say_what_to_do_even_without_a_request(name: str) -> None:
    html = render_to_string(f"{name}.html")
    assert html.count("<h1>") == 1
    assert 'class="btn btn-primary"' in html


def test_an_expired_form_leads_back_to_sign_in(cast: make.Cast) -> None:
    strict = SignedIn(enforce_csrf_checks=True).as_(cast.author)
    response = strict.post("/preferences/", {"theme": "dark"})
    assert response.status_code == 403
    assert b"Your session ended" in response.content
    assert b"data-not-saved" in response.content


# Navigation


def current(path: str) -> str:
    badges = Badges(RequestFactory().get(path))
    return ", ".join(entry.place.icon for entry in entries(path, badges) if entry.current)


def test_the_open_place_is_the_longest_beginning_of_the_address() -> None:
    assert current("/") == "home"
    assert current("/processes/PUR-001/") == "process"
    assert current("/reviews/7/") == "work"
    assert current("/nowhere/") == ""


def test_a_place_without_a_page_is_not_offered() -> None:
    assert address("improvement:nothing_yet") == ""
    assert "improvement:nothing_yet" not in {entry.place.url_name for entry in all_entries()}
    assert all(entry.url for entry in all_entries())


def all_entries() -> list[Entry]:
    return entries("/", Badges(RequestFactory().get("/")))


def test_the_persons_position_is_always_in_sight(client: SignedIn, cast: make.Cast) -> None:
    html = client.as_(cast.author).get("/styleguide/").content.decode()
    assert "Head of Purchasing" in html
    assert "Head of Stores" not in html.replace("Head of Stores</small>", "").replace(">Head of Stores<", "")


def test_standing_names_positions_held_and_acted_for(cast: make.Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    today = company_today()
    storekeeper = Person.objects.get(login="storekeeper")
    make.away(storekeeper, since=today - dt.timedelta(days=2), until=today + dt.timedelta(days=2), substitute=cast.author)
    make.away(cast.boss, since=today - dt.timedelta(days=9), until=today - dt.timedelta(days=1), substitute=cast.author)
    make.appoint(cast.author, make.position("Buyer, until last year"), until=today)
    with django_assert_num_queries(1):
        found = standing(cast.author)
    assert str(found) == "Head of Purchasing · acting for Head of Stores"
    assert str(standing(cast.admin)) == "no position yet"


# Appearance and language


def test_choices_are_kept_in_cookies_and_painted_by_the_server(client: SignedIn, db: None) -> None:
    client.post("/preferences/", {"theme": "dark", "contrast": "more", "language": "zh-hans", "stay": "1"})
    html = client.get("/accounts/login/").content.decode()
    assert '<html lang="zh-hans" data-bs-theme="dark" data-contrast="more">' in html
    assert re.search(r'contrast\.css" media="all"', html)


def test_without_a_choice_the_system_decides(client: SignedIn, db: None) -> None:
    client.cookies["theme"] = '"><script>'
    html = client.get("/accounts/login/").content.decode()
    assert '<html lang="en" data-contrast="system">' in html
    assert re.search(r'contrast\.css" media="\(prefers-contrast: more\)"', html)


def test_a_language_is_remembered_with_the_person(client: SignedIn, cast: make.Cast) -> None:
    client.as_(cast.author).post("/preferences/", {"language": "zh-hans"})
    cast.author.refresh_from_db()
    cast.reader.refresh_from_db()
    assert (cast.author.language, cast.reader.language) == ("zh-hans", "en")


@pytest.mark.parametrize(
    ("wanted", "answer"), [("/styleguide/?a=1", "/styleguide/?a=1"), ("//evil.example/", "/"), ("https://evil.example", "/")]
)
def test_preferences_go_back_inside_the_portal_only(client: SignedIn, db: None, wanted: str, answer: str) -> None:
    response = client.post("/preferences/", {"theme": "light", "next": wanted})
    assert (response.status_code, response.headers["Location"]) == (303, answer)


# Due days


@pytest.mark.parametrize(
    ("due_on", "today", "words", "tone"),
    [
        (MONDAY, dt.date(2026, 11, 26), "3 working days overdue (Mon 23 Nov)", "bad"),
        (MONDAY, dt.date(2026, 11, 24), "1 working day overdue (Mon 23 Nov)", "bad"),
        (dt.date(2026, 11, 21), dt.date(2026, 11, 22), "was due Sat 21 Nov", "bad"),
        (MONDAY, MONDAY, "due today", "warn"),
        (dt.date(2026, 11, 25), MONDAY, "due Wed 25 Nov", "warn"),
        (dt.date(2026, 11, 27), MONDAY, "due Fri 27 Nov", "neutral"),
        (dt.date(2027, 1, 8), MONDAY, "due Fri 8 Jan 2027", "neutral"),
    ],
)
def test_due_days_in_words(db: None, due_on: dt.date, today: dt.date, words: str, tone: str) -> None:
    with translation.override("en"):
        html = render_to_string("components/due_chip.html", {"due_on": due_on, "today": today})
    assert f">{words}<" in html
    assert f"badge-{tone}" in html


# In a browser

LOOKS = {"light": ("light", "standard"), "dark": ("dark", "standard"), "contrast": ("light", "more"), "dark contrast": ("dark", "more")}


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing(transactional_db: None, open_as: Callable[..., Page], look: str, size: ViewportSize) -> None:
    theme, contrast = LOOKS[look]
    page = open_as(make.cast().author, theme=theme, contrast=contrast, size=size)
    page.goto("/styleguide/")
    faults = accessibility_faults(page)
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.goto("/accounts/login/")
    assert faults + accessibility_faults(page) == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 390, 768, 1024, 1440])
def test_nothing_runs_out_of_the_screen(transactional_db: None, open_as: Callable[..., Page], width: int) -> None:
    page = open_as(make.cast().author, size={"width": width, "height": 844})
    page.goto("/styleguide/")
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.browser
def test_the_palette_opens_by_key_and_leads_to_a_page(transactional_db: None, open_as: Callable[..., Page]) -> None:
    page = open_as(make.cast().author)
    page.goto("/styleguide/")
    page.keyboard.press("Control+k")
    options = page.get_by_role("dialog").get_by_role("option")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.browser
def test_a_theme_is_applied_at_once_and_still_there_on_the_next_page(transactional_db: None, open_as: Callable[..., Page]) -> None:
    page = open_as(make.cast().author, theme="system")
    page.goto("/styleguide/")
    page.locator(".me summary").click()
    with page.expect_response("**/preferences/"):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


@pytest.mark.browser
def test_typed_text_survives_a_closed_page_and_an_expired_session(transactional_db: None, open_as: Callable[..., Page]) -> None:
    cast = make.cast()
    page = open_as(cast.author)
    page.goto("/styleguide/")
    purpose = page.locator("[data-keep] textarea")
    purpose.fill("Ein langer Text 采购")
    page.goto("/accounts/2fa/")
    page.goto("/styleguide/")
    expect(purpose).to_have_value("Ein langer Text 采购")
    expect(page.get_by_text("Your text was kept.")).to_be_visible()

    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.locator("[data-keep] [type=submit]").click()
    page.get_by_label("Login name").fill(cast.author.login)
    page.get_by_label("Password").fill(make.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/styleguide/")
    expect(purpose).to_have_value("Ein langer Text 采购")


@pytest.mark.browser
def test_what_has_arrived_is_not_offered_again(transactional_db: None, open_as: Callable[..., Page]) -> None:
    page = open_as(make.cast().author)
    page.goto("/styleguide/")
    page.locator("[data-keep] textarea").fill("Arrives")
    with page.expect_navigation():
        page.locator("[data-keep] [type=submit]").click()
    expect(page.locator("[data-keep] textarea")).to_have_value("")
    assert page.evaluate("Object.keys(localStorage)") == []


@pytest.mark.browser
def test_a_form_is_sent_once(transactional_db: None, open_as: Callable[..., Page]) -> None:
    page = open_as(make.cast().author)
    page.goto("/accounts/password/change/")
    for field in page.locator("main input[type=password]").all():
        field.fill("not the password")
    passed = page.evaluate(
        """() => {
            let passed = 0;
            window.addEventListener("submit", (event) => {
                passed += !event.defaultPrevented;
                event.preventDefault();
            });
            const form = document.querySelector("main form");
            form.requestSubmit();
            form.requestSubmit();
            return passed;
        }"""
    )
    expect(page.get_by_role("button", name="Working…")).to_be_disabled()
    assert passed == 1
