"""How long a level is held: renewal, what a lapse leaves, exemption, revocation; a second person for level 5."""

import datetime as dt

import pytest

from organization import gate, levels, policy, proposals, renewals
from organization.models import HeldLevel, Level, Person, Proposal, Signature
from organization.refusals import Refused
from tests import make
from tests.conftest import SignedIn
from tests.make import NOW, TODAY, day

pytestmark = pytest.mark.django_db
LAPSE = dt.date(2029, 3, 4)


def rows(person: Person) -> list[tuple[int, dt.date, dt.date | None, str]]:
    """What was held or is to be; what was ended before it began is left out."""
    return list(person.held_levels.exclude(held_until=TODAY, held_from=TODAY).lasting(TODAY).order_by("held_from").values_list(
        "level_id", "held_from", "held_until", "ground"
    ))  # fmt: skip


def placed(cast: make.Cast, level: int) -> Person:
    levels.assign(cast.reader, level, by=cast.boss, now=NOW, reason="years of it")
    return cast.reader


def test_a_lapse_takes_one_level_at_a_time_and_every_day_says_so(cast: make.Cast) -> None:
    reader = placed(cast, 3)
    assert rows(reader) == [
        (3, TODAY, LAPSE, "placement"), (2, LAPSE, dt.date(2032, 3, 4), "lapsed"), (1, dt.date(2032, 3, 4), None, "lapsed"),
    ]  # fmt: skip
    days = (TODAY, LAPSE - dt.timedelta(days=1), LAPSE, dt.date(2032, 3, 3), dt.date(2032, 3, 4), dt.date(2050, 1, 1))
    assert [gate.level_of(reader, on) for on in days] == [3, 3, 2, 2, 1, 1]
    assert HeldLevel.objects.filter(person=reader, signature__isnull=False).count() == 1


def test_another_level_ends_what_was_to_follow(cast: make.Cast) -> None:
    reader = placed(cast, 3)
    levels.assign(reader, 4, by=cast.admin, now=NOW + dt.timedelta(days=5), reason="assessed")
    assert [gate.level_of(reader, on) for on in (day(4), day(5), LAPSE, dt.date(2029, 3, 9), dt.date(2032, 3, 9))] == [3, 4, 4, 3, 2]
    assert HeldLevel.objects.filter(person=reader, held_until__isnull=True).count() == 1
    assert list(reader.held_levels.begun(day(5)).values_list("level_id", flat=True)) == [4, 3]


def test_a_level_that_is_never_renewed_has_no_end(cast: make.Cast) -> None:
    Level.objects.update(renewal_months=None)
    assert rows(placed(cast, 4)) == [(4, TODAY, None, "placement")]
    assert renewals.ends_on(cast.reader, TODAY) is None
    assert renewals.ends_on(cast.admin, TODAY) is None


def test_exempt_until_a_day_with_a_reason_and_a_signature(cast: make.Cast) -> None:
    reader = placed(cast, 2)
    until = dt.date(2030, 1, 1)
    made = renewals.exempt(reader, until, by=cast.manager, now=NOW, reason="parental leave")
    assert isinstance(made, HeldLevel)
    assert rows(reader)[0] == (2, TODAY, until, "exempted")
    assert (made.reason, made.signature and made.signature.meaning, gate.level_of(reader, until)) == ("parental leave", "waived", 1)
    for days, reason, says in ((until, "x", "It is held until"), (until + dt.timedelta(days=1), " ", "Say why")):
        with pytest.raises(Refused, match=says):
            renewals.exempt(reader, days, by=cast.manager, now=NOW, reason=reason)
    with pytest.raises(Refused, match="holds no level that has to be renewed"):
        renewals.exempt(cast.stranger, until, by=cast.manager, now=NOW, reason="x")


def test_nobody_else_exempts_or_revokes_and_nobody_themselves(cast: make.Cast) -> None:
    for by, whom, says in (
        (cast.boss, cast.reader, "Only the company process manager"),
        (cast.admin, cast.reader, "Only the company process manager"),
        (cast.manager, cast.manager, "Nobody changes their own level"),
    ):
        with pytest.raises(Refused, match=says):
            renewals.exempt(whom, LAPSE, by=by, now=NOW, reason="x")
        with pytest.raises(Refused, match=says):
            renewals.revoke(whom, by=by, now=NOW, reason="x")
        assert policy.may_set_renewal(by, TODAY) if by == cast.manager else not policy.may_set_renewal(by, TODAY)


def test_a_revocation_leaves_the_level_below(cast: make.Cast) -> None:
    renewals.revoke(cast.approver, by=cast.manager, now=NOW, reason="signed what was not read")
    assert [row[0] for row in rows(cast.approver)] == [2, 1]
    assert rows(cast.approver)[0][3] == "revoked"
    assert Signature.objects.get(meaning="revoked").subject == "approver Approver: 3 → 2"
    make.hold(cast.reader, 1)
    assert renewals.revoke(cast.reader, by=cast.manager, now=NOW, reason="x") is None
    assert gate.level_of(cast.reader, TODAY) == 0
    with pytest.raises(Refused, match="holds no level"):
        renewals.revoke(cast.reader, by=cast.manager, now=NOW, reason="x")


def five(cast: make.Cast, until: dt.date | None = dt.date(2027, 1, 1)) -> Person:
    cast.boss.held_levels.update(held_until=until)
    return cast.boss


def test_level_five_is_exempted_when_a_second_person_confirms(cast: make.Cast) -> None:
    boss, until = five(cast), dt.date(2028, 1, 1)
    proposal = renewals.exempt(boss, until, by=cast.manager, now=NOW, reason="steers the merger")
    assert isinstance(proposal, Proposal)
    assert renewals.ends_on(boss, TODAY) == dt.date(2027, 1, 1)
    with pytest.raises(Refused, match="proposed already"):
        renewals.exempt(boss, until, by=cast.manager, now=NOW, reason="again")
    proposals.confirm(proposal, by=cast.admin, now=NOW)
    held = HeldLevel.objects.on(TODAY).get(person=boss)
    assert (held.ground, held.held_until, held.signature) == ("exempted", until, proposal.signature)


def test_what_became_impossible_is_not_confirmed(cast: make.Cast) -> None:
    boss = five(cast)
    proposal = renewals.exempt(boss, dt.date(2028, 1, 1), by=cast.manager, now=NOW, reason="x")
    assert isinstance(proposal, Proposal)
    HeldLevel.objects.filter(person=boss).update(held_until=None)
    with pytest.raises(Refused, match="Its last day has passed"):
        proposals.confirm(proposal, by=cast.admin, now=NOW + dt.timedelta(days=900))
    levels.assign(boss, 2, by=cast.admin, now=NOW, reason="a mistake")
    with pytest.raises(Refused, match="does not hold the level below any more"):
        proposals.confirm(proposal, by=cast.admin, now=NOW)
    Person.objects.filter(pk=boss.pk).update(is_active=False)
    with pytest.raises(Refused, match="has left"):
        proposals.confirm(proposal, by=cast.admin, now=NOW)


def test_an_exemption_gives_back_nothing_that_was_revoked(cast: make.Cast) -> None:
    boss = five(cast)
    proposal = renewals.exempt(boss, dt.date(2028, 1, 1), by=cast.manager, now=NOW, reason="x")
    assert isinstance(proposal, Proposal)
    renewals.revoke(boss, by=cast.manager, now=NOW, reason="signed for somebody else")
    with pytest.raises(Refused, match="nothing to exempt from"):
        proposals.confirm(proposal, by=cast.admin, now=NOW)
    assert gate.level_of(boss, TODAY) == 4


def test_a_day_beyond_the_calendar_is_no_error(cast: make.Cast, client: SignedIn) -> None:
    reader = placed(cast, 2)
    client.as_(cast.manager)
    for last in ("9999-12-31", "0001-01-01"):
        answer = client.post(
            f"/organization/people/{reader.pk}/level/exempt/", {"last_day": last, "reason": "x", "password": make.PASSWORD}
        )
        assert answer.status_code == 422
    assert rows(reader)[0][3] == "placement"


def test_alone_it_takes_effect_and_stays_on_record(cast: make.Cast) -> None:
    Person.objects.filter(pk=cast.admin.pk).update(is_staff=False)
    boss, until = five(cast), dt.date(2028, 1, 1)
    assert isinstance(renewals.exempt(boss, until, by=cast.manager, now=NOW, reason="x"), HeldLevel)
    assert (Proposal.objects.get().state, Proposal.objects.get().ground) == ("alone", "exempted")


def test_the_company_process_manager_sets_when_a_level_is_renewed(cast: make.Cast) -> None:
    level = renewals.set_renewal(3, 24, by=cast.manager, now=NOW, reason="audits change fast")
    assert level.renewal_months == 24
    assert Signature.objects.get().subject == "Level 3 · process analyst: 36 → 24"
    assert level.history.filter(history_user=cast.manager).exists()
    assert levels.terms(3, TODAY)[0] == (3, TODAY, dt.date(2028, 3, 4))
    assert renewals.set_renewal(3, None, by=cast.manager, now=NOW, reason="no need").renewal_months is None
    for months, reason, by, says in (
        (0, "x", cast.manager, "between 1 and 120"), (121, "x", cast.manager, "between 1 and 120"),
        (None, "x", cast.manager, "set to this already"), (12, "", cast.manager, "Say why"), (12, "x", cast.admin, "Only the company"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=says):
            renewals.set_renewal(3, months, by=by, now=NOW, reason=reason)


def test_the_pages(cast: make.Cast, client: SignedIn) -> None:
    client.as_(cast.manager)
    levels.assign(cast.reader, 2, by=cast.boss, now=make.now(), reason="years of it")
    page = client.get(f"/organization/people/{cast.reader.pk}/").content.decode()
    assert "held until" in page
    assert "Revoke level" in page
    signed = {"reason": "leave", "password": make.PASSWORD}
    last_day = (make.now().date() + dt.timedelta(days=2000)).isoformat()
    assert client.post(f"/organization/people/{cast.reader.pk}/level/exempt/", {**signed, "last_day": last_day}).status_code == 302
    assert HeldLevel.objects.get(ground="exempted").held_until == dt.date.fromisoformat(last_day) + dt.timedelta(days=1)
    assert client.post(f"/organization/people/{cast.reader.pk}/level/revoke/", {"reason": "x", "password": "wrong"}).status_code == 422
    assert client.post(f"/organization/people/{cast.reader.pk}/level/revoke/", signed).status_code == 302
    assert client.post("/organization/levels/2/renewal/", {**signed, "months": "12"}).status_code == 302
    ladder = client.get("/organization/levels/").content.decode()
    assert "renewed after 12 months" in ladder
    assert "Draws a flowchart without faults" in ladder
    cast.boss.held_levels.update(held_until=dt.date(2100, 1, 1))
    answer = client.post(f"/organization/people/{cast.boss.pk}/level/exempt/", {**signed, "last_day": "2101-01-01"})
    assert answer["Location"] == f"/organization/proposals/{Proposal.objects.get().pk}/"
