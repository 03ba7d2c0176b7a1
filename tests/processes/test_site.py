"""The folder of plain pages: only what everybody may read, every link leads to a file, nothing typed runs."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from processes import charts, derived, pictures
from processes.definition import Definition
from processes.models import PictureUse, Process
from processes.picture_files import prepare
from tests import make
from tests.make import Cast
from tests.processes.flowchart.made import purchase
from tests.processes.test_exporting import WHOLE
from tests.processes.test_pictures import picture

pytestmark = pytest.mark.django_db


def in_force(cast: Cast, number: str, content: Definition, **more: object) -> Process:
    process = make.process(cast.purchasing, number=number, **more)  # type: ignore[arg-type]
    derived.rewrite(make.effective(process, content), content)
    return process


def export(folder: Path, *more: str) -> str:
    out = StringIO()
    call_command("export_site", str(folder), *more, stdout=out)
    return out.getvalue()


def test_every_link_leads_to_a_file_and_nothing_typed_runs(cast: Cast, tmp_path: Path) -> None:
    in_force(cast, "PUR-001", WHOLE)
    in_force(cast, "PUR-002", purchase())
    in_force(cast, "PUR-003", make.definition("Secret"), confidentiality="departments")
    make.draft(make.process(cast.purchasing, number="PUR-004"))
    told = export(tmp_path / "site")
    assert "2 procedures and index.html" in told
    pages = {path.name: html.fromstring(path.read_bytes()) for path in (tmp_path / "site").glob("*.html")}
    assert set(pages) == {"index.html", "PUR-001.html", "PUR-002.html"}
    for page in pages.values():
        for address in page.xpath("//@href | //@src"):
            assert (tmp_path / "site" / address).is_file(), address
        assert not page.xpath("//script | //iframe | //*[@onerror or @onclick or @style]")
    first = pages["PUR-001.html"]
    assert first.xpath("//a[@href='PUR-002.html']")
    assert [heading.text_content() for heading in first.iter("h2")][:2] == ["Purpose", "Scope"]
    assert len(list(first.iter("h1"))) == 1
    assert "in force on" in first.text_content()
    assert "Secret" not in "".join(page.text_content() for page in pages.values())


def test_titles_are_those_that_were_approved(cast: Cast, tmp_path: Path) -> None:
    in_force(cast, "PUR-001", WHOLE)
    in_force(cast, "PUR-002", Definition(), title="As approved")
    Process.objects.update(title="Renamed since")
    export(tmp_path / "site")
    for name in ("index.html", "PUR-001.html"):
        page = (tmp_path / "site" / name).read_text("utf-8")
        assert "As approved" in page
        assert "Renamed since" not in page


def test_no_page_takes_the_place_of_another(cast: Cast, tmp_path: Path) -> None:
    for number in ("A/B-001", "A_B-001", "a_b-001", "Index"):
        in_force(cast, number, Definition(), title=f"This is {number}")
    export(tmp_path / "site")
    pages = {path.name for path in (tmp_path / "site").glob("*.html")}
    assert pages == {"index.html", "A_B-001.html", "A_B-001_2.html", "a_b-001_3.html", "Index_2.html"}
    links = html.fromstring((tmp_path / "site/index.html").read_bytes()).xpath("//li/a")
    assert len(links) == 4
    for link in links:
        number = link.xpath("string(span)")
        assert f"This is {number}" in (tmp_path / "site" / link.get("href")).read_text("utf-8")


def test_it_speaks_the_language_that_is_asked_for(cast: Cast, tmp_path: Path) -> None:
    in_force(cast, "PUR-001", make.definition("Check"))
    export(tmp_path / "site", "--language", "zh-hans")
    assert "目的" in (tmp_path / "site" / "PUR-001.html").read_text("utf-8")


def test_pictures_of_descriptions_come_along(cast: Cast, tmp_path: Path) -> None:
    process = make.process(cast.purchasing, number="PUR-001")
    draft = make.draft(process, by=cast.author)
    kept = pictures.keep(draft, prepare(picture()), by=cast.author, now=make.now())
    draft.delete()
    shown = replace(make.definition("Check"), purpose=f"![The oven](picture:{kept.sha256})")
    PictureUse.objects.create(revision=make.effective(process, shown), picture=kept)
    export(tmp_path / "site")
    page = html.fromstring((tmp_path / "site" / "PUR-001.html").read_bytes())
    (image,) = page.xpath("//img[@alt='The oven']")
    assert (tmp_path / "site" / image.get("src")).read_bytes() == bytes(kept.content)


def test_a_chart_that_cannot_be_drawn_is_left_out_and_told(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_force(cast, "PUR-001", make.definition("Check"))
    in_force(cast, "采购/1", Definition(title="Words", purpose="Only words"))
    monkeypatch.setattr("processes.exporting.site.chart", lambda *_args, **_more: charts.Chart(None, "no"))
    told = export(tmp_path / "site")
    assert told.count("(without a chart)") == 2
    assert {path.name for path in (tmp_path / "site").iterdir()} == {"index.html", "site.css", "PUR-001.html", "采购_1.html"}


def test_a_folder_with_something_in_it_and_one_that_cannot_be_are_refused(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("x")
    with pytest.raises(CommandError, match="is not empty"):
        export(tmp_path)
    with pytest.raises(CommandError, match="cannot be written"):
        export(tmp_path / "old.txt" / "site")
    assert "0 procedures" in export(tmp_path / "new")
    assert "Nothing is in force" in (tmp_path / "new" / "index.html").read_text("utf-8")


def test_the_cost_does_not_grow_with_each_process(cast: Cast, tmp_path: Path) -> None:
    counts = []
    for n in range(5):
        in_force(cast, f"PUR-00{n}", make.definition(f"Do {n}"))
        if n in {0, 4}:
            export(tmp_path / f"warm{n}")
            with CaptureQueriesContext(connection) as queries:
                export(tmp_path / f"site{n}")
            counts.append(len(queries))
    assert counts[1] - counts[0] <= 4
