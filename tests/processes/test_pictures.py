"""Pictures in descriptions: what is taken, how it is kept, who may see it, and that signed content keeps its pictures."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.http import HttpResponse
from django.urls import reverse
from PIL import Image

from organization.refusals import Refused
from processes import drafting, lifecycle, pictures
from processes.canonical import sha256
from processes.catalogue import create_process
from processes.comparison import Change
from processes.definition import Definition, Step
from processes.importing import fill
from processes.markdown import document, render
from processes.models import Picture, PictureUse, Process, Revision
from processes.picture_files import LARGEST, NotAPicture, prepare
from processes.wording import Mark, mark_of, segments
from tests import make
from tests.conftest import SignedIn

NUMBER = "PUR-001"


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object) -> bytes:
    """A picture in one colour."""
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_the_usual_kinds_are_written_anew(kind: str) -> None:
    made = prepare(picture(kind))
    assert (made.media_type, made.width, made.height, opened(made.content).format) == ("image/webp", 40, 20, "WEBP")
    assert made == prepare(picture(kind))


def test_where_and_when_a_photograph_was_taken_is_not_kept_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x8825] = 6, "A telephone", {1: "N", 2: (48.0, 8.0, 0.0)}
    made = prepare(picture("JPEG", exif=exif))
    assert (made.width, made.height) == (20, 40)
    assert b"telephone" not in made.content
    assert not opened(made.content).getexif()


def test_what_is_see_through_stays_so_and_long_sides_become_shorter() -> None:
    assert opened(prepare(picture(mode="RGBA")).content).mode == "RGBA"
    assert opened(prepare(picture(mode="P", transparency=0)).content).mode == "RGBA"
    made = prepare(picture(size=(4_000, 30)))
    assert (made.width, made.height) == (2_000, 15)


def test_a_drawing_stays_sharp_and_noise_is_written_like_a_photograph(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = Image.effect_noise((300, 300), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "PNG")
    assert opened(prepare(out.getvalue()).content).convert("RGB").tobytes() == noise.tobytes()
    sharp = len(prepare(out.getvalue()).content)
    monkeypatch.setattr("processes.picture_files.LOSSLESS", 10_000)
    assert len(prepare(out.getvalue()).content) < sharp


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a picture that can be read"),
        (b"hello", "not a picture that can be read"),
        (picture()[:50], "not a picture that can be read"),
        (picture("JPEG", size=(400, 400))[:700], "not a picture that can be read"),
        (picture("BMP"), "not a picture that can be read"),
        (b'<?xml version="1.0"?><SVG onload="alert(1)">', "Save it as PNG"),
        (bytes(LARGEST + 1), "more than 15 MB"),
        (picture(size=(10_000, 8_000), mode="1"), "more than 40 million pixels"),
        (picture(size=(10_000, 10_000), mode="1"), "more than 40 million pixels"),
        (picture(size=(20_000, 20_000), mode="1"), "more than 40 million pixels"),
    ],
    ids=["empty", "text", "cut", "cut photograph", "bitmap", "svg", "large", "80 megapixels", "100 megapixels", "400 megapixels"],
)
def test_everything_else_is_refused_with_what_to_do(data: bytes, says: str) -> None:
    with pytest.raises(NotAPicture, match=says):
        prepare(data)


def test_a_callout_says_what_it_is_and_only_at_the_beginning_of_a_quotation() -> None:
    assert render("> [!warning]\n> hot").replace("\n", "") == (
        '<blockquote class="callout is-warning"><p><strong>Warning</strong><br>hot</p></blockquote>'
    )
    assert 'class="callout is-note"' in document("> [!NOTE]")
    for plain in ("[!NOTE]", "> text\n> [!NOTE]", "> [!OTHER]\n> x", "> - [!NOTE]", ">"):
        assert "class" not in render(plain)


def test_only_our_own_pictures_are_shown() -> None:
    own = f"![a *b* “c”](picture:{'a' * 64})"
    assert render(own, lambda hashed: f"/p/{hashed}/") == f'<p><img src="/p/{"a" * 64}/" alt="a b “c”" loading="lazy"></p>\n'
    assert render(own) == "<p>[a b “c”]</p>\n"
    assert "src" not in render(own, lambda hashed: f"//evil.example/{hashed}/")
    assert "<img" not in render("![x](https://evil.example/p.png) ![](picture:zz)", lambda hashed: f"/p/{hashed}/")
    assert ">https://evil.example/p.png</a>" in render("![](https://evil.example/p.png)")


def test_another_picture_is_one_word_that_changed_and_substantive() -> None:
    one, other = (f"Look: ![the door](picture:{letter * 64}) first." for letter in "ab")
    assert mark_of(one, other) is Mark.SUBSTANTIVE
    assert mark_of(one, one.replace("the door", "the doors")) is Mark.CLARIFYING
    change = Change("steps", "changed", Mark.SUBSTANTIVE, segments=segments(one, other))
    assert (change.old, change.new) == (one, other)
    assert change.shown == (("equal", "Look: "), ("removed", "[picture: the door]"), ("added", "[picture: the door]"), ("equal", " first."))


# The stories and their doors.


@pytest.fixture
def draft(cast: make.Cast) -> Revision:
    """A draft that only its author and who takes part in it may see."""
    head = cast.purchasing.positions.get(kind="head")
    process = make.process(
        cast.purchasing, number=NUMBER, created_by=cast.author, owner=head, confidentiality=Process.Confidentiality.POSITIONS
    )
    return make.draft(process, by=cast.author)


def upload(client: SignedIn, data: bytes = b"", name: str = "oven.png") -> HttpResponse:
    address = reverse("processes:add_picture", args=(NUMBER,))
    return client.post(address, {"file": SimpleUploadedFile(name, data or picture())})  # type: ignore[return-value]


def describe(draft: Revision, text: str, by: object, key: str = "one") -> None:
    operation = {"id": key, "op": "set", "target": "steps/s1/description", "value": text}
    draft.refresh_from_db()
    result = drafting.edit(draft, [operation], by=by, now=make.now(), seen=draft.version)  # type: ignore[arg-type]
    assert result.applied == (key,)


@pytest.mark.django_db
def test_a_picture_comes_in_and_is_shown_to_whoever_may_see_the_draft(client: SignedIn, cast: make.Cast, draft: Revision) -> None:
    answer = upload(client.as_(cast.author))
    said = json.loads(answer.content)
    assert answer.status_code == 200
    shown = client.get(said["url"])
    assert (shown.status_code, shown["Content-Type"], shown["Content-Security-Policy"]) == (
        200,
        "image/webp",
        "default-src 'none'; sandbox",
    )
    assert said["text"] == f"picture:{sha256(shown.content)}"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert client.as_(cast.stranger).get(said["url"]).status_code == 404
    assert client.as_(cast.reader).get(said["url"]).status_code == 404
    other = make.effective(make.process(cast.purchasing, number="PUR-002", created_by=cast.author))
    assert client.as_(cast.author).get(said["url"].replace(NUMBER, other.process.number)).status_code == 404
    assert client.get(reverse("processes:picture", args=(NUMBER, "0" * 64))).status_code == 404


@pytest.mark.django_db
def test_the_same_picture_is_kept_once(client: SignedIn, cast: make.Cast, draft: Revision) -> None:
    client.as_(cast.author)
    assert upload(client).content == upload(client, name="another name.png").content
    assert (Picture.objects.count(), PictureUse.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_what_is_no_picture_and_who_may_not_write_are_refused_and_nothing_is_kept(
    client: SignedIn, cast: make.Cast, draft: Revision
) -> None:
    client.as_(cast.author)
    assert (upload(client, b"x").status_code, client.post(reverse("processes:add_picture", args=(NUMBER,))).status_code) == (400, 400)
    Process.objects.update(confidentiality=Process.Confidentiality.COMPANY)
    assert upload(client.as_(cast.stranger)).status_code in {403, 404}
    client.logout()
    assert upload(client).status_code == 401
    with pytest.raises(Refused):
        drafting.add_picture(draft, picture(), by=cast.reader, now=make.now())
    assert not Picture.objects.exists()


@pytest.mark.django_db
def test_text_that_is_pasted_shows_its_pictures_only_where_they_could_be_seen_before(cast: make.Cast, draft: Revision) -> None:
    """Who knows the hash of a picture that they may not see gains nothing by writing it."""
    found = drafting.add_picture(draft, picture(), by=cast.author, now=make.now())
    describe(draft, f"![oven](picture:{found.sha256})", cast.author)
    head = cast.purchasing.positions.get(kind="head")
    mine = make.draft(make.process(cast.purchasing, number="PUR-002", created_by=cast.author, owner=head), by=cast.author)
    make.hold(cast.reader, 1)
    describe(mine, f"![oven](picture:{found.sha256})", cast.reader)
    assert not mine.picture_uses.exists()
    describe(mine, f"![the oven](picture:{found.sha256})", cast.author, key="two")
    describe(mine, f"![an oven](picture:{found.sha256})", cast.author, key="three")
    assert [use.picture for use in mine.picture_uses.all()] == [found]


@pytest.mark.django_db
def test_the_next_draft_and_a_draft_that_is_filled_show_the_pictures_too(cast: make.Cast) -> None:
    process = make.process(cast.purchasing, number=NUMBER, created_by=cast.author, owner=cast.purchasing.positions.get(kind="head"))
    kept = pictures.keep(make.draft(process, by=cast.author), prepare(picture()), by=cast.author, now=make.now())
    content = Definition(purpose=f"![a](picture:{kept.sha256})", steps=(Step("s1", name="Bake"),))
    Revision.objects.all().delete()
    revision = make.effective(process, content)
    PictureUse.objects.create(revision=revision, picture=kept)
    successor = drafting.start_draft(process, by=cast.author, now=make.now())
    assert [use.picture for use in successor.picture_uses.all()] == [kept]
    child = create_process(
        title="Child", document_type="process", level=process.level, department=cast.purchasing, owner=process.owner, by=cast.author,
        now=make.now(),
    )  # fmt: skip
    fill(child.revisions.get(), content, by=cast.author, now=make.now())
    assert [use.picture for use in child.revisions.get().picture_uses.all()] == [kept]


@pytest.mark.django_db
def test_the_database_keeps_a_picture_as_it_is(cast: make.Cast, draft: Revision) -> None:
    drafting.add_picture(draft, picture(), by=cast.author, now=make.now())
    for change in (lambda: Picture.objects.update(width=1), lambda: Picture.objects.all().delete()):
        with pytest.raises((DatabaseError, ValueError)), transaction.atomic():
            change()


@pytest.mark.django_db
def test_the_hash_of_what_is_signed_names_the_picture(cast: make.Cast, draft: Revision) -> None:
    found = drafting.add_picture(draft, picture(), by=cast.author, now=make.now())
    describe(draft, f"![oven](picture:{found.sha256})", cast.author)
    draft.refresh_from_db()
    assert found.sha256.encode() in bytes(lifecycle.submit(draft, by=cast.author, now=make.now()).content)
