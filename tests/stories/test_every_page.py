"""Every page as somebody who may see it: usable by everyone, on any screen, and words stay words."""

from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import ConsoleMessage, Page, ViewportSize, expect

from organization.models import Person
from tests.browser import DESKTOP, PHONE, accessibility_faults
from tests.stories import acts
from tests.stories.company import HOSTILE, Company, full
from tests.stories.pictures import picture
from training.courses import tickets

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("every_page")]
SMALLEST = 360
Opens = Callable[..., Page]
Visit = tuple[str, Person | None, str]


@pytest.fixture
def company(transactional_db: None) -> Company:
    """See tests/stories/company.py."""
    return full()


def pages(company: Company) -> Iterator[Visit]:
    """(name, who opens it, address) of every main page."""
    cast, one, new, case = company.cast, company.in_force.number, company.drafted.number, company.case.pk
    position, held, coming = company.head_of_purchasing, company.trained, company.coming
    yield from (
        ("home", cast.author, "/"),
        ("processes", cast.author, "/processes/"),
        ("own-processes", cast.reader, "/processes/mine/"),
        ("own-changes", cast.reader, "/processes/mine/?show=changed"),
        ("value-chain", cast.author, "/processes/?view=chain"),
        ("department-tree", cast.author, "/processes/?view=departments"),
        ("map", cast.author, "/map/"),
        ("new-process", cast.author, "/processes/new/"),
        ("templates", cast.approver, "/processes/templates/"),
        ("mark-template", cast.approver, f"/processes/{one}/template/"),
        ("step-blocks", cast.author, "/processes/blocks/"),
        ("change-step-block", cast.author, f"/processes/blocks/{company.block.pk}/"),
        ("shared-change", cast.author, f"/processes/PUR-004/shared/{company.change.pk}/"),
        ("variant", cast.reader, "/processes/PUR-004/"),
        ("import", cast.author, "/processes/import/"),
        ("import-drawing", cast.author, f"/processes/import/{company.drawing.pk}/"),
        ("import-files", cast.author, f"/processes/import/files/{company.upload.pk}/"),
        ("settings", cast.author, f"/processes/{one}/settings/"),
        ("periodic-review", cast.author, f"/processes/{one}/review/"),
        ("procedure", cast.reader, f"/processes/{one}/"),
        ("label", cast.reader, f"/processes/{one}/label/"),
        ("step-by-step", cast.reader, f"/processes/{one}/steps/2/"),
        ("changes", cast.reader, f"/processes/{one}/?changes"),
        ("changes-since-mine", cast.reader, f"/processes/{one}/revisions/2/changes/"),
        ("old-revision", cast.reader, f"/processes/{one}/revisions/1/"),
        ("past-day", cast.reader, f"/processes/{one}/?on={company.past_day}"),
        ("marks", cast.author, f"/processes/{one}/revisions/2/marks/"),
        ("history", cast.author, f"/processes/{one}/history/"),
        ("audit-packs", cast.manager, "/audit-packs/"),
        ("audit-pack", cast.manager, f"/audit-packs/{company.pack.pk}/"),
        ("audit-pack-being-made", cast.boss, f"/audit-packs/{company.unfinished.pk}/"),
        ("compared", cast.reader, f"/processes/{one}/compare/"),
        ("responsibilities", cast.reader, f"/processes/{one}/revisions/1/roles/"),
        ("interfaces", cast.author, f"/processes/{one}/interfaces/"),
        ("propose-interface", cast.author, f"/processes/{one}/interfaces/propose/"),
        ("translations", cast.author, f"/processes/{one}/translations/"),
        ("translating", cast.author, f"/processes/{one}/translations/zh-hans/"),
        ("translated", cast.reader, f"/processes/{one}/?in=de"),
        ("translation-list", cast.author, "/translations/"),
        ("checking", cast.stranger, f"/processes/{one}/translations/fr/"),
        ("suggest-a-change", cast.stranger, f"/processes/{one}/requests/new/?revision=2&step=s1"),
        ("was-it-helpful", cast.author, f"/processes/{one}/helpful/"),
        ("report-a-problem", cast.stranger, f"/processes/{one}/problems/new/?revision=2&step=s1"),
        ("problem-reports", cast.author, f"/processes/{one}/problems/"),
        ("problem-report", cast.author, f"/processes/{one}/problems/{company.problem.pk}/"),
        ("change-requests", cast.author, "/requests/"),
        ("my-change-requests", cast.stranger, "/requests/mine/"),
        ("change-request", cast.author, f"/processes/{one}/requests/{company.request.pk}/"),
        ("change-request-by-asker", cast.stranger, f"/processes/{one}/requests/{company.request.pk}/"),
        ("discussion", cast.author, f"/processes/{new}/draft/discussion/"),
        ("draft-versions", cast.author, f"/processes/{new}/draft/versions/"),
        ("draft-version-compared", cast.author, f"/processes/{new}/draft/versions/{company.kept}/compare/"),
        ("editor", cast.author, f"/processes/{new}/draft/"),
        ("submit", cast.author, f"/processes/{new}/submit/"),
        ("withdraw", cast.author, f"/processes/{one}/withdraw/"),
        ("new-package", cast.author, f"/processes/{new}/package/"),
        ("packages", cast.author, "/packages/"),
        ("package-being-gathered", cast.author, f"/packages/{company.gathering.pk}/"),
        ("package-in-review", cast.approver, f"/packages/{company.under_way.package_id}/"),
        ("review-of-a-member", cast.approver, f"/reviews/{company.under_way.pk}/"),
        ("review-of-a-withdrawal", cast.approver, f"/reviews/{company.ending.pk}/"),
        ("review", cast.approver, f"/reviews/{case}/?whole"),
        ("review-by-author", cast.author, f"/reviews/{case}/"),
        ("open-comments", cast.author, f"/reviews/{case}/comments/open/"),
        ("comment-action", cast.author, f"/comments/{company.case.comments.get(action__isnull=False).pk}/action/"),
        ("transfer", cast.approver, f"/reviews/{case}/acts/transfer/"),
        ("delegate", cast.approver, f"/reviews/{case}/acts/delegate/"),
        ("add-approver", cast.approver, f"/reviews/{case}/acts/add/"),
        ("ask-for-advice", cast.approver, f"/reviews/{case}/acts/advice/"),
        ("copy-for-information", cast.author, f"/reviews/{case}/acts/copy/"),
        ("review-by-adviser", cast.boss, f"/reviews/{case}/"),
        ("release", cast.manager, f"/reviews/{company.urgent.pk}/release/"),
        ("released", cast.reader, "/processes/PUR-022/"),
        ("set-aside", cast.reader, "/processes/PUR-022/revisions/1/"),
        ("re-route", cast.manager, f"/reviews/{case}/reroute/"),
        ("effect", cast.author, f"/processes/{company.held.process.number}/revisions/1/effect/"),
        ("waivers", cast.manager, f"/processes/{company.held.process.number}/waivers/"),
        ("waits-for-readiness", cast.reader, f"/processes/{company.held.process.number}/"),
        ("which-route", cast.reader, f"/processes/{one}/route/"),
        ("routes", cast.manager, "/routes/"),
        ("built-in-route", cast.reader, "/routes/built-in/"),
        ("route", cast.boss, f"/routes/{company.route.pk}/"),
        ("route-being-written", cast.manager, f"/routes/{company.route.pk}/"),
        ("new-route", cast.manager, "/routes/new/"),
        ("route-documents", cast.manager, f"/routes/{company.route.pk}/documents/"),
        ("route-stage", cast.manager, f"/routes/{company.route.pk}/stages/{company.route.stages.get().pk}/"),
        ("new-route-stage", cast.manager, f"/routes/{company.route.pk}/stages/new/"),
        ("work", cast.approver, "/work/"),
        ("notices", cast.author, "/notices/"),
        ("reading", cast.reader, "/reading/"),
        ("coverage", cast.author, "/reading/coverage/"),
        ("coverage-of-a-process", cast.author, f"/processes/{one}/coverage/"),
        ("reading-of-a-person", cast.author, f"/people/{cast.reader.pk}/reading/"),
        ("audience", cast.author, f"/processes/{one}/audience/"),
        ("audience-by-role", cast.author, f"/processes/{one}/audience/?kind=role"),
        ("quiz", cast.author, "/processes/PUR-030/quiz/"),
        ("quiz-question", cast.author, "/processes/PUR-030/quiz/questions/q1/"),
        ("quiz-results", cast.author, "/processes/PUR-030/quiz/results/"),
        ("quiz-unlock", cast.approver, f"/processes/PUR-030/quiz/people/{cast.stranger.pk}/"),
        ("take-quiz", cast.reader, "/processes/PUR-030/revisions/1/quiz/"),
        ("quiz-attempt", cast.stranger, f"/quiz/attempts/{cast.stranger.quiz_attempts.get().pk}/"),
        ("learn", cast.reader, "/learn/level-1/"),
        ("learn-quiz", cast.reader, "/learn/level-1/quiz/"),
        ("learn-exercise", cast.reader, "/learn/level-1/exercise/"),
        ("competence", cast.reader, "/competence/"),
        ("competence-of-others", cast.manager, "/competence/"),
        ("person-competence", cast.author, f"/competence/people/{cast.reader.pk}/"),
        ("plan-step", cast.author, f"/competence/people/{cast.reader.pk}/plan/"),
        ("team-and-competence", cast.author, "/competence/team/"),
        ("team-parts", cast.manager, "/competence/team/parts/"),
        ("skills-matrix", cast.author, "/competence/matrix/"),
        ("forecast", cast.manager, "/competence/forecast/"),
        ("assessment", cast.reader, f"/assessments/{company.assessment.pk}/"),
        ("assessment-by-superior", cast.author, f"/assessments/{company.assessment.pk}/"),
        ("rate", cast.approver, f"/assessments/{company.assessment.pk}/rate/"),
        ("conclude", cast.approver, f"/assessments/{company.assessment.pk}/conclude/"),
        ("assessment-result", cast.stranger, f"/assessments/{company.assessed.pk}/"),
        ("courses", cast.manager, "/training/"),
        ("course", cast.reader, f"/training/courses/{held.course_id}/"),
        ("course-by-arranger", cast.manager, f"/training/courses/{held.course_id}/"),
        ("new-course", cast.manager, "/training/courses/new/"),
        ("change-course", cast.manager, f"/training/courses/{held.course_id}/change/"),
        ("session", cast.reader, f"/training/sessions/{coming.pk}/"),
        ("session-by-arranger", cast.manager, f"/training/sessions/{coming.pk}/"),
        ("session-held", cast.author, f"/training/sessions/{held.pk}/"),
        ("new-session", cast.manager, f"/training/courses/{held.course_id}/sessions/new/"),
        ("cancel-session", cast.manager, f"/training/sessions/{coming.pk}/cancel/"),
        ("attendance", cast.manager, f"/training/sessions/{coming.pk}/attendance/"),
        ("attendance-recorded", cast.author, f"/training/sessions/{held.pk}/attendance/"),
        ("check-in", cast.reader, f"/training/check-in/{tickets.token(coming, timezone.now())}/"),
        ("evaluate", cast.reader, f"/training/sessions/{held.pk}/evaluate/"),
        ("correct-record", cast.author, f"/training/records/{held.records.first().pk}/correct/"),
        ("my-training", cast.reader, "/training/mine/"),
        ("certificate", None, f"/certificates/{held.records.first().code}/"),
        ("training-demanded", cast.manager, f"/processes/{one}/training/"),
        ("training-matrix", cast.author, "/training/matrix/"),
        ("import-training-records", cast.manager, "/training/import/"),
        ("tablets", cast.approver, "/tablets/"),
        ("pin", cast.reader, "/account/pin/"),
        ("indicators", cast.author, "/indicators/"),
        ("indicator", cast.manager, f"/indicators/{company.indicator.pk}/"),
        ("new-indicator", cast.manager, f"/processes/{one}/indicators/new/"),
        ("organization", cast.admin, "/organization/"),
        ("department", cast.admin, f"/organization/departments/{cast.purchasing.pk}/"),
        ("position", cast.admin, f"/organization/positions/{position.pk}/"),
        ("appoint", cast.admin, f"/organization/positions/{position.pk}/appoint/"),
        ("people", cast.admin, "/organization/people/"),
        ("person", cast.admin, f"/organization/people/{cast.author.pk}/"),
        ("new-person", cast.admin, "/organization/people/new/"),
        ("levels", cast.manager, "/organization/levels/"),
        ("continuity", cast.manager, "/continuity/"),
        ("bus-factor", cast.manager, "/continuity/bus-factor/"),
        ("what-if-person", cast.boss, f"/continuity/people/{cast.reader.pk}/"),
        ("what-if-position", cast.author, f"/continuity/positions/{position.pk}/"),
        ("what-if-department", cast.author, f"/continuity/departments/{cast.purchasing.pk}/"),
        ("handovers", cast.manager, "/handovers/"),
        ("new-handover", cast.author, f"/handovers/new/{cast.approver.pk}/"),
        ("handover", cast.boss, f"/handovers/{company.handover.pk}/"),
        ("take-over", cast.approver, f"/handovers/{company.handover.pk}/take-over/"),
        ("copies", cast.manager, "/copies/"),
        ("copies-of-process", cast.author, f"/processes/{one}/copies/"),
        ("copy", cast.reader, f"/processes/{one}/copies/{company.posted.pk}/"),
        ("controlled-copy", cast.author, f"/processes/{one}/revisions/2/copy/"),
        ("paper", None, f"/c/{company.posted.token}/"),
        ("search", cast.reader, "/search/?q=script"),
        ("search-empty", cast.reader, "/search/?q=nothinglikeit"),
        ("first-steps", cast.admin, "/first-steps/"),
        ("password-change", cast.reader, "/accounts/password/change/"),
        ("second-factor", cast.reader, "/accounts/2fa/"),
        ("sign-in", None, "/accounts/login/"),
        ("edit-department", cast.admin, f"/organization/departments/{cast.purchasing.pk}/edit/"),
        ("edit-position", cast.admin, f"/organization/positions/{position.pk}/edit/"),
        ("edit-person", cast.admin, f"/organization/people/{cast.author.pk}/edit/"),
        ("assign-level", cast.manager, f"/organization/people/{cast.reader.pk}/level/"),
        ("absence", cast.reader, f"/organization/people/{cast.reader.pk}/absence/"),
        ("gate", cast.manager, "/organization/levels/gates/submit/"),
        ("renewal", cast.manager, "/organization/levels/3/renewal/"),
        ("exempt", cast.manager, f"/organization/people/{cast.approver.pk}/level/exempt/"),
        ("revoke-level", cast.manager, f"/organization/people/{cast.approver.pk}/level/revoke/"),
        ("proposals", cast.boss, "/organization/proposals/"),
        ("proposal", cast.boss, f"/organization/proposals/{company.proposal.pk}/"),
        ("proposal-by-proposer", cast.admin, f"/organization/proposals/{company.proposal.pk}/"),
        ("sessions", cast.reader, "/account/sessions/"),
        ("passkeys", cast.reader, "/accounts/2fa/webauthn/"),
        ("sign-out", cast.reader, "/accounts/logout/"),
        ("reauthenticate", cast.reader, "/accounts/2fa/totp/activate/"),
        ("not-found", cast.reader, "/processes/NO-999/"),
    )


class Rounds:
    """One browser window for each person, and everything the browser complained of."""

    def __init__(self, open_as: Opens, *, theme: str, size: ViewportSize) -> None:
        self.opens = lambda person: open_as(person, theme=theme, size=size)
        self.windows: dict[Person | None, Page] = {}
        self.complaints: list[str] = []

    def visit(self, person: Person | None, address: str) -> Page:
        """The page, loaded, in this person's window."""
        page = self.windows.get(person) or self._window(person)
        answer = page.goto(address)
        assert answer is not None
        if answer.status != (404 if "NO-999" in address else 200):
            self.complaints.append(f"{address} answered {answer.status}")
        if address.endswith("/draft/"):
            expect(page.locator(".editor.is-ready")).to_be_visible()
        return page

    def _window(self, person: Person | None) -> Page:
        page = self.windows[person] = self.opens(person)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("dialog", lambda dialog: (self.complaints.append(f"{page.url}: dialog {dialog.message}"), dialog.dismiss()))
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "NO-999" not in str(message.location):
            self.complaints.append(f"{message.location['url']}: {message.text}")

    def close(self) -> None:
        """Ends all windows."""
        for page in self.windows.values():
            page.context.close()


@pytest.fixture
def rounds(open_as: Opens) -> Iterator[Callable[..., Rounds]]:
    """`rounds(theme="dark", size=PHONE)`."""
    begun: list[Rounds] = []

    def begin(**look: object) -> Rounds:
        begun.append(Rounds(open_as, **look))  # type: ignore[arg-type]
        return begun[-1]

    yield begin
    for one in begun:
        one.close()


@pytest.mark.parametrize(("theme", "size"), [("light", DESKTOP), ("dark", PHONE)], ids=["light-1440", "dark-390"])
def test_every_page_is_accessible_and_quiet(rounds: Callable[..., Rounds], company: Company, theme: str, size: ViewportSize) -> None:
    """Nothing that axe finds, no policy violation, no script that ran, no link that would run one, and nothing scrolls sideways."""
    round_ = rounds(theme=theme, size=size)
    faults: list[str] = []
    wide = {}
    for name, person, address in pages(company):
        page = round_.visit(person, address)
        picture(page, f"page-{name}-{theme}")
        faults += [f"{name}: {fault}" for fault in accessibility_faults(page)]
        faults += [f"{name}: link that runs: {link}" for link in page.locator("a[href^='javascript:']").all_inner_texts()]
        if size is PHONE:
            wide[name] = width_on_the_smallest_screen(page)
    assert "\n".join(faults) == ""
    assert round_.complaints == []
    assert {name: width for name, width in wide.items() if width > SMALLEST} == {}


def width_on_the_smallest_screen(page: Page) -> int:
    """How wide the document lies there; the page is as large as before afterwards."""
    page.set_viewport_size({"width": SMALLEST, "height": 740})
    width: int = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(PHONE)
    return width


def test_what_opens_on_a_page_is_accessible(rounds: Callable[..., Rounds], company: Company) -> None:
    """Dialogs, menus, details and refused forms: what is not there when the page comes."""
    round_, cast = rounds(theme="light", size=PHONE), company.cast
    faults = []

    def look(name: str, page: Page) -> None:
        picture(page, f"open-{name}")
        faults.extend(f"{name}: {fault}" for fault in accessibility_faults(page))

    page = round_.visit(cast.approver, f"/reviews/{company.under_way.pk}/")
    acts.ask_for_signature(page, "Approve")
    look("signature", page)
    acts.decide_in(page.get_by_role("dialog"), password="not my password")
    expect(page.get_by_role("dialog").locator(".field-error")).to_be_visible()
    look("wrong-password", page)
    page = round_.visit(cast.author, "/processes/new/")
    page.get_by_role("button", name="Create and type the steps").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    look("refused", page)
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Find")
    palette.get_by_role("combobox").fill("Pay")
    expect(palette.get_by_role("option").first).to_be_visible()
    look("palette", page)
    palette.get_by_role("combobox").fill("nothing like it")
    expect(palette.get_by_role("option")).to_have_count(0)
    look("palette-without-answer", page)
    page = round_.visit(cast.author, f"/processes/{company.drafted.number}/draft/")
    acts.step(page, 2).press("Alt+Enter")
    look("details", page)
    page.get_by_role("button", name="Discard draft").click()
    look("discard", page)
    for tab in ("Purpose and boundary", "SIPOC", "Roles", "Records and references"):
        page = round_.visit(cast.author, f"/processes/{company.drafted.number}/draft/")
        page.get_by_role("tab", name=tab).click()
        look(tab, page)
    page = round_.visit(cast.reader, "/")
    page.locator(".bottombar summary").click()
    look("more", page)
    assert "\n".join(faults) == ""


def test_hostile_words_are_read_as_words(rounds: Callable[..., Rounds], company: Company) -> None:
    round_ = rounds(theme="light", size=DESKTOP)
    page = round_.visit(company.cast.reader, f"/processes/{company.in_force.number}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    assert page.title().startswith(f"{company.in_force.number} {HOSTILE}")
    expect(page.locator(".reader img, .reader script")).to_have_count(0)
    assert round_.complaints == []


def test_the_keyboard_skips_to_the_content_and_shows_where_it_is(rounds: Callable[..., Rounds], company: Company) -> None:
    page = rounds(theme="light", size=DESKTOP).visit(company.cast.author, "/processes/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    for _tab in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(SHOWS_FOCUS), page.evaluate("document.activeElement.outerHTML")


SHOWS_FOCUS = """() => {
  const style = getComputedStyle(document.activeElement);
  return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_chart_follows_the_setting_of_the_system(open_as: Opens, company: Company, scheme: str) -> None:
    page = open_as(company.cast.reader, theme="system")
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(f"/processes/{company.in_force.number}/")
    lane = page.locator(".flowchart .lane-body").first
    assert lane.evaluate("lane => getComputedStyle(lane).fill") == {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 27, 33)"}[scheme]
    page.context.close()
