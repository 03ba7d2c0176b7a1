"""A copy as the data that the page template sets: its head, the procedure, its signatures, and the code that leads to its state."""

import datetime as dt
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import segno
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from approvals.history import Signed, signatures_of
from processes.charts import chart
from processes.content import definition_of
from processes.definition import Definition
from processes.exporting.blocks import Block, heading, in_order, pictures, plain, right_to_left
from processes.exporting.sheet import body
from processes.exporting.strips import OnPaper, on_paper
from processes.models import Picture, Revision
from processportal.copies.models import Copy
from processportal.copies.standing import State, standing_of

TYPST_LANGUAGES: Final = {"zh-hans": ("zh", "CN")}
LONGEST_TITLE: Final = 70
"""Characters of a title in the line above each page."""
HASH_PIECE: Final = 16

Files = dict[str, bytes]
Document = dict[str, Any]


def facts_of(revision: Revision, now: dt.datetime, copy: Copy) -> dict[str, Any]:
    """What stands in the head of the paper and is kept with the copy, in the language of whoever prints."""
    process, standing = revision.process, standing_of(copy, now)
    said = status(standing.state, standing.since)
    signed_on = [one.at for one in signatures_of(revision) if one.meaning == "approved"]
    rows = [
        (_("Number"), process.number),
        (_("Version"), copy.version or _("Draft")),
        (_("Status"), status(standing.state, None) if standing.state == State.CURRENT else said),
        (_("Effective from"), _day(revision.effective_from)),
        (_("Approved on"), _day(max(signed_on, default=None))),
        (_("Next review"), date_format(process.next_review_on) if process.next_review_on else ""),
        (_("Owner"), str(process.owner)),
        (_("Department"), str(process.department)),
        (_("Classification"), process.get_confidentiality_display()),
    ]
    return {
        "language": translation.get_language() or settings.LANGUAGE_CODE,
        "head": [[name, str(text)] for name, text in rows if text],
        "status": said,
        "state": standing.state.value,
        "type": process.get_document_type_display(),
        "classification": process.get_confidentiality_display(),
    }


def status(state: str, since: dt.date | None) -> str:
    """In words, on the paper."""
    day = {"day": date_format(since) if since else ""}
    return {
        State.CURRENT: _("In force since %(day)s") % day if since else _("In force"),
        State.COMING: _("In force from %(day)s") % day if since else _("Approved, not in force yet"),
        State.SUPERSEDED: _("Superseded on %(day)s") % day,
        State.WITHDRAWN: _("Withdrawn"),
        State.DRAFT: _("Draft, not in force"),
    }[State(state)]


def document_of(copy: Copy) -> tuple[Document, Files]:
    """The data and the pictures it names; with the same copy always the same. In the language in which the copy was made."""
    with translation.override(copy.facts["language"]):
        return _document(copy)


def _document(copy: Copy) -> tuple[Document, Files]:
    definition = definition_of(copy.revision)
    drawn, reason = _chart(definition)
    blocks = [*body(definition, drawn, reason), *_signatures(signatures_of(copy.revision), copy)]
    in_order(blocks)
    files: Files = {f"chart-{n}.svg": strip.svg for n, strip in enumerate(drawn.strips)} if drawn else {}
    files["code.svg"] = code(address_of(copy))
    shown = _pictures(copy.revision, pictures(blocks))
    _name_pictures(blocks, shown)
    files |= {f"{sha256}.webp": content for sha256, content in shown.items()}
    return {**_head(copy, definition), "blocks": blocks}, files


def address_of(copy: Copy) -> str:
    """Where anybody learns how the paper stands: under the portal's own name, whatever the request called it."""
    return portal_address("copies:check", copy.token)


def portal_address(name: str, *args: str) -> str:
    """A page of the portal, from outside."""
    return f"{settings.PORTAL_URL.rstrip('/')}{reverse(name, args=args)}"


def _head(copy: Copy, definition: Definition) -> Document:
    title, facts = definition.title or copy.process.title, copy.facts
    version = _("Version %(version)s") % {"version": copy.version} if copy.version else _("Draft")
    language, region = TYPST_LANGUAGES.get(definition.language, (definition.language.partition("-")[0], None))
    made = localtime(copy.printed_at)
    mark = watermark(copy)
    name = f"{copy.get_kind_display()} {copy.code}"
    printed = _("printed by %(name)s on %(moment)s") % {"name": copy.printed_by.name, "moment": date_format(made, "DATETIME_FORMAT")}
    return {
        "lang": language, "region": region, "date": [made.year, made.month, made.day],
        "title": f"{copy.process.number} {title}", "author": str(copy.process.owner), "number": copy.process.number,
        "short-title": title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…",
        "heading": title, "title-rtl": right_to_left(title), "eyebrow": facts["type"],
        "version": version, "status": facts["status"], "classification": facts["classification"],
        "watermark": mark, "watermark-width": width(mark), "facts": facts["head"], "paper": _paper(copy),
        "address": address_of(copy), "code-alt": _("Code that leads to %(address)s") % {"address": address_of(copy)},
        "check": _("Is this paper current? Scan the code, or open"),
        "page": _("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
        "footer": [f"{name} · {printed}", _footing(copy)],
    }  # fmt: skip


def _paper(copy: Copy) -> list[list[str]]:
    rows = [
        (_("This paper"), f"{copy.get_kind_display()} {copy.code}"),
        (_("Place"), copy.place),
        (_("Responsible"), str(copy.position or "")),
        (_("Printed by"), copy.printed_by.name),
        (_("Printed on"), date_format(localtime(copy.printed_at), "DATETIME_FORMAT")),
        (_("Valid until"), date_format(copy.valid_until)),
    ]
    return [[name, text] for name, text in rows if text]


def _footing(copy: Copy) -> str:
    day = {"day": date_format(copy.valid_until)}
    if copy.kind == Copy.Kind.UNCONTROLLED:
        return _("Nobody exchanges this print: check the code before you work by it. Valid until %(day)s.") % day
    return _("Valid until %(day)s, unless a newer version comes into force before.") % day


def watermark(copy: Copy) -> str:
    """Across each page of what must not be taken for the version in force."""
    return {
        State.DRAFT: _("DRAFT"),
        State.SUPERSEDED: _("SUPERSEDED"),
        State.WITHDRAWN: _("WITHDRAWN"),
    }.get(State(copy.facts["state"]), _("UNCONTROLLED") if copy.kind == Copy.Kind.UNCONTROLLED else "")


def width(text: str) -> float:
    """Of a watermark, in letters of usual width."""
    return sum(1.4 if unicodedata.east_asian_width(letter) in "WF" else 0.75 for letter in text)


def _chart(definition: Definition) -> tuple[OnPaper | None, str]:
    if not definition.steps:
        return None, ""
    drawn = chart(definition, label=definition.title)
    if drawn.svg is None:
        return None, drawn.message
    found = on_paper(drawn.svg, definition.title)
    return found, _("The flowchart is too large for paper. It is in the portal; the steps below are complete.")


def _signatures(signed: Sequence[Signed], copy: Copy) -> list[Block]:
    """The last page: who signed what, in which position and for whom, when, and on which content."""
    found: list[Block] = [{"t": "pagebreak"}, heading(1, _("Signatures"))]
    if not signed:
        return [*found, _sentence(_("Nothing is signed: this content has not been approved."))]
    sha256 = signed[0].sha256
    found.append(_sentence(_("Each signature is bound to exactly the content of this document.")))
    found.append({"t": "facts", "rows": [[_("Content (SHA-256)"), _pieces(sha256)]]})
    head = [plain(name) for name in (_("Meaning"), _("Signed by"), _("When"), _("Reason"), _("In the ledger"))]
    rows = [[plain(one.meaning_label), _signer(one), _moment(one.at), plain(one.reason), plain(f"№ {one.sequence}")] for one in signed]
    return [*found, {"t": "table", "head": head, "rows": rows, "widths": ["1fr", "1.8fr", "1.7fr", "1.4fr", "auto"]}]


def _signer(one: Signed) -> list[Block]:
    lines = [{"k": "b", "c": plain(one.person)}, *(span for text in (one.position, one.acting_for) if text for span in _next_line(text))]
    return list(lines)


def _moment(at: dt.datetime) -> list[Block]:
    """Of the company's clock, and of the world's."""
    here, there = localtime(at), f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC"
    if not here.utcoffset():
        return plain(there)
    return [*plain(f"{here:%Y-%m-%d %H:%M:%S %Z}"), *_next_line(there)]


def _next_line(text: str) -> list[Block]:
    return [{"k": "br"}, *plain(text)]


def _pieces(sha256: str) -> str:
    return " ".join(sha256[start : start + HASH_PIECE] for start in range(0, len(sha256), HASH_PIECE))


def _sentence(text: str) -> Block:
    return {"t": "p", "c": plain(text), "rtl": False}


def _pictures(revision: Revision, hashes: Iterable[str]) -> Mapping[str, bytes]:
    found = Picture.objects.filter(sha256__in=list(hashes), uses__revision=revision).values_list("sha256", "content")
    return {sha256: bytes(content) for sha256, content in found}


def _name_pictures(blocks: Iterable[Block], there: Mapping[str, bytes]) -> None:
    """The file of each picture; of one that is not this revision's, only its words."""
    for block in blocks:
        if block["t"] == "image":
            block["file"] = f"{block['sha256']}.webp" if block["sha256"] in there else ""
        _name_pictures(block.get("blocks", ()), there)
        for item in block.get("items", ()):
            _name_pictures(item, there)


def code(address: str) -> bytes:
    """The picture that leads there, as SVG."""
    kept = io.BytesIO()
    segno.make(address, error="m", micro=False).save(kept, kind="svg", border=0, scale=4, dark="#14202b")
    return kept.getvalue()


def _day(moment: dt.datetime | None) -> str:
    return date_format(localtime(moment)) if moment else ""
