"""A tablet that many share: badge and PIN for every acknowledgement, and nothing of one person for the next."""

import datetime as dt
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from organization import pins
from organization.models import Appointment, FailedSigning, OpenSession, Person
from organization.refusals import Refused, Stale
from processes import pictures
from processes.canonical import sha256
from processes.models import Process, Revision, Translation
from processes.picture_files import prepare
from processes.translating import LONG, key_of
from tests import make
from tests.conftest import SignedIn
from training import acknowledgements, assignments, opened, tablets
from training.models import Acknowledgement, Tablet, TabletVisit

PIN = "4071"
BADGES = {"reader": "100200", "stranger": "100300", "author": "100400"}


@pytest.fixture
def staffed(cast: make.Cast) -> make.Cast:
    """Badges and PINs; the stranger's PIN is another one."""
    for login, badge in BADGES.items():
        who: Person = getattr(cast, login)
        who.badge = badge
        who.save()
        pins.set_pin(who, "8305" if login == "stranger" else PIN, now=make.now() - dt.timedelta(days=2))
    return cast


@pytest.fixture
def revision(staffed: make.Cast) -> Revision:
    """In force, owed by everybody in purchasing."""
    made = make.effective(make.process(staffed.purchasing, confidentiality="departments"), since=make.now() - dt.timedelta(days=2))
    assignments.hand_out(made, make.now())
    return made


def registered(by: Person, department: object, client: Client | None = None) -> Client:
    """A kiosk that was made a shared tablet over its page."""
    kiosk = SignedIn().as_(by)
    answer = kiosk.post("/tablets/", {"place": "Hall 2", "department": department.pk})  # type: ignore[attr-defined]
    assert (answer.status_code, answer["Location"]) == (302, "/tablet/")
    return kiosk


@pytest.fixture
def kiosk(staffed: make.Cast) -> Client:
    """Registered by purchasing's process manager."""
    return registered(staffed.approver, staffed.purchasing)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"{name} is not on the page"
    return found.group(1)


def sign(kiosk: Client, login: str = "reader", pin: str = PIN) -> object:
    """Badge and PIN on the idle page."""
    sheet = hidden(kiosk.get("/tablet/").content.decode(), "sheet")
    return kiosk.post("/tablet/begin/", {"sheet": sheet, "badge": BADGES.get(login, login), "pin": pin})


def reading(kiosk: Client, revision: Revision, login: str = "reader") -> dict[str, str]:
    """What the form at the end of the text sends, but for badge and PIN."""
    visit = hidden(sign(kiosk, login).content.decode(), "visit")  # type: ignore[attr-defined]
    page = kiosk.post("/tablet/read/", {"visit": visit, "revision": revision.pk}).content.decode()
    return {"visit": visit, "revision": str(revision.pk), "opened": hidden(page, "opened")}


def test_registering_signs_out_and_the_browser_is_nobodys(staffed: make.Cast) -> None:
    kiosk = registered(staffed.approver, staffed.purchasing)
    assert "_auth_user_id" not in kiosk.session
    assert not OpenSession.objects.filter(person__isnull=False).exists()
    cookie = kiosk.cookies["tablet"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/tablet/")
    tablet = Tablet.objects.get()
    assert cookie.value.split(":")[0] not in {tablet.secret_sha256, ""}
    assert (tablet.registered_by, tablet.history.get().history_user) == (staffed.approver, staffed.approver)


@pytest.mark.parametrize(("who", "may"), [("admin", True), ("manager", True), ("approver", True), ("reader", False), ("author", False)])
def test_who_registers_tablets(client: SignedIn, cast: make.Cast, who: str, may: bool) -> None:
    client.as_(getattr(cast, who))
    assert client.get("/tablets/").status_code == (200 if may else 403)
    answer = client.post("/tablets/", {"place": "Hall", "department": cast.purchasing.pk})
    assert (answer.status_code, Tablet.objects.count()) == ((302, 1) if may else (403, 0))


def test_a_process_manager_registers_for_the_own_department_only(client: SignedIn, cast: make.Cast) -> None:
    assert client.as_(cast.approver).post("/tablets/", {"place": "Hall", "department": cast.stores.pk}).status_code == 422
    with pytest.raises(Refused, match="registered by an administrator"):
        tablets.register("Hall", cast.stores, by=cast.approver, now=make.now())
    assert not Tablet.objects.exists()


def test_from_badge_to_acknowledgement_without_any_session(kiosk: Client, staffed: make.Cast, revision: Revision) -> None:
    page = sign(kiosk)
    text = page.content.decode()  # type: ignore[attr-defined]
    assert revision.process.number in text
    assert "no-store" in page["Cache-Control"]  # type: ignore[index]
    form = reading(kiosk, revision)
    answer = kiosk.post("/tablet/confirm/", {**form, "badge": BADGES["reader"], "pin": PIN})
    assert "Recorded: you have read" in answer.content.decode()
    assert "Nothing to read" in answer.content.decode()
    made = Acknowledgement.objects.get()
    assert (made.person, made.content, made.tablet, made.shown) == (staffed.reader, revision.frozen, Tablet.objects.get(), "whole")
    assert "_auth_user_id" not in kiosk.session
    assert not OpenSession.objects.filter(person__isnull=False).exists()
    assert kiosk.get("/").status_code == 302  # to sign in
    assert PIN not in answer.content.decode()


def test_the_procedure_page_says_that_it_was_a_tablet(kiosk: Client, client: SignedIn, staffed: make.Cast, revision: Revision) -> None:
    kiosk.post("/tablet/confirm/", {**reading(kiosk, revision), "badge": BADGES["reader"], "pin": PIN})
    page = client.as_(staffed.reader).get(f"/processes/{revision.process.number}/").content.decode()
    assert "On a shared tablet, with badge and PIN." in page


def refused(kiosk: Client, form: dict[str, str], **over: str) -> tuple[int, str]:
    """Nothing is recorded."""
    answer = kiosk.post("/tablet/confirm/", {**form, "badge": BADGES["reader"], "pin": PIN, **over})
    assert not Acknowledgement.objects.exists()
    assert "no-store" in answer["Cache-Control"]
    return answer.status_code, answer.content.decode()


def test_the_text_takes_badge_and_pin_of_the_same_person_again(kiosk: Client, revision: Revision) -> None:
    form = reading(kiosk, revision)
    assert refused(kiosk, form, pin="9999")[0] == 403
    assert refused(kiosk, form, pin="")[0] == 422
    status, text = refused(kiosk, form, badge=BADGES["author"])
    assert (status, "badge of somebody else" in text) == (403, True)


def test_a_token_of_another_person_or_of_another_procedure_is_refused(kiosk: Client, staffed: make.Cast, revision: Revision) -> None:
    form = reading(kiosk, revision)
    other = make.effective(make.process(staffed.purchasing))
    for token in (
        opened.token(staffed.author, revision, "whole", make.now()),
        opened.token(staffed.reader, other, "whole", make.now()),
        "",
    ):
        assert refused(kiosk, form, opened=token)[0] == 409


def test_somebody_elses_procedure_is_not_shown_and_not_confirmed(kiosk: Client, staffed: make.Cast, revision: Revision) -> None:
    visit = hidden(sign(kiosk, "stranger", "8305").content.decode(), "visit")  # type: ignore[attr-defined]
    for address in ("read", "confirm", "quiz"):
        answer = kiosk.post(
            f"/tablet/{address}/",
            {"visit": visit, "revision": revision.pk, "badge": BADGES["stranger"], "pin": "8305",
             "opened": opened.token(staffed.stranger, revision, "whole", make.now())},
        )  # fmt: skip
        assert answer.status_code == 404
        assert revision.process.number not in answer.content.decode()
    assert not Acknowledgement.objects.exists()


def test_a_page_that_was_sent_counts_once(kiosk: Client, staffed: make.Cast, revision: Revision) -> None:
    """Back, and "send again": the next person must not see the list of the one before."""
    sheet = hidden(kiosk.get("/tablet/").content.decode(), "sheet")
    sent = {"sheet": sheet, "badge": BADGES["reader"], "pin": PIN}
    visit = hidden(kiosk.post("/tablet/begin/", sent).content.decode(), "visit")
    assert kiosk.post("/tablet/end/", {"visit": visit}).status_code == 302
    again = kiosk.post("/tablet/begin/", sent)
    assert again.status_code == 409
    assert (revision.process.number in again.content.decode(), staffed.reader.name in again.content.decode()) == (False, False)
    assert TabletVisit.objects.count() == 1
    for address in ("list", "read", "confirm", "quiz"):
        answer = kiosk.post(f"/tablet/{address}/", {"visit": visit, "revision": revision.pk, "badge": BADGES["reader"], "pin": PIN})
        assert (answer.status_code, revision.process.number in answer.content.decode()) == (409, False)
    assert not Acknowledgement.objects.exists()


def test_the_next_person_ends_the_visit_of_the_one_before(kiosk: Client, revision: Revision) -> None:
    form = reading(kiosk, revision)
    sign(kiosk, "author")
    assert refused(kiosk, form)[0] == 409


def test_a_visit_rests_only_so_long_and_belongs_to_its_tablet(kiosk: Client, staffed: make.Cast, revision: Revision) -> None:
    form = reading(kiosk, revision)
    elsewhere = registered(staffed.admin, staffed.stores)
    assert refused(elsewhere, form)[0] == 409
    TabletVisit.objects.update(seen_at=make.now() - tablets.VISIT_LASTS - dt.timedelta(seconds=1))
    assert refused(kiosk, form)[0] == 409


def test_a_sheet_of_another_tablet_of_yesterday_or_made_up_begins_nothing(kiosk: Client, staffed: make.Cast) -> None:
    registered(staffed.admin, staffed.stores)
    mine, other = Tablet.objects.order_by("pk")
    old = tablets.sheet(mine, make.now() - tablets.SHEET_LASTS - dt.timedelta(seconds=5))
    for sheet in (tablets.sheet(other, make.now()), old, "made up", ""):
        answer = kiosk.post("/tablet/begin/", {"sheet": sheet, "badge": BADGES["reader"], "pin": PIN})
        assert answer.status_code == 409
    assert not TabletVisit.objects.exists()


def test_a_revoked_tablet_does_nothing_any_more(kiosk: Client, client: SignedIn, staffed: make.Cast, revision: Revision) -> None:
    form, tablet = reading(kiosk, revision), Tablet.objects.get()
    assert client.as_(staffed.reader).post(f"/tablets/{tablet.pk}/revoke/", follow=True).status_code == 403
    assert Tablet.objects.get().revoked_at is None
    client.as_(staffed.approver).post(f"/tablets/{tablet.pk}/revoke/")
    status, text = refused(kiosk, form)
    assert (status, "not registered as a shared tablet" in text) == (403, True)
    assert kiosk.get("/tablet/").status_code == 403
    first = Tablet.objects.get().revoked_at
    tablets.revoke(tablet, by=staffed.admin, now=make.now())
    assert Tablet.objects.get().revoked_at == first
    with pytest.raises(Stale):
        tablets.begin(tablet, tablets.sheet(tablet, make.now()), badge=BADGES["reader"], pin=PIN, address="", now=make.now())


def test_a_tablet_revoked_between_the_page_and_the_click(kiosk: Client, staffed: make.Cast, revision: Revision) -> None:
    reading(kiosk, revision)
    visit, now = TabletVisit.objects.latest("pk"), make.now()
    owed = tablets.reading_of(visit, revision.pk, now)
    tablets.revoke(Tablet.objects.get(), by=staffed.admin, now=now)
    token = opened.token(staffed.reader, revision, "whole", now)
    with pytest.raises(Stale, match="not registered any more"):
        tablets.confirm(visit, owed, badge=BADGES["reader"], pin=PIN, token=token, address="", now=now)


@pytest.mark.parametrize("cookie", ["", "made up", "made:up:signature"])
def test_a_browser_without_a_true_cookie_is_no_tablet(client: Client, staffed: make.Cast, cookie: str) -> None:
    client.cookies["tablet"] = cookie
    assert client.get("/tablet/").status_code == 403
    assert client.post("/tablet/begin/", {"badge": BADGES["reader"], "pin": PIN}).status_code == 403
    assert not FailedSigning.objects.exists()


# PINs


def test_guessing_locks_the_pin_whoever_guesses_where(staffed: make.Cast) -> None:
    now = make.now()
    guess: Callable[[str, dt.datetime], pins.Identified] = lambda pin, at: pins.identify(BADGES["reader"], pin, address="", now=at)  # noqa: E731
    for n in range(5):
        assert guess(f"000{n}", now).reason.startswith("Badge and PIN do not belong")
    assert guess(PIN, now).reason.startswith("Too many wrong PINs")
    assert FailedSigning.objects.filter(person=staffed.reader, component="pin").count() == 5  # while locked nothing is added
    later = now + dt.timedelta(minutes=16)
    assert guess(PIN, later).person == staffed.reader
    for n in range(10):
        guess(f"111{n}", later + dt.timedelta(minutes=16 * n))
    assert guess(PIN, later + dt.timedelta(hours=6)).person is None  # fifteen in a day
    assert guess(PIN, later + dt.timedelta(hours=30)).person == staffed.reader
    pins.set_pin(staffed.reader, "5162", now=later + dt.timedelta(hours=6))
    assert guess("5162", later + dt.timedelta(hours=7)).person == staffed.reader  # a new PIN begins anew


def test_guessing_badges_rests_the_tablet_and_never_says_which_exist(kiosk: Client, staffed: make.Cast) -> None:
    def said(answer: object) -> str:
        return re.sub(r'value="[^"]*"', "", answer.content.decode())  # type: ignore[attr-defined]

    known, unknown = sign(kiosk, "reader", "9999"), sign(kiosk, "777777", "9999")
    assert (known.status_code, said(known)) == (unknown.status_code, said(unknown)) == (403, said(known))  # type: ignore[attr-defined]
    for n in range(6):
        sign(kiosk, f"70000{n}", "9999")
    assert sign(kiosk).status_code == 429  # type: ignore[attr-defined]
    assert not TabletVisit.objects.exists()


def test_who_left_or_has_no_pin_gets_the_same_sentence(staffed: make.Cast) -> None:
    now = make.now()
    staffed.reader.is_active = False
    staffed.reader.save()
    pins.remove(staffed.author)
    for badge in (BADGES["reader"], BADGES["author"], "", "1"):
        assert pins.identify(badge, PIN, address="", now=now) == pins.Identified(None, pins.wrong())


@pytest.mark.parametrize("pin", ["1234", "4321", "0000", "1212", "123", "1234567", "12a4", "٤٠٧١", "0200", "", "567890"])
def test_easy_pins_are_refused(staffed: make.Cast, pin: str) -> None:
    with pytest.raises(Refused):
        pins.set_pin(staffed.reader, pin, now=make.now())


def test_a_pin_is_set_with_the_password_and_kept_as_a_hash(client: SignedIn, staffed: make.Cast) -> None:
    client.as_(staffed.manager)
    wrong = client.post("/account/pin/", {"pin": "7294", "again": "7294", "password": "not mine"})
    assert wrong.status_code == 422
    differs = client.post("/account/pin/", {"pin": "7294", "again": "7295", "password": make.PASSWORD})
    assert "not the same PIN" in differs.content.decode()
    easy = client.post("/account/pin/", {"pin": "1111", "again": "1111", "password": make.PASSWORD})
    assert "easily guessed" in easy.content.decode()
    assert not hasattr(Person.objects.get(pk=staffed.manager.pk), "pin")
    done = client.post("/account/pin/", {"pin": "7294", "again": "7294", "password": make.PASSWORD})
    assert done.status_code == 302
    assert "7294" not in Person.objects.get(pk=staffed.manager.pk).pin.hashed
    assert "7294" not in client.get("/account/pin/").content.decode()


# What is shown


def again(staffed: make.Cast, revision: Revision) -> Revision:
    """A second version, which the reader owes after having read the first."""
    now = make.now()
    acknowledgements.acknowledge(revision, by=staffed.reader, now=now, token=opened.token(staffed.reader, revision, "whole", now))
    made = make.effective(revision.process, make.definition("Check two offers", "Sign order"), since=now - dt.timedelta(hours=1))
    assignments.hand_out(made, now)
    return made


def page_of(kiosk: Client, revision: Revision, **more: str) -> str:
    """The text as it comes after badge and PIN."""
    visit = hidden(sign(kiosk).content.decode(), "visit")  # type: ignore[attr-defined]
    return kiosk.post("/tablet/read/", {"visit": visit, "revision": revision.pk, **more}).content.decode()


@pytest.mark.parametrize(("asked", "shown"), [({}, "changes"), ({"whole": "yes"}, "whole")])
def test_who_reads_again_sees_what_changed_and_the_record_says_what_was_shown(
    kiosk: Client, staffed: make.Cast, revision: Revision, asked: dict[str, str], shown: str
) -> None:
    new = again(staffed, revision)
    page = page_of(kiosk, new, **asked)
    for only_changes in ("What changed since revision 1.0", "<del>", "mark-changed", "Show the whole procedure"):
        assert (only_changes in page) == (shown == "changes")
    for whole in ("Where it holds.", "step-list", "Show only the changes"):
        assert (whole in page) == (shown == "whole")
    for pin in ("9999", PIN):  # refused first: the page stays what it was
        assert ("Show the whole procedure" in page) == (shown == "changes")
        form = dict(re.findall(r'name="(visit|revision|whole|opened)" value="([^"]*)"', page.split('action="/tablet/confirm/"')[1]))
        page = kiosk.post("/tablet/confirm/", {**form, "badge": BADGES["reader"], "pin": pin}).content.decode()
    assert Acknowledgement.objects.get(revision=new).shown == shown


def test_who_reads_for_the_first_time_reads_the_whole_whatever_held_before(kiosk: Client, staffed: make.Cast, revision: Revision) -> None:
    new = make.effective(revision.process, make.definition("Check two offers"), since=make.now() - dt.timedelta(hours=1))
    assignments.hand_out(new, make.now())
    page = page_of(kiosk, new)
    assert ("Where it holds." in page, "Show only the changes" in page) == (True, False)


def test_the_whole_is_read_in_ones_own_language_and_the_page_of_the_changes_says_so(
    kiosk: Client, staffed: make.Cast, revision: Revision
) -> None:
    new, now = again(staffed, revision), make.now()
    said = "完整程序文件可用您的语言阅读。"
    Person.objects.filter(pk=staffed.reader.pk).update(language="zh-hans")
    assert said not in page_of(kiosk, new)
    Translation.objects.create(
        revision=new, content=new.frozen, language="zh-hans", state="released", total=1, keeper=new.process.owner,
        texts={key_of(LONG, "Why we do it."): "为什么"}, begun_by=staffed.author, begun_at=now, checker=staffed.boss,
        released=new.frozen, released_at=now,
    )  # fmt: skip
    page = page_of(kiosk, new)
    assert (said in page, "为什么" in page) == (True, False)
    whole = page_of(kiosk, new, whole="yes")
    assert (said in whole, "为什么" in whole) == (False, True)
    assert opened.read(hidden(whole, "opened"), staffed.reader, new, make.now())[1] == "in zh-hans"


def test_more_than_a_page_of_duties_is_said_and_can_be_read(
    kiosk: Client, staffed: make.Cast, revision: Revision, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = "The first 1 by due day. Confirm these and the next ones appear."
    monkeypatch.setattr(tablets, "LISTED", 1)
    page = sign(kiosk).content.decode()  # type: ignore[attr-defined]
    assert (page.count('name="revision"'), more in page) == (1, False)
    other = make.effective(make.process(staffed.purchasing), since=make.now() - dt.timedelta(days=1))
    assignments.hand_out(other, make.now())
    page = kiosk.post("/tablet/list/", {"visit": hidden(page, "visit")}).content.decode()
    assert (page.count('name="revision"'), more in page, other.process.number in page) == (1, True, False)
    assert "Where it holds." in page_of(kiosk, other)


# Pictures


@dataclass(frozen=True)
class Shown:
    """A text with a picture that is being read at a tablet."""

    kiosk: Client
    visit: str
    address: str
    revision: Revision
    other: Revision

    def answer(self, address: str = "", at: Client | None = None) -> int:
        return (at or self.kiosk).get(address or self.address).status_code

    def post(self, page: str, **form: object) -> str:
        return self.kiosk.post(f"/tablet/{page}/", {"visit": self.visit, "revision": self.revision.pk, **form}).content.decode()


def with_picture(of: Process, colour: str) -> Revision:
    """In force and handed out, with a picture in one colour in its purpose."""
    out, now = io.BytesIO(), make.now()
    Image.new("RGB", (40, 20), colour).save(out, "PNG")
    made = prepare(out.getvalue())
    revision = make.effective(
        of, replace(make.definition(), purpose=f"![Wear gloves](picture:{sha256(made.content)})"), since=now - dt.timedelta(days=1)
    )
    pictures.keep(revision, made, by=of.created_by, now=now)
    assignments.hand_out(revision, now)
    return revision


def addresses(page: str) -> list[str]:
    return re.findall(r'<img src="(/tablet/[^"]+)"', page)


@pytest.fixture
def shown(kiosk: Client, staffed: make.Cast) -> Shown:
    """Two procedures that the reader owes; the page of the first is open."""
    mine, other = (with_picture(make.process(staffed.purchasing, confidentiality="departments"), colour) for colour in ("red", "blue"))
    page = page_of(kiosk, mine)
    (address,) = addresses(page)
    return Shown(kiosk, hidden(page, "visit"), address, mine, other)


def test_the_pictures_of_what_is_being_read_are_shown_and_kept_nowhere(shown: Shown) -> None:
    answer = shown.kiosk.get(shown.address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert "no-store" in answer["Cache-Control"]
    assert "immutable" not in answer["Cache-Control"]
    assert shown.visit not in shown.address  # what confirms stands in no address and no log


def test_looking_at_a_picture_does_not_make_the_visit_longer(shown: Shown) -> None:
    before = TabletVisit.objects.get().seen_at
    assert shown.answer() == 200
    assert TabletVisit.objects.get().seen_at == before


def test_a_picture_of_another_revision_is_not_shown(shown: Shown) -> None:
    (other,) = addresses(shown.post("read", revision=shown.other.pk))
    assert (shown.answer(other), shown.answer()) == (200, 404)  # the first text is not open any more
    (mine,) = addresses(shown.post("read"))
    assert (shown.answer(mine), shown.answer(other)) == (200, 404)
    theirs = other.rstrip("/").rpartition("/")[2]
    assert shown.answer(f"{mine.rstrip('/').rpartition('/')[0]}/{theirs}/") == 404


@pytest.mark.parametrize("page", ["list", "end", "begin", "confirm"])
def test_no_picture_once_the_text_is_left(shown: Shown, page: str) -> None:
    if page == "begin":
        sign(shown.kiosk, "author")
    else:
        text = shown.post("read")
        (address,) = addresses(text)
        assert shown.answer(address) == 200
        shown.post(page, opened=hidden(text, "opened"), badge=BADGES["reader"], pin=PIN)
        assert Acknowledgement.objects.exists() == (page == "confirm")
        assert shown.answer(address) == 404
    assert shown.answer() == 404


def test_no_picture_after_the_visit_has_rested_too_long_or_its_person_has_left(shown: Shown, staffed: make.Cast) -> None:
    Process.objects.update(confidentiality="company")
    Person.objects.filter(pk=staffed.reader.pk).update(is_active=False)
    assert shown.answer() == 404
    Person.objects.filter(pk=staffed.reader.pk).update(is_active=True)
    assert shown.answer() == 200
    late = make.now() + tablets.VISIT_LASTS + dt.timedelta(seconds=1)
    assert tablets.picture(Tablet.objects.get(), *shown.address.split("/")[3:5], late) is None


def test_no_picture_once_it_is_not_owed_any_more(shown: Shown, staffed: make.Cast) -> None:
    Appointment.objects.filter(person=staffed.reader).update(ends_before=make.now().date())
    assert shown.answer() == 404  # out of sight


def test_no_picture_for_strangers_nor_at_another_tablet_nor_at_a_revoked_one(shown: Shown, staffed: make.Cast, client: SignedIn) -> None:
    assert shown.answer(at=Client()) == 403
    assert shown.answer(at=client.as_(staffed.reader)) == 403
    assert shown.answer(at=registered(staffed.admin, staffed.stores)) == 404
    tablets.revoke(TabletVisit.objects.get().tablet, by=staffed.admin, now=make.now())
    assert shown.answer() == 403


@pytest.mark.parametrize("given", ["x", "x~y", "e30~y"])
def test_a_made_up_address_opens_nothing(shown: Shown, given: str) -> None:
    assert shown.answer(f"/tablet/pictures/{given}/{shown.address.split('/')[4]}/") == 404


def test_the_list_costs_the_same_for_one_and_for_five(kiosk: Client, staffed: make.Cast, revision: Revision) -> None:
    visit, costs = hidden(sign(kiosk).content.decode(), "visit"), []  # type: ignore[attr-defined]
    for more in (0, 4):
        for _n in range(more):
            assignments.hand_out(make.effective(make.process(staffed.purchasing), since=make.now() - dt.timedelta(days=1)), make.now())
        with CaptureQueriesContext(connection) as queries:
            assert kiosk.post("/tablet/list/", {"visit": visit}).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]
    assert Session.objects.count() == 0
