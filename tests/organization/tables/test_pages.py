"""The pages of tables: upload or paste, the report, the button, the template; and the command that does the same."""

import io
import json
import random
import re
from pathlib import Path

import pytest
import time_machine
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.urls import reverse

from organization.models import EvidenceEntry, Person
from organization.tables import sealing
from organization.tables.columns import KINDS
from organization.tables.reading import LARGEST, Unreadable, decode, read
from organization.tables.sealing import Sealed, seal, unseal
from tests import make
from tests.conftest import SignedIn

pytestmark = pytest.mark.django_db
PEOPLE = "login;name;e-mail\n0815;王伟;wang@example.com\nreader;Rea Der;reader@example.com\nauthor;Author;author@example.com\n"


def text(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def table(kind: str) -> str:
    return reverse("organization:table", args=[kind])


def upload(client: SignedIn, kind: str, data: bytes) -> HttpResponse:
    return client.post(table(kind), {"file": SimpleUploadedFile("t.csv", data), "text": ""})  # type: ignore[return-value]


def sealed(response: HttpResponse) -> str:
    found = re.search(r'name="sealed" value="([^"]+)"', response.content.decode())
    assert found is not None
    return found[1]


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_kind_has_a_page_with_its_columns_and_a_template_that_is_taken(cast: make.Cast, client: SignedIn, kind: str) -> None:
    client.as_(cast.admin)
    page = text(client.get(table(kind)))
    assert all(str(column.english[0]) in page for column in KINDS[kind].columns)
    for language, names in (("en", "english"), ("zh-hans", "chinese")):
        client.cookies["django_language"] = language
        response = client.get(reverse("organization:table_template", args=[kind]))
        sheet = read(*decode(response.content))
        assert sheet.header == tuple(getattr(column, names)[0] for column in KINDS[kind].columns)
        assert len(sheet.rows) == len(KINDS[kind].examples)
        assert response.headers["Content-Disposition"] == f'attachment; filename="{kind}.csv"'
        assert client.post(table(kind), {"text": response.content.decode("utf-8-sig")}).status_code in {200, 422}


@pytest.mark.parametrize("name", ["table", "apply_table", "table_template"])
def test_an_unknown_kind_is_not_found(cast: make.Cast, client: SignedIn, name: str) -> None:
    client.as_(cast.admin)
    place = reverse(f"organization:{name}", args=["planets"])
    assert (client.post(place) if name == "apply_table" else client.get(place)).status_code == 404


@pytest.mark.parametrize("name", ["table", "apply_table", "table_template"])
def test_only_administrators_come_in(cast: make.Cast, client: SignedIn, name: str) -> None:
    place = reverse(f"organization:{name}", args=["people"])
    codes = {who.login: client.as_(who).post(place, {"text": PEOPLE}).status_code for who in (cast.stranger, cast.reader, cast.manager)}
    assert codes == {"stranger": 403, "reader": 403, "manager": 403}
    assert not Person.objects.filter(login="0815").exists()


def test_from_the_upload_to_the_button(cast: make.Cast, client: SignedIn) -> None:
    report = upload(client.as_(cast.admin), "people", PEOPLE.encode("gbk"))
    page = text(report)
    assert report.status_code == 200
    assert "3 rows, read as GB18030 with semicolons." in page
    assert "Do the names look right?" in page
    assert "<del>Reader</del> → <ins>Rea Der</ins>" in page
    assert "New people cannot sign in at first" in page
    assert "author" not in page.split("<tbody>")[1], "what stays is counted, not listed"
    assert not Person.objects.filter(login="0815").exists()
    done = client.post(reverse("organization:apply_table", args=["people"]), {"sealed": sealed(report)}, follow=True)
    assert "1 new, 1 changed, 1 unchanged." in text(done)
    assert Person.objects.get(login="0815").name == "王伟"
    assert EvidenceEntry.objects.filter(table="organization_person").latest("pk").actor == "admin"
    again = upload(client, "people", PEOPLE.encode("utf-16"))
    assert "Everything is there already; there is nothing to do." in text(again)
    assert 'name="sealed"' not in again.content.decode()


def test_faults_are_listed_and_pasted_rows_stay(cast: make.Cast, client: SignedIn) -> None:
    rows = "login\tname\te-mail\n" + "".join(f"n{n}\tN\tnowhere<{n}>\n" for n in range(310)) + "0815\t\t\n"
    response = client.as_(cast.admin).post(table("people"), {"text": rows})
    page = text(response)
    assert response.status_code == 422
    assert "311 things to put right" in page
    assert "In 311 rows. Nothing was changed." in page
    assert "310 ×" in page
    assert "<code>nowhere&lt;7&gt;</code>" in page
    assert "and 11 more" in page
    assert "n309" in page.split("<textarea")[1]
    assert page.count("<code>") == 300


def test_a_file_and_rows_at_once_nothing_at_all_and_no_text(cast: make.Cast, client: SignedIn) -> None:
    client.as_(cast.admin)
    both = client.post(table("people"), {"file": SimpleUploadedFile("t.csv", b"x"), "text": "kept words"})
    assert "Choose a file or paste rows, not both." in text(both)
    assert "kept words" in text(both)
    assert "Choose a file, or paste rows below." in text(client.post(table("people"), {"text": " "}))
    assert "This is an Excel workbook." in text(upload(client, "people", b"PK\x03\x04"))
    assert "more than 1.4 MB" in text(upload(client, "people", b"x" * (LARGEST + 1)))
    assert "There is no row below the header." in text(upload(client, "people", b"login,name\n"))
    assert "There is no row below the header." in text(client.post(table("people"), {"text": "login,name"}))


def test_the_button_needs_the_same_person_the_same_kind_and_the_hour(cast: make.Cast, client: SignedIn) -> None:
    made = sealed(upload(client.as_(cast.admin), "people", PEOPLE.encode()))
    other = make.person("other", is_staff=True)
    place = reverse("organization:apply_table", args=["people"])
    old = "This report is older than an hour."
    assert old in text(SignedIn().as_(other).post(place, {"sealed": made}, follow=True))
    assert old in text(client.post(reverse("organization:apply_table", args=["absences"]), {"sealed": made}, follow=True))
    assert old in text(client.post(place, {"sealed": made[:-1] + "x"}, follow=True))
    assert old in text(client.post(place, follow=True))
    with time_machine.travel(make.now().timestamp() + sealing.LASTS + 1, tick=False):
        assert unseal(made, cast.admin) is None
    assert unseal(made, cast.admin) == Sealed("people", "UTF-8", PEOPLE, signing_digest(made, cast.admin))
    assert not Person.objects.filter(login="0815").exists()


def signing_digest(made: str, person: Person) -> str:
    return str(signing.loads(made, salt=f"organization.tables:{person.pk}")[3])


def test_a_table_too_large_to_be_sent_again_is_said_to_be(cast: make.Cast) -> None:
    noise = "".join(map(chr, random.Random(1).choices(range(0x4E00, 0x9FA0), k=1_000_000)))
    with pytest.raises(Unreadable, match="Cut it into several tables"):
        seal(Sealed("people", "UTF-8", noise, ""), cast.admin)


def test_a_company_that_changed_in_between_is_shown_anew(cast: make.Cast, client: SignedIn) -> None:
    made = sealed(upload(client.as_(cast.admin), "people", PEOPLE.encode()))
    Person.objects.filter(pk=cast.reader.pk).update(name="Faster")
    place = reverse("organization:apply_table", args=["people"])
    shown = client.post(place, {"sealed": made})
    assert (shown.status_code, "<del>Faster</del>" in text(shown)) == (409, True)
    assert "The company has changed since the table was checked" in text(shown)
    make.person("0815", is_active=False)
    refused = client.post(place, {"sealed": sealed(shown)})  # type: ignore[arg-type]
    assert (refused.status_code, "The company has changed since the table was checked." in text(refused)) == (422, True)


# --- the command


def told(*arguments: object) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("import_organization", *map(str, arguments), stdout=out)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    return 0, out.getvalue()


def test_the_command_checks_and_brings_in(cast: make.Cast, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE)
    code, said = told("people", path, "--check", "--by", "ADMIN")
    assert (code, said.splitlines()) == (
        0,
        [
            "3 rows, read as UTF-8",
            "new row 2: 0815 · 王伟",
            "changed row 3: reader · Rea Der (Name: Reader → Rea Der)",
            "1 new, 1 changed, 1 unchanged; nothing was changed, this was a check.",
        ],
    )
    code, said = told("people", path, "--json", "--by", "admin")
    answer = json.loads(said)
    assert {key: answer[key] for key in ("applied", "new", "changed", "unchanged", "faults", "separator", "rows")} == {
        "applied": True, "new": 1, "changed": 1, "unchanged": 1, "faults": [], "separator": ";", "rows": 3,
    }  # fmt: skip
    assert [change["state"] for change in answer["changes"]] == ["new", "changed"]
    assert told("people", path, "--by", "admin")[1].splitlines()[-1] == "0 new, 0 changed, 3 unchanged."
    assert EvidenceEntry.objects.filter(table="organization_person").latest("pk").actor == "admin"


def test_the_command_says_what_is_wrong(cast: make.Cast, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("login,name,e-mail\na,A,nowhere\nb,,\nadmin,Admin,\n")
    assert told("people", path, "--by", "admin") == (
        1,
        (
            "3 rows, read as UTF-8\n"
            "✗ row 2, e-mail (nowhere): This is no e-mail address.\n"
            "✗ row 3, name: This must be filled in.\n"
            "2 fault(s); nothing was changed.\n"
        ),
    )
    for arguments, why in (
        (("people", path, "--by", "nobody"), "There is no active person 'nobody'."),
        (("people", path, "--by", "author"), "Only administrators"),
        (("people", tmp_path / "none.csv", "--by", "admin"), "The file cannot be read: No such file or directory."),
    ):
        with pytest.raises(CommandError, match=re.escape(why)):
            told(*arguments)
