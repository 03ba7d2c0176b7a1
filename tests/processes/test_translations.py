"""Translations: written by those who may contribute, checked by somebody else, released, outdated, asked for again."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from organization.models import Person, Position, Signature
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes import lifecycle, policy, search, translations
from processes import translation_work as work
from processes.canonical import parse
from processes.definition import Definition, Step
from processes.models import Process, Revision, Translation
from processes.translating import units
from processes.translations import Typed, Written
from processportal.work import about
from tests import make
from tests.make import NOW, TODAY, Cast
from worklist.models import Notice, WorkItem

pytestmark = pytest.mark.django_db
ZH = "zh-hans"


@pytest.fixture
def process(cast: Cast) -> Process:
    return make.process(cast.purchasing, number="PUR-001", owner=Position.objects.get(title="Head of Purchasing"))


@pytest.fixture
def revision(process: Process) -> Revision:
    return make.effective(process)


def content(revision: Revision) -> Definition:
    assert revision.frozen
    return parse(bytes(revision.frozen.content))


def write(translation: Translation, texts: dict[str, str], *, by: Person, seen: int | None = None) -> Written:
    """All texts typed by somebody who had seen this version (the newest)."""
    known = translation.version if seen is None else seen
    return translations.write(translation, {key: Typed(text, known) for key, text in texts.items()}, by=by, now=NOW)


def begun(revision: Revision, by: Person) -> Translation:
    return translations.begin(revision, ZH, by=by, now=NOW)


def written(revision: Revision, by: Person) -> Translation:
    """Every text translated as «text»."""
    translation = begun(revision, by)
    texts = {unit.key: f"«{unit.text}»" for unit in units(content(revision)) if not translation.texts.get(unit.key)}
    write(translation, texts, by=by, seen=translation.version)
    return Translation.objects.get(pk=translation.pk)


def in_check(revision: Revision, cast: Cast) -> Translation:
    return translations.hand_in(written(revision, cast.author), cast.stranger, by=cast.author, now=NOW)


def released(revision: Revision, cast: Cast) -> Translation:
    translation = in_check(revision, cast)
    return translations.release(translation, by=cast.stranger, now=NOW, seen=translation.version)


def successor(process: Process, cast: Cast, now: dt.datetime = NOW, **changes: object) -> Revision:
    """Another revision, approved by the story."""
    base = content(process.revisions.order_by("-ordinal")[0])
    draft = make.draft(process, replace(base, **changes), by=cast.author)
    lifecycle.submit(draft, by=cast.author, now=now)
    return lifecycle.approve(draft, by=cast.approver, now=now)


def owed(kind: str) -> list[tuple[str, str]]:
    rows = WorkItem.objects.open().filter(kind=kind).select_related("position", "assigned_to")
    return [(item.subject, str(item.assigned_to or item.position.title)) for item in rows]


# --- writing


def test_it_begins_with_nothing_and_is_kept_by_the_position_of_whoever_began(cast: Cast, revision: Revision) -> None:
    translation = begun(revision, cast.approver)
    assert (translation.state, translation.done, translation.total, translation.content) == ("draft", 0, 8, revision.frozen)
    assert translation.keeper.title == "Process manager, Purchasing"
    assert begun(revision, cast.author) == translation


def test_whoever_is_invited_from_elsewhere_keeps_nothing_the_owner_does(cast: Cast, revision: Revision) -> None:
    guest = make.person("guest", level=1)
    revision.process.participations.create(person=guest, part="contributor")
    assert begun(revision, guest).keeper.title == "Head of Purchasing"


@pytest.mark.parametrize("who", ["stranger", "reader", "admin"])
def test_only_those_who_may_contribute_translate(cast: Cast, revision: Revision, who: str) -> None:
    """The reader is of the department and has no level."""
    person = getattr(cast, who)
    with pytest.raises(Refused):
        begun(revision, person)
    translation = written(revision, cast.author)
    for story in (
        lambda: write(translation, {}, by=person),
        lambda: translations.hand_in(translation, cast.boss, by=person, now=NOW),
        lambda: translations.take_back(translation, by=person, now=NOW),
        lambda: translations.withdraw(translation, by=person, now=NOW, reason="No."),
    ):
        with pytest.raises(Refused):
            story()


def test_only_the_newest_approved_content_in_another_known_language(cast: Cast, process: Process, revision: Revision) -> None:
    for language in ("en", "nope", ""):
        with pytest.raises(Refused, match="Choose a language other"):
            translations.begin(revision, language, by=cast.author, now=NOW)
    successor(process, cast, purpose="Another one.")
    with pytest.raises(Stale):
        begun(revision, cast.author)
    with pytest.raises(Stale):
        begun(make.draft(make.process(cast.purchasing, number="PUR-900"), by=cast.author), cast.author)


def test_texts_are_kept_tidied_and_counted(cast: Cast, revision: Revision) -> None:
    translation = begun(revision, cast.author)
    purpose, role = (next(u for u in units(content(revision)) if u.text == text) for text in ("Why we do it.", "Buyer"))
    result = write(translation, {purpose.key: " 为\r\n\r\n何 ", role.key: "采\n购"}, by=cast.author, seen=0)
    assert (result.version, result.done, result.kept) == (2, 2, {purpose.key: "为\n\n何", role.key: "采 购"})
    again = write(translation, {role.key: "采 购"}, by=cast.author, seen=2)
    assert (again.version, again.kept) == (2, {role.key: "采 购"})
    emptied = write(translation, {role.key: " "}, by=cast.author, seen=2)
    assert (emptied.version, emptied.done) == (3, 1)
    translation.refresh_from_db()
    assert translation.texts == {purpose.key: "为\n\n何"}


def test_what_somebody_else_wrote_meanwhile_is_given_back_and_the_rest_is_kept(cast: Cast, revision: Revision) -> None:
    translation = begun(revision, cast.author)
    one, two = (unit.key for unit in units(content(revision))[:2])
    write(translation, {one: "甲"}, by=cast.author, seen=0)
    result = write(translation, {one: "乙", two: "丙"}, by=cast.approver, seen=0)
    assert (result.kept, result.conflicts) == ({two: "丙"}, {one: ("甲", "Author")})
    assert write(translation, {one: "甲"}, by=cast.approver, seen=0).conflicts == {}
    assert write(translation, {one: "乙"}, by=cast.approver, seen=2).conflicts == {}


def test_too_long_and_unknown_texts_are_refused_with_a_sentence(cast: Cast, revision: Revision) -> None:
    translation = begun(revision, cast.author)
    title = units(content(revision))[0].key
    result = write(translation, {title: "x" * 301, "gone": "x"}, by=cast.author, seen=0)
    assert result.refused[title] == "301 characters; at most 300 are kept. Shorten it."
    assert "not in the document" in result.refused["gone"]
    assert result.version == 0


# --- the check


def test_a_named_person_is_asked_when_all_is_translated(cast: Cast, revision: Revision) -> None:
    with pytest.raises(Refused, match="8 texts have no translation yet"):
        translations.hand_in(begun(revision, cast.author), cast.stranger, by=cast.author, now=NOW)
    in_check(revision, cast)
    assert owed("review") == [("PUR-001 Purchase to pay · 简体中文", "Stranger")]
    item = WorkItem.objects.open().get(kind="review")
    assert item.get_absolute_url() == "/processes/PUR-001/translations/zh-hans/"
    assert (item.position.title, [what.get_what_display() for what in item.happenings.all()]) == ("Head of Purchasing", ["Given to"])
    notice = Notice.objects.get(person=cast.stranger)
    assert str(notice.subject) == "Author asks you to check a translation: PUR-001 Purchase to pay · 简体中文"
    assert not about.Check(cast.reader, scope(cast.author, TODAY))(item, cast.reader)


def test_nobody_checks_what_they_wrote_and_the_checker_must_see_it(cast: Cast, revision: Revision) -> None:
    translation = written(revision, cast.author)
    key = units(content(revision))[0].key
    write(translation, {key: "别"}, by=cast.approver, seen=translation.version)
    translation.refresh_from_db()

    def why_not(checker: Person, by: Person = cast.author) -> str:
        with pytest.raises(Refused) as refusal:
            translations.hand_in(translation, checker, by=by, now=NOW)
        return str(refusal.value)

    assert "nobody checks what they wrote" in why_not(cast.manager, cast.manager).lower()
    assert "Approver wrote part" in why_not(cast.approver)
    gone = make.person("gone", is_active=False)
    assert "no access" in why_not(gone)
    Process.objects.update(confidentiality="departments")
    assert "may not see" in why_not(cast.stranger)


def test_the_database_refuses_a_checker_who_handed_it_in(cast: Cast, revision: Revision) -> None:
    translation = in_check(revision, cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Translation.objects.filter(pk=translation.pk).update(checker=cast.author)


def test_another_checker_can_be_named(cast: Cast, revision: Revision) -> None:
    translation = in_check(revision, cast)
    translations.hand_in(translation, cast.boss, by=cast.author, now=NOW)
    assert [name for _subject, name in owed("review")] == ["Boss"]
    translation.refresh_from_db()
    with pytest.raises(Refused, match="Only the person named"):
        translations.release(translation, by=cast.stranger, now=NOW, seen=translation.version)


def test_only_the_named_person_answers_and_only_what_was_shown(cast: Cast, revision: Revision) -> None:
    translation = in_check(revision, cast)
    for who in (cast.author, cast.approver, cast.reader, cast.manager):
        with pytest.raises(Refused):
            translations.release(translation, by=who, now=NOW, seen=translation.version)
        with pytest.raises(Refused):
            translations.give_back(translation, by=who, now=NOW, seen=translation.version, reason="No.")
    with pytest.raises(Stale):
        translations.release(translation, by=cast.stranger, now=NOW, seen=translation.version - 1)
    with pytest.raises(Stale, match="no longer being written"):
        write(translation, {}, by=cast.author, seen=translation.version)


def test_returned_it_is_owed_by_its_keeper_and_the_translator_is_told_why(cast: Cast, revision: Revision) -> None:
    translation = in_check(revision, cast)
    with pytest.raises(Refused, match="Say what is to be changed"):
        translations.give_back(translation, by=cast.stranger, now=NOW, seen=translation.version, reason=" ")
    back = translations.give_back(translation, by=cast.stranger, now=NOW, seen=translation.version, reason="Step 2 is wrong.")
    assert (back.state, owed("review"), owed("translate")) == ("draft", [], [("PUR-001 Purchase to pay · 简体中文", "Head of Purchasing")])
    notice = Notice.objects.get(person=cast.author)
    assert (str(notice.subject), str(notice.body)) == ("PUR-001 Purchase to pay · 简体中文: the translation came back", "Step 2 is wrong.")
    translations.hand_in(back, cast.stranger, by=cast.author, now=NOW)
    assert owed("translate") == []


def test_released_it_is_frozen_signed_and_leaves_the_revision_as_it_was(cast: Cast, revision: Revision) -> None:
    sha = revision.frozen.sha256
    translation = released(revision, cast)
    revision.refresh_from_db()
    assert (revision.frozen.sha256, revision.version, translation.content) == (sha, 3, revision.frozen)
    said = parse(bytes(translation.released.content))
    assert (said.language, said.title, said.number) == (ZH, "«Purchase to pay»", "PUR-001")
    assert [step.key for step in said.steps] == [step.key for step in content(revision).steps]
    signature = Signature.objects.get(meaning="reviewed")
    assert (signature.person, signature.content_sha256, signature.position_title) == (
        cast.stranger,
        translation.released.sha256,
        "Storeman",
    )
    assert sha in signature.reason
    assert list(translation.moves.values_list("name", "by__login", "sha256")) == [
        ("hand_in", "author", ""), ("release", "stranger", translation.released.sha256),
    ]  # fmt: skip
    assert (WorkItem.objects.open().count(), list(Notice.objects.order_by("pk").values_list("person__login", flat=True))) == (
        0,
        ["stranger", "author"],
    )


def test_the_moves_are_append_only(cast: Cast, revision: Revision) -> None:
    translation = in_check(revision, cast)
    with pytest.raises(DatabaseError), transaction.atomic():
        translation.moves.update(reason="Something else.")


def test_what_is_not_in_the_table_is_refused(cast: Cast, revision: Revision) -> None:
    translation = released(revision, cast)
    with pytest.raises(Stale, match="released"):
        translations.take_back(translation, by=cast.author, now=NOW)
    draft = translations.begin(revision, "de", by=cast.author, now=NOW)
    with pytest.raises(Refused, match="Only the person named"):
        translations.release(draft, by=cast.stranger, now=NOW, seen=0)


def test_taken_back_it_is_written_again(cast: Cast, revision: Revision) -> None:
    back = translations.take_back(in_check(revision, cast), by=cast.author, now=NOW)
    assert (back.state, back.checker, owed("review")) == ("draft", None, [])


def test_whoever_comes_second_past_the_lock_changes_nothing(cast: Cast, revision: Revision) -> None:
    stale = written(revision, cast.author)
    write(stale, {units(content(revision))[0].key: "别"}, by=cast.author)
    with pytest.raises(Stale, match="Somebody was faster"):
        translations._keep(stale, {"x": "y"}, [], by=cast.author, now=NOW)
    with pytest.raises(Stale, match="Somebody was faster"):
        translations._move(stale, "withdraw", {}, by=cast.author, now=NOW)
    assert list(stale.moves.all()) == []


# --- withdrawn


def test_a_released_one_is_withdrawn_by_those_who_answer_for_the_process(cast: Cast, revision: Revision) -> None:
    translation = released(revision, cast)
    for who in (cast.stranger, cast.reader, cast.admin):
        with pytest.raises(Refused):
            translations.withdraw(translation, by=who, now=NOW, reason="Wrong.")
    with pytest.raises(Refused, match="Say why"):
        translations.withdraw(translation, by=cast.author, now=NOW, reason="")
    translations.withdraw(translation, by=cast.approver, now=NOW, reason="A limit is wrong.")
    assert not translations.stands(revision, ZH)
    again = begun(revision, cast.author)
    assert (again.pk != translation.pk, again.done) == (True, again.total)


def test_a_draft_is_given_up_by_its_translators_or_whoever_answers(cast: Cast, revision: Revision) -> None:
    guest = make.person("guest", level=1)
    revision.process.participations.create(person=guest, part="contributor")
    translations.withdraw(begun(revision, guest), by=guest, now=NOW, reason="No time.")
    given_up = translations.withdraw(begun(revision, guest), by=cast.manager, now=NOW, reason="Not needed.")
    assert given_up.state == "withdrawn"


# --- a newer revision


def test_what_is_the_same_is_taken_over_and_its_writers_check_nothing(cast: Cast, process: Process, revision: Revision) -> None:
    released(revision, cast)
    old = content(revision)
    second = successor(process, cast, steps=(replace(old.steps[0], name="Need is there"), *old.steps[1:]))
    made = begun(second, cast.approver)
    missing = [unit.text for unit in units(content(second)) if not made.texts.get(unit.key)]
    assert (missing, made.done, made.total, made.keeper.title) == (["Need is there"], 7, 8, "Head of Purchasing")
    key = next(unit.key for unit in units(content(second)) if unit.text == "Need is there")
    write(made, {key: "需求"}, by=cast.approver, seen=made.version)
    made.refresh_from_db()
    with pytest.raises(Refused, match="Author wrote part"):
        translations.hand_in(made, cast.author, by=cast.approver, now=NOW)


def test_a_newer_revision_asks_the_keeper_of_each_language_once(cast: Cast, process: Process, revision: Revision) -> None:
    released(revision, cast)
    translations.begin(revision, "de", by=cast.approver, now=NOW)
    translations.withdraw(translations.begin(revision, "fr", by=cast.author, now=NOW), by=cast.author, now=NOW, reason="Not needed.")
    second = successor(process, cast, purpose="Another one.")
    expected = [
        ("PUR-001 Purchase to pay · Deutsch", "Process manager, Purchasing"),
        ("PUR-001 Purchase to pay · 简体中文", "Head of Purchasing"),
    ]
    assert sorted(owed("translate")) == expected
    assert work.ask(second, NOW) == 2
    assert sorted(owed("translate")) == expected
    third = successor(process, cast, NOW + dt.timedelta(days=1), purpose="A third one.")
    assert sorted(owed("translate")) == expected
    assert all(f":{third.pk}:" in item.source_key for item in WorkItem.objects.open().filter(kind="translate"))


def test_a_keeper_that_was_dissolved_is_replaced_by_the_owner(cast: Cast, process: Process, revision: Revision) -> None:
    translation = begun(revision, cast.approver)
    Position.objects.filter(pk=translation.keeper_id).update(closed_on=TODAY)
    successor(process, cast, purpose="Another one.")
    assert [who for _subject, who in owed("translate")] == ["Head of Purchasing"]


def test_what_is_in_check_for_an_older_revision_is_no_longer_owed_or_released(cast: Cast, process: Process, revision: Revision) -> None:
    translation = in_check(revision, cast)
    successor(process, cast, purpose="Another one.")
    assert owed("review") == []
    with pytest.raises(Stale, match="A newer revision"):
        translations.release(translation, by=cast.stranger, now=NOW, seen=translation.version)
    with pytest.raises(Stale, match="A newer revision"):
        translations.hand_in(translation, cast.boss, by=cast.author, now=NOW)


def test_the_released_one_is_outdated_once_the_newer_revision_is_in_force(cast: Cast, process: Process, revision: Revision) -> None:
    translation = released(revision, cast)
    assert not translations.is_outdated(translation, NOW)
    successor(process, cast, purpose="Another one.")
    translation = Translation.objects.get(pk=translation.pk)
    assert translations.is_outdated(translation, NOW)


def test_without_translations_nobody_is_asked(cast: Cast, process: Process, revision: Revision) -> None:
    successor(process, cast, purpose="Another one.")
    assert owed("translate") == []


def test_a_cancelled_approval_takes_its_translations_along(cast: Cast, process: Process, revision: Revision) -> None:
    released(revision, cast)
    draft = make.draft(process, replace(content(revision), purpose="Another one."), by=cast.author)
    lifecycle.submit(draft, by=cast.author, now=NOW)
    coming = lifecycle.approve(draft, by=cast.approver, now=NOW, effective_on=make.day(20))
    assert WorkItem.objects.open().get(kind="translate").due_on == make.day(20)
    made = begun(coming, cast.author)
    lifecycle.cancel(coming, by=cast.approver, now=NOW, reason="Not yet.")
    made.refresh_from_db()
    assert (made.state, owed("translate"), translations.stands(revision, ZH)) == ("withdrawn", [], True)
    assert work.to_translate(process) == revision


# --- policy


def test_who_reads_what_is_not_released(cast: Cast, revision: Revision) -> None:
    translation = in_check(revision, cast)

    def may(who: Person) -> bool:
        return bool(policy.may_read_translation(who, translation, scope(who, TODAY)))

    people = (cast.author, cast.approver, cast.manager, cast.stranger, cast.reader, cast.admin)
    assert [may(who) for who in people] == [True, True, True, True, False, False]
    translations.release(translation, by=cast.stranger, now=NOW, seen=translation.version)
    translation.refresh_from_db()
    assert may(cast.reader)


def test_whoever_is_given_the_work_may_translate(cast: Cast, process: Process, revision: Revision) -> None:
    begun(revision, cast.author)
    second = successor(process, cast, purpose="Another one.")
    keeper = make.person("storekeeper")
    with pytest.raises(Refused):
        begun(second, keeper)
    WorkItem.objects.open().filter(kind="translate").update(assigned_to=keeper)
    assert begun(second, keeper).begun_by == keeper


def test_those_who_answer_for_a_process_are_those_who_may_change_it(cast: Cast, process: Process) -> None:
    make.process(cast.stores, number="STO-001", owner=Position.objects.get(title="Head of Stores"))
    make.process(cast.stores, number="STO-002", owner=Position.objects.get(title="Head of Purchasing"))
    hidden = make.process(cast.stores, number="STO-666", confidentiality="positions", owner=Position.objects.get(title="Head of Stores"))
    for who in (cast.author, cast.approver, cast.manager, cast.reader, cast.stranger, make.person("storekeeper")):
        view = scope(who, TODAY)
        seen = Process.objects.visible_to(view)
        expected = {one.number for one in seen if policy.may_change_metadata(who, one, view)}
        assert set(policy.answered_for(view).values_list("number", flat=True)) == expected
        assert (hidden in policy.answered_for(view)) == (hidden in seen and who.login == "storekeeper")


# --- search


def test_a_released_translation_is_found_and_a_withdrawn_one_is_not(cast: Cast, revision: Revision) -> None:
    search.index(revision)
    translation = begun(revision, cast.author)
    texts = {unit.key: {"Buyer": "采购员", "Check offer": "来料检验"}.get(unit.text, "文") for unit in units(content(revision))}
    write(translation, texts, by=cast.author, seen=0)
    translation.refresh_from_db()
    translations.hand_in(translation, cast.stranger, by=cast.author, now=NOW)
    view = scope(cast.reader, TODAY)
    assert search.search("检验", view, NOW) == []
    translation.refresh_from_db()
    translation = translations.release(translation, by=cast.stranger, now=NOW, seen=translation.version)
    (hit,) = search.search("检验", view, NOW)
    assert (hit.revision, hit.snippet, hit.translation) == (revision, "来料检验", ZH)
    assert [(hit.snippet, hit.translation) for hit in search.search("offer", view, NOW)] == [("Check offer", "")]
    translations.withdraw(translation, by=cast.author, now=NOW, reason="Wrong.")
    assert search.search("检验", view, NOW) == []


def test_a_step_that_only_its_number_names_needs_no_translation(cast: Cast, process: Process) -> None:
    empty = make.effective(process, Definition(steps=(Step(key="a", name="10"),)))
    assert begun(empty, cast.author).total == 1
