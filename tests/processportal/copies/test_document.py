"""What stands on the paper, read out of the PDF: head, text, chart, signatures, watermark, and letters of every script."""

import dataclasses
import datetime as dt
import os
import re
import time
from contextlib import nullcontext
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone, translation
from PIL import Image

from organization.models import Position
from organization.refusals import Refused
from organization.signing import sign
from processes.canonical import sha256
from processes.definition import Boundary, Definition, Flow, Record, Reference, Risk, RoleRef, SipocRow, Step
from processes.models import Picture, PictureUse, Process, Revision
from processportal.copies import making, typesetting
from processportal.copies.document import document_of
from processportal.copies.models import Copy
from processportal.copies.typesetting import NotTypeset, typeset
from tests import make
from tests.make import Cast
from tests.processportal.copies.conftest import Read

WHOLE = Definition(
    title="Purchase to pay", purpose="So that it is **there**.\n\n> [!WARNING]\n> Never pay twice.\n\n- first\n- second\n\n1. one\n2. two",
    scope="| Up to | Who |\n|---|---|\n| EUR 5 000 | Buyer |\n\n# A heading of the text\n\n`code` and ~~gone~~ and [a link](https://example.com/x)",
    boundary=Boundary("Need", "Check", "Pay", "Paid"),
    sipoc=(SipocRow("p", "Sales", "Need", "Buy", "Order", "Stores"),),
    roles=(RoleRef("b", "Buyer"), RoleRef("h", "Head")),
    steps=(
        Step("s", "start", "Need arises", "b"),
        Step(
            "a", "activity", "Ask for offers", "b", "At least **three**.", ("Need sheet",), ("Order",), ("Report",),
            system="ERP", form="F 12", work_time=90, accountable="h", consulted=("h",), informed=("h",),
            risks=(Risk("r", "Late", "Remind"), Risk("q", "Lost")), flows=(Flow("f", "e", "all good"),),
        ),
        Step("e", "end", "Need met", "b"),
    ),
    records=(Record("c", "Report", "Buyer", "10 years"),), references=(Reference("r", "Handbook", "https://example.com/"),),
    notes="Last words.",
)  # fmt: skip


def long_(steps: int, lanes: int = 3) -> Definition:
    """A process of so many steps."""
    roles = tuple(RoleRef(f"r{n}", f"Role {n}") for n in range(lanes))
    done = [
        Step(f"s{n}", "activity", f"Step number {n}", f"r{n % lanes}", "What is done here, in a sentence or two.") for n in range(steps)
    ]
    return Definition(title="A long way", roles=roles, steps=(Step("a", "start", "Begin", "r0"), *done, Step("z", "end", "End", "r0")))


def printed(revision: Revision, by: object, **how: object) -> tuple[Copy, bytes]:
    return making.print_(revision, by=by, now=make.now(), **how)  # type: ignore[arg-type]


def issued(revision: Revision, cast: Cast, **how: object) -> tuple[Copy, bytes]:
    until = make.now().date() + dt.timedelta(days=100)
    return making.issue(revision, by=cast.author, now=make.now(), valid_until=until, **{"place": "Gate 3", **how})  # type: ignore[arg-type]


def test_a_controlled_copy_says_what_it_is_on_every_page(cast: Cast, process: Process, read: Read) -> None:
    process.next_review_on = dt.date(2027, 3, 1)
    process.save()
    revision = make.effective(process, WHOLE)
    copy, pdf = issued(revision, cast, position=Position.objects.get(title="Buyer"))
    text = read(pdf)
    for said in (
        "PUR-001", "Purchase to pay", "Version 1.0", "In force since", "1 Mar 2027", "Public in the company", "Printed by", "Author",
        "Valid until", "Gate 3", "Buyer", copy.code, "Purpose", "Never pay twice.", "EUR 5 000", "A heading of the text", "Suppl", "Stores",
        "Ask for offers", "At least three.", "Need sheet", "1 h 30 min", "Late → Remind", "no control", "all good", "Responsibilities",
        "Accountable", "10 years", "Handbook", "Last words.", "Signatures",
    ):  # fmt: skip
        assert said in text, said
    assert f"http://127.0.0.1:8000/c/{copy.token}/" in text
    pages = text.count("\f")
    assert [f"Page {n} of {pages}" in text for n in range(1, pages + 1)] == [True] * pages
    assert text.count(f"Posted copy {copy.code} · printed by Author on") == pages
    assert text.count("unless a newer version comes into force before") == pages
    assert "UNCONTROLLED" not in text
    assert "javascript" not in text


def test_the_file_is_tagged_has_a_title_and_keeps_the_standards(cast: Cast, revision: Revision) -> None:
    copy, pdf = issued(revision, cast)
    assert copy.standards == "a-2a,ua-1"
    assert pdf.startswith(b"%PDF-1.7")
    assert b"/StructTreeRoot" in pdf
    assert b"pdfuaid:part" in pdf
    assert b"PUR-001 Purchase to pay" in pdf


def test_the_signatures_page_says_who_in_which_position_for_whom_what_when_and_on_which_content(
    cast: Cast, process: Process, read: Read
) -> None:
    revision = make.effective(process)
    assert revision.frozen is not None
    office = Position.objects.get(title="Company process manager")
    when = dt.datetime(2026, 3, 4, 9, 5, 7, tzinfo=dt.UTC)
    sign(
        cast.boss, position=office, acting_for="for Manager, who is away", meaning="approved", subject="PUR-001",
        content_sha256=revision.frozen.sha256, reason="As agreed", now=when,
    )  # fmt: skip
    copy, pdf = issued(revision, cast)
    with timezone.override("Asia/Shanghai"):
        there = str(document_of(copy)[0]["blocks"])
    assert "2026-03-04 17:05:07 CST" in there
    assert "2026-03-04 09:05:07 UTC" in there
    text = read(pdf).rpartition("Signatures")[2]
    words = " ".join(text.split())
    for said in ("Boss", "Company process manager", "for Manager, who is away", "Approved", "2026-03-04 09:05:07 UTC", "As agreed"):
        assert all(word in words for word in said.split()), said  # cells of a table stand beside each other
    assert revision.frozen.sha256 in re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    ("state", "mark"), [("draft", "DRAFT"), ("superseded", "SUPERSEDED"), ("withdrawn", "WITHDRAWN"), ("current", "UNCONTROLLED")]
)
def test_what_must_not_be_taken_for_what_holds_is_marked_on_every_page(
    cast: Cast, process: Process, read: Read, state: str, mark: str
) -> None:
    if state == "draft":
        revision = make.draft(process, by=cast.author)
    else:
        revision = make.effective(process)
        if state == "superseded":
            make.effective(process, make.definition("Other"), since=make.NOW)
            revision.refresh_from_db()
        if state == "withdrawn":
            Process.objects.filter(pk=process.pk).update(state="withdrawn")
            revision.process.refresh_from_db()
    _copy, pdf = printed(revision, cast.author)
    text = read(pdf)
    pages = text.split("\f")[:-1]
    assert [mark in re.sub(r"\s", "", page) for page in pages] == [True] * len(pages)
    assert text.count("Nobody exchanges this print") == len(pages)
    assert "Nothing is signed" in text


def test_chinese_stands_in_the_pdf_as_text_and_the_document_says_its_language(cast: Cast, process: Process, read: Read) -> None:
    process.title, process.language = "检定与校准", "zh-hans"
    process.save()
    revision = make.effective(
        process, dataclasses.replace(make.definition("导出下月到期清单", role="计量员"), purpose="保证“有效期”内可追溯。")
    )
    with translation.override("zh-hans"):
        copy, pdf = issued(revision, cast, place="三号门")
    text = read(pdf)
    for said in ("检定与校准", "导出下月到期清单", "计量员", "可追溯", "三号门"):
        assert said in text, said
    assert copy.standards == "a-2a,ua-1"
    assert b"zh-CN" in pdf


def test_text_from_right_to_left_is_set_from_the_right(cast: Cast, process: Process, read: Read) -> None:
    content = dataclasses.replace(make.definition("בדיקת הצעה"), purpose="שלום עולם 12", scope="Left to right.")
    document, files = document_of(issued(make.effective(process, content), cast)[0])
    sides = {block["c"][0]["x"]: block["rtl"] for block in document["blocks"] if block["t"] == "p"}
    assert sides["שלום עולם 12"]
    assert not sides["Left to right."]
    assert [block["rtl"] for block in document["blocks"] if block["t"] == "step"] == [False, True, False]
    assert "שלום" in read(typeset(document, files).pdf)


def test_a_letter_that_no_font_has_costs_the_standards_and_not_the_copy(cast: Cast, process: Process) -> None:
    revision = make.effective(process, make.definition("Check \U0001343e the offer"))
    copy, pdf = issued(revision, cast)
    assert copy.standards in {"", "ua-1"}
    assert pdf.startswith(b"%PDF")


def test_what_was_typed_is_never_read_as_the_template_language(cast: Cast, process: Process, read: Read) -> None:
    typed = '#read("/etc/passwd") $x$ *b* @ref <label> \\ #panic("x") ```'
    content = dataclasses.replace(make.definition(typed), purpose=typed, notes='#set text(fill: red) = "x"')
    process.title = typed
    process.save()
    text = read(issued(make.effective(process, content), cast)[1])
    assert text.count('#read("/etc/passwd")') >= 3
    assert "root:" not in text


def test_pictures_of_the_portal_are_on_the_paper_and_those_of_others_are_not(cast: Cast, process: Process, tmp_path: Path) -> None:
    names = {}
    for name, colour in (("own", "red"), ("foreign", "blue")):
        Image.new("RGB", (40, 20), colour).save(tmp_path / "x.webp", "WEBP")
        content = (tmp_path / "x.webp").read_bytes()
        names[name] = sha256(content)
        Picture.objects.create(
            sha256=names[name], content=content, media_type="image/webp", width=40, height=20, created_by=cast.author, created_at=make.NOW
        )
    text = f"Look: ![the gauge](picture:{names['own']})\n\n- ![hidden](picture:{names['foreign']})\n\n![away](https://example.com/x.png)"
    revision = make.effective(process, dataclasses.replace(make.definition(), purpose=text))
    PictureUse.objects.create(revision=revision, picture=Picture.objects.get(sha256=names["own"]))
    copy, pdf = issued(revision, cast)
    _document, files = document_of(copy)
    assert {name for name in files if name.endswith(".webp")} == {f"{names['own']}.webp"}
    assert len(re.findall(rb"/Subtype ?/Image", pdf)) == 1


def test_a_procedure_of_sixty_steps_is_whole_and_its_chart_is_cut_between_steps(cast: Cast, process: Process, read: Read) -> None:
    revision = make.effective(process, long_(60))
    began = time.monotonic()
    copy, pdf = issued(revision, cast)
    assert time.monotonic() - began < typesetting.TIMEOUT
    text = read(pdf)
    assert all(f"Step number {n}" in text for n in range(60))
    _document, files = document_of(copy)
    charts = sorted(name for name in files if name.startswith("chart-"))
    assert len(charts) > 1
    assert all(b"Role 0" in files[name] for name in charts), "each page of the chart has the heads of the lanes"


def test_a_chart_of_four_hundred_steps_is_not_printed_and_the_paper_says_where_it_is(cast: Cast, process: Process, read: Read) -> None:
    _copy, pdf = issued(make.effective(process, long_(400)), cast)
    text = " ".join(read(pdf).split())
    assert "The flowchart is too large for paper. It is in the portal; the steps below are complete." in text
    assert "Step number 399" in text


def test_a_document_without_steps_has_no_chart(cast: Cast, process: Process, read: Read) -> None:
    text = read(issued(make.effective(process, Definition(purpose="A policy.")), cast)[1])
    assert "A policy." in text
    assert "Flowchart" not in text


def test_a_chart_that_cannot_be_drawn_is_replaced_by_the_sentence_why(
    cast: Cast, revision: Revision, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOT_BINARY", "/nowhere/dot")
    assert "The drawing program is missing" in " ".join(read(issued(revision, cast)[1]).split())


def test_what_takes_too_long_is_stopped_nothing_is_kept_and_nothing_runs_on(
    cast: Cast, revision: Revision, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "typeset.py").write_text("import os, sys, time\nopen(sys.argv[1] + '.pid', 'w').write(str(os.getpid()))\ntime.sleep(60)")
    monkeypatch.setattr(typesetting, "PROGRAM", tmp_path / "typeset.py")
    monkeypatch.setattr(typesetting, "TemporaryDirectory", lambda **_how: nullcontext(str(_made(tmp_path / "folder"))))
    monkeypatch.setattr(typesetting, "TIMEOUT", 1.5)
    began = time.monotonic()
    with pytest.raises(Refused, match="took too long"):
        printed(revision, cast.author)
    assert time.monotonic() - began < 30, "the child was not waited for"
    assert not Copy.objects.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "folder.pid").read_text()), 0)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_what_cannot_be_set_says_so_and_nothing_is_kept(
    cast: Cast, revision: Revision, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "procedure.typ").write_text("#panic()")
    monkeypatch.setattr(typesetting, "TEMPLATE", tmp_path / "procedure.typ")
    with pytest.raises(Refused, match="could not be set"):
        issued(revision, cast)
    assert not Copy.objects.exists()
    assert "panicked" in caplog.text
    with pytest.raises(NotTypeset, match="refused"):
        typeset({}, {})


@override_settings(PORTAL_URL="https://portal.example.com/")
def test_the_address_is_the_portals_own_whatever_the_request_called_it(cast: Cast, revision: Revision, read: Read) -> None:
    copy, pdf = printed(revision, cast.reader)
    assert f"https://portal.example.com/c/{copy.token}/" in read(pdf)


def test_the_same_copy_is_the_same_paper(cast: Cast, revision: Revision, read: Read) -> None:
    copy, pdf = issued(revision, cast)
    copy = Copy.objects.select_related("process__owner", "revision__frozen", "printed_by").get(pk=copy.pk)
    with translation.override("zh-hans"):
        assert read(making.again(copy, make.now())) == read(pdf)
