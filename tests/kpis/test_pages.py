"""Indicators on their pages: who sees, enters, corrects and judges, and what a wrong form says."""

import datetime as dt
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kpis.models import Indicator, Measurement, QuarterAssessment
from kpis.periods import months_before, quarter_of
from organization.calendar import forget
from organization.models import CompanySettings, Position
from processes.models import Process
from tests import make
from tests.conftest import SignedIn
from worklist.models import WorkItem

D = Decimal


def last_months(count: int) -> list[dt.date]:
    return months_before(make.now().date(), count)


def indicator(of: Process, name: str = "In time", **fields: object) -> Indicator:
    given = {"direction": "up", "unit": "%", "target": D(98), "limit": D(95), "starts_on": make.LONG_AGO} | fields
    return Indicator.objects.create(process=of, name=name, keeper=Position.objects.get(title="Buyer"), **given)


def measured(of: Indicator, month: dt.date, value: str, rating: str, **fields: object) -> Measurement:
    return Measurement.objects.create(
        indicator=of, period_start=month, value=D(value), target=of.target, limit=of.limit, rating=rating,
        recorded_by=make.person("reader"), recorded_at=make.now(), **fields,
    )  # fmt: skip


@pytest.fixture
def kept(cast: make.Cast) -> Indicator:
    """Kept by the reader, owned by the author; only purchasing sees it."""
    owner = Position.objects.get(title="Head of Purchasing")
    return indicator(make.process(cast.purchasing, owner=owner, confidentiality="departments", number="PUR-007"))


def names(client: Client, query: str = "") -> list[str]:
    page = client.get(f"/indicators/{query}")
    assert page.status_code == 200
    return [row.name for row, _line in page.context["rows"]]


# The list


def test_the_list_shows_what_i_may_see(client: SignedIn, cast: make.Cast, kept: Indicator) -> None:
    indicator(make.process(cast.stores, number="STO-001"), "Open to all")
    indicator(kept.process, "Given up", ends_before=make.TODAY - dt.timedelta(days=1))
    assert names(client.as_(cast.reader)) == ["In time", "Open to all"]
    assert names(client.as_(cast.stranger)) == ["Open to all"]


def test_it_is_narrowed_to_the_newest_rating(client: SignedIn, cast: make.Cast, kept: Indicator) -> None:
    first, second = last_months(2)
    measured(kept, first, "1", "red")
    measured(kept, second, "9", "red", current=False)
    measured(kept, second, "99", "green")
    other = indicator(kept.process, "Other")
    measured(other, second, "1", "red")
    indicator(kept.process, "Not measured")
    client.as_(cast.reader)
    assert [names(client, f"?rating={rating}") for rating in ("green", "red", "amber", "nonsense")] == [
        ["In time"], ["Other"], [], ["In time", "Other", "Not measured"]
    ]  # fmt: skip


def test_a_long_list_goes_on_where_it_stopped(client: SignedIn, cast: make.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in ("PUR-002", "PUR-001"):
        process = make.process(cast.purchasing, number=number)
        for name in "CBA":
            indicator(process, f"{number} {name}")
    monkeypatch.setattr("kpis.views.ROWS", 2)
    client.as_(cast.reader)
    seen, after = [], ""
    while True:
        page = client.get("/indicators/", {"after": after})
        seen += [row.name for row, _line in page.context["rows"]]
        after = page.context["next"]
        if not after:
            break
    assert seen == [f"{number} {name}" for number in ("PUR-001", "PUR-002") for name in "CBA"]


@pytest.mark.parametrize("after", ["²", "x:²", "x:" + "9" * 50, ":", "😀:٣"])
def test_a_forged_mark_of_the_page_breaks_nothing(client: SignedIn, cast: make.Cast, kept: Indicator, after: str) -> None:
    names(client.as_(cast.reader), f"?after={after}")


def test_pages_cost_the_same_for_one_row_and_for_five(client: SignedIn, cast: make.Cast, kept: Indicator) -> None:
    client.as_(cast.reader)
    costs = []
    for count in (1, 5):
        for month in last_months(5)[-count:]:
            if not kept.measurements.filter(period_start=month).exists():
                measured(kept, month, "99", "green")
        for n in range(count - 1):
            measured(indicator(make.process(cast.purchasing), f"More {n}"), last_months(1)[0], "99", "green")
        client.get("/reading/")  # what is kept for a minute is asked once
        found = []
        for page in ("/indicators/", "/indicators/?rating=green", f"/indicators/{kept.pk}/"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            found.append(len(queries))
        costs.append(found)
    assert costs == [[11, 11, 15], [11, 11, 15]]


# One indicator


def shown(client: Client, kept: Indicator) -> tuple[bool, bool, bool]:
    """Whether the page offers entering, correcting and judging."""
    page = client.get(f"/indicators/{kept.pk}/")
    assert page.status_code == 200
    text = page.content.decode()
    return tuple(f"/{word}/" in text for word in ("record", "correct", "assess"))  # type: ignore[return-value]


def test_who_is_offered_what(client: SignedIn, cast: make.Cast, kept: Indicator) -> None:
    measured(kept, last_months(1)[0], "99", "green")
    assert shown(client.as_(cast.reader), kept) == (True, True, False)
    assert shown(client.as_(cast.author), kept) == (True, True, False)
    assert shown(client.as_(cast.approver), kept) == (False, False, False)
    assert shown(client.as_(cast.manager), kept) == (True, True, True)
    client.as_(cast.stranger)
    addresses = {f"/indicators/{kept.pk}/": "get"} | dict.fromkeys(
        (f"/indicators/{kept.pk}/record/", f"/indicators/{kept.pk}/correct/1/", f"/indicators/{kept.pk}/dealt-with/1/",
         "/processes/PUR-007/indicators/new/", "/processes/PUR-007/assess/"), "post"
    )  # fmt: skip
    assert {client.generic(method.upper(), url).status_code for url, method in addresses.items()} == {404}


def test_the_page_has_a_chart_and_forms_that_a_browser_can_send(client: SignedIn, cast: make.Cast, kept: Indicator) -> None:
    for month in last_months(3):
        measured(kept, month, "99", "green")
    make.effective(kept.process, since=make.now() - dt.timedelta(days=40))
    page = client.as_(cast.manager).get(f"/indicators/{kept.pk}/")
    text = page.content.decode()
    svg = ET.fromstring(text[text.index('<svg class="series"') : text.index("</svg>", text.index('<svg class="series"')) + 6])
    assert len(list(svg.iter("circle"))) == 3
    assert "Revision 1.0" in [node.text for node in svg.iter("text")]
    depth = 0
    for piece in text.split("<")[1:]:
        depth += piece.startswith("form") - piece.startswith("/form")
        assert depth in {0, 1}, "a form inside a form"
    ids = [piece.split('"')[0] for piece in text.split(' id="')[1:]]
    assert len(ids) == len(set(ids))
    assert " style=" not in text


def test_a_mark_stands_on_the_companys_day(client: SignedIn, cast: make.Cast, kept: Indicator) -> None:
    CompanySettings.objects.update_or_create(id=1, defaults={"time_zone": "Asia/Shanghai"})
    forget()
    first = last_months(1)[0]
    measured(kept, first, "99", "green")
    midnight = dt.datetime.combine(first, dt.time(), dt.UTC) - dt.timedelta(hours=8)
    make.effective(kept.process, since=midnight)
    assert "Revision 1.0" in client.as_(cast.reader).get(f"/indicators/{kept.pk}/").content.decode()


def test_entering_a_value(client: SignedIn, cast: make.Cast, kept: Indicator) -> None:
    month = last_months(1)[0]
    url = f"/indicators/{kept.pk}/record/"
    answer = client.as_(cast.reader).post(url, {"month": month, "value": "94.5", "comment": "Strike"})
    assert (answer.status_code, answer["Location"]) == (302, f"/indicators/{kept.pk}/")
    made = Measurement.objects.get()
    assert (made.value, made.rating, made.comment, made.period_start) == (D("94.5"), "red", "Strike", month)
    again = client.post(url, {"month": month, "value": "97", "comment": "typed <b>once</b>"})
    assert again.status_code == 422
    assert "This month has a value already" in again.content.decode()
    assert "typed &lt;b&gt;once&lt;/b&gt;" in again.content.decode()
    for bad in ("", "NaN", "Infinity", "1e99", "x", "12345678901.5", "1.23456"):
        assert client.post(url, {"month": last_months(2)[0], "value": bad}).status_code == 422
    assert client.post(url, {"month": "x", "value": "1"}).status_code == 422
    assert client.get(url).status_code == 405
    assert Measurement.objects.count() == 1


def test_correcting_opens_the_row_that_is_wrong(client: SignedIn, cast: make.Cast, kept: Indicator) -> None:
    first, second = (measured(kept, month, "9.9", "red") for month in last_months(2))
    client.as_(cast.reader)
    url = f"/indicators/{kept.pk}/correct/{first.pk}/"
    answer = client.post(url, {"value": "99", "reason": ""})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert text.count('<details class="correct" open>') == 1
    assert f'id="correct-{first.pk}-reason"' in text
    assert f'id="correct-{second.pk}-reason"' in text
    assert client.post(url, {"value": "99", "reason": "A digit."}).status_code == 302
    assert client.post(url, {"value": "99", "reason": "A digit."}).status_code == 422
    assert client.post(url.replace(str(first.pk), "999", 2), {"value": "1", "reason": "x"}).status_code == 404
    assert "corrects 9.9" in client.get(f"/indicators/{kept.pk}/").content.decode()
    assert sorted(Measurement.objects.current().values_list("value", flat=True)) == [D("9.9"), D(99)]


def test_the_owner_closes_what_was_off_target(client: SignedIn, cast: make.Cast, kept: Indicator) -> None:
    client.as_(cast.reader).post(f"/indicators/{kept.pk}/record/", {"month": last_months(1)[0], "value": "1"})
    item = WorkItem.objects.get(kind="act")
    url = f"/indicators/{kept.pk}/dealt-with/{item.pk}/"
    assert url not in client.get(f"/indicators/{kept.pk}/").content.decode()
    said = client.post(url, follow=True)
    assert [str(message) for message in said.context["messages"]] == ["Only the process owner closes this."]
    assert url in client.as_(cast.author).get(f"/indicators/{kept.pk}/").content.decode()
    assert client.post(url).status_code == 302
    item.refresh_from_db()
    assert item.outcome == "done"
    other = indicator(kept.process, "Other")
    assert client.post(url.replace(f"/{kept.pk}/", f"/{other.pk}/", 1)).status_code == 404


def test_judging_the_quarter(client: SignedIn, cast: make.Cast, kept: Indicator) -> None:
    url = "/processes/PUR-007/assess/"
    quarter = quarter_of(make.now().date())
    fields = {"indicator": kept.pk, "quarter": quarter, "rating": "amber", "text": "Steady."}
    assert client.as_(cast.author).post(url, fields).status_code == 422
    assert client.as_(cast.manager).post(url, fields | {"text": ""}).status_code == 422
    assert client.post(url, fields).status_code == 302
    again = client.post(url, fields)
    assert (again.status_code, "assessed already" in again.content.decode()) == (422, True)
    assert [client.post(url, fields | {"indicator": bad}).status_code for bad in ("", "x", "999", "²")] == [404] * 4
    stray = indicator(make.process(cast.stores), "Elsewhere")
    assert client.post(url, fields | {"indicator": stray.pk}).status_code == 404
    assert QuarterAssessment.objects.get().assessed_by == cast.manager
    assert "Steady." in client.get(f"/indicators/{kept.pk}/").content.decode()


# A new indicator


NEW = {"name": "Claims", "unit": "EUR", "direction": "down", "target": "10", "limit": "20", "decimals": "0", "starts_on": "2026-01-15"}


def test_setting_an_indicator(client: SignedIn, cast: make.Cast) -> None:
    process = make.process(cast.purchasing)
    url = f"/processes/{process.number}/indicators/new/"
    fields = NEW | {"keeper": process.owner_id}
    client.as_(cast.author)
    page = client.get(url)
    assert (page.status_code, "<form" in page.content.decode().partition("<main")[2].partition("</main")[0]) == (403, False)
    assert client.post(url, fields).status_code == 403
    client.as_(cast.manager)
    assert client.get(url).status_code == 200
    wrong = client.post(url, fields | {"limit": "5"})
    assert (wrong.status_code, "worse side" in wrong.content.decode()) == (422, True)
    assert client.post(url, fields | {"target": "x"}).status_code == 422
    assert not Indicator.objects.exists()
    answer = client.post(url, fields)
    made = Indicator.objects.get()
    assert (answer["Location"], made.starts_on, made.direction) == (f"/indicators/{made.pk}/", dt.date(2026, 1, 1), "down")
    again = client.post(url, fields)
    assert (again.status_code, "that name already" in again.content.decode()) == (422, True)


def test_hostile_names_are_text_everywhere(client: SignedIn, cast: make.Cast) -> None:
    hostile = "<script>alert(1)</script>\"'😀 مرحبا 采购"
    made = indicator(make.process(cast.purchasing), hostile, unit="<b>%</b>")
    make.effective(made.process)
    for month in last_months(2):
        measured(made, month, "99", "green", comment=hostile)
    client.as_(cast.reader)
    for url in ("/indicators/", f"/indicators/{made.pk}/", f"/processes/{made.process.number}/"):
        text = client.get(url).content.decode()
        assert "<script>alert" not in text
        assert "<b>%" not in text
        assert "😀 مرحبا 采购" in text
