"""A Word document: headings become sections, lists and tables become steps, "Responsible:" and bold names become roles. Pure.

Each block of the document is either in the definition or listed with its place and the reason.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import mammoth
import mammoth.transforms
from django.utils.translation import gettext as _
from lxml import html
from mammoth.documents import NoteReference

from processes.canonical import NAME_LIMIT, TEXT_LIMIT
from processes.definition import Flow, Record, Reference, Step, new_key
from processes.documents import album, opening
from processes.documents.building import Builder, language_of
from processes.documents.columns import fields_of, step_of
from processes.documents.found import Found, NotRead
from processes.documents.phrases import JUMP, NUMBERED, OTHER, RESPONSIBLE, ROLE, all_bold, section_of, text_of


def read_docx(data: bytes, name: str) -> Found:
    """The procedure in a document. Raises NotRead."""
    opening.check(data, "docx")
    taken = album.Album()
    try:
        made = mammoth.convert_to_html(
            io.BytesIO(data),
            convert_image=mammoth.images.img_element(taken.take),
            transform_document=_with_each_note_once,
        )
    except Exception as fault:  # the library meets whatever a file holds with whatever error
        raise NotRead(_("The document cannot be read. Open it in Word, save it anew as .docx and try again.")) from fault
    reader = Reader()
    body = html.fragment_fromstring(made.value, create_parent="div")
    taken.write_into(body)
    reader.blocks(body)
    definition = reader.finish(name, body)
    return Found(definition, tuple(reader.builder.not_taken), made.value, tuple(taken.pictures.values()))


def _with_each_note_once(document: Any) -> Any:
    """A note is written out at each place that refers to it: in a file that nobody wrote with Word, a small one many thousand times."""
    named = [(one.note_type, one.note_id) for one in mammoth.transforms.get_descendants_of_type(document, NoteReference)]
    if len(named) > len(set(named)):
        raise ValueError("a note is referred to twice")
    return document


@dataclass
class Reader:
    """Goes through the blocks of a document's HTML."""

    builder: Builder = field(default_factory=Builder)
    section: str = ""
    heading: str = ""
    title: str = ""
    texts: dict[str, list[str]] = field(default_factory=lambda: {"purpose": [], "scope": [], "references": [], "notes": []})
    records: list[Record] = field(default_factory=list)
    jumps: list[tuple[int, str, int]] = field(default_factory=list)
    loose: list[tuple[str, Any]] = field(default_factory=list)
    """Paragraphs under the heading of the steps before the first numbered one; the steps themselves where none is numbered."""
    numbered: bool = False
    """Whether a step was found that is one beyond doubt: numbered, or in a table."""

    def blocks(self, parent: Any) -> None:
        """Every block below this element, in its order."""
        for element in parent:
            handle: Callable[[Any], None] = {"ol": self._list, "ul": self._list, "table": self._table}.get(element.tag, self._paragraph)
            self._pictures(element)
            (self._heading if re.fullmatch(r"h[1-6]", str(element.tag)) else handle)(element)

    def _pictures(self, element: Any) -> None:
        for picture in element.iter("img"):
            self.builder.leave(
                self._where(), _("(a picture)"), picture.get(album.WHY) or _("Pictures in headings and tables are not taken.")
            )

    def _where(self) -> str:
        return self.heading or _("Beginning")

    def _heading(self, element: Any) -> None:
        text = text_of(element)
        if not text:
            return
        section = section_of(text)
        if not self.title and not section and not self.builder.steps and not any(self.texts.values()):
            self.title = text
        elif section:
            self.section = section
        elif self.section == "steps":
            self.builder.leave(self._where(), text, _("A heading inside the steps."))
        else:
            self.section = ""
            self.texts["notes"].append(text)
        self.heading = text

    def _paragraph(self, element: Any) -> None:
        text = text_of(element)
        if not text:
            return
        if album.ONLY.fullmatch(text):
            self._picture_line(text)
            return
        section = section_of(text) if all_bold(element) else ""
        if section:
            self.section, self.heading = section, text
        elif self.section == "steps":
            self._step_line(text, element, numbered=bool(NUMBERED.match(text)))
        elif self.section in {"purpose", "scope"}:
            self.texts[self.section].append(text)
        elif self.section in {"references", "records", "roles"}:
            self._entry(text)
        elif not self.title and not any(self.texts.values()):
            self.title = text
        else:
            self.texts["notes"].append(text)

    def _picture_line(self, text: str) -> None:
        """A paragraph of nothing but pictures belongs to the step above it, or to the text of its section."""
        if self.section == "steps" and self.numbered and self.builder.steps:
            self.builder.describe(text, self._where())
        else:
            self.texts[self.section if self.section in {"purpose", "scope"} else "notes"].append(text)

    def _list(self, element: Any) -> None:
        of_steps = self.section == "steps" or (not self.section and element.tag == "ol")
        if of_steps and element.tag == "ul" and self.numbered:
            self._sub_lines(element)
            return
        for item in element.iterchildren("li"):
            inner = [child for child in item if child.tag in {"ol", "ul"}]
            text = text_of(item, without=inner)
            if not of_steps:
                for line in filter(None, (text, *(text_of(child) for child in inner))):
                    self._line_of_list(line)
                continue
            if album.ONLY.fullmatch(text):
                self._picture_line(text)
            elif text:
                self._step_line(text, item, numbered=True)
            for child in inner:
                self._sub_lines(child)

    def _line_of_list(self, line: str) -> None:
        if self.section in {"records", "references", "roles"}:
            self._entry(line)
        else:
            self.texts[self.section if self.section in self.texts else "notes"].append(f"- {line}")

    def _sub_lines(self, element: Any) -> None:
        for item in element.iter("li"):
            text = text_of(item, without=[child for child in item if child.tag in {"ol", "ul"}])
            if text and self.builder.steps:
                self._inner(text)

    def _inner(self, text: str) -> None:
        """A line below a step: who does it, where it leads, or more about it."""
        responsible = RESPONSIBLE.match(text)
        if responsible:
            self._responsible(responsible.group(1))
        elif not self._jump(text):
            self.builder.describe(f"- {text}", self._where())

    def _responsible(self, title: str) -> None:
        last = self.builder.steps[-1]
        self.builder.steps[-1] = _with(last, role=self.builder.role(title))

    def _step_line(self, text: str, element: Any, *, numbered: bool) -> None:
        responsible = RESPONSIBLE.match(text)
        if responsible and self.builder.steps:
            self._responsible(responsible.group(1))
            return
        if not numbered and self.numbered:
            if not self._jump(text):
                self.builder.describe(text, self._where())
            return
        if not numbered:
            self.loose.append((text, element))
            return
        self.numbered = True
        self._step(text, element)

    def _step(self, text: str, element: Any) -> None:
        plain = NUMBERED.sub("", text, count=1).strip()
        role, plain = self._role_of(plain, element)
        first, _line, rest = plain.partition("\n")
        if JUMP.search(first):  # what leads elsewhere is said by its arrow
            first = JUMP.sub("", first).strip(" .,;。，；") or first
        name, more = (first[:NAME_LIMIT], "\n".join(part for part in ((plain if len(first) > NAME_LIMIT else rest),) if part))
        asks = name.endswith(("?", "？"))
        step = Step(new_key(), "decision" if asks else "activity", name, role, description=more[:TEXT_LIMIT])
        self.builder.add(step, self._where())
        self._jump(plain)

    def _role_of(self, text: str, element: Any) -> tuple[str, str]:
        """Words with a colon, as in “Buyer: checks the offer”, and a bold name in front of a sentence say who does it."""
        named = ROLE.match(text)
        if named:
            return self.builder.role(named.group(1)), named.group(2).strip()
        bold = next((child for child in element.iter("strong")), None)
        title = text_of(bold) if bold is not None else ""
        if title and text.startswith(title) and 0 < len(title) < len(text) and len(title) <= 60:
            return self.builder.role(title), text[len(title) :].strip(" :：-–—")
        return "", text

    def _jump(self, text: str) -> bool:
        """Makes what leads elsewhere, as in “If no, go to step 3”, a branch of the last step; whether the text is nothing more."""
        found = list(JUMP.finditer(text))
        for jump in found:
            groups = jump.groupdict()
            label = (groups["label"] or groups["标"] or groups["word"] or "").strip()
            self.jumps.append((len(self.builder.steps) - 1, label, int(groups["to"] or groups["至"] or groups["number"])))
        return bool(found) and not JUMP.sub("", text).strip(" .,;。，；/")

    def _entry(self, text: str) -> None:
        if self.section == "records":
            name, _dash, kept = text.partition(" – ")
            self.records.append(Record(new_key(), self._short(name), retention=self._short(kept)))
        elif self.section == "references":
            self.texts["references"].append(self._short(text))
        else:
            self.texts["notes"].append(text)

    def _short(self, text: str) -> str:
        """What fits into a line; the whole of a longer one is listed."""
        if len(text) > NAME_LIMIT:
            self.builder.leave(self._where(), text, _("Longer than %(most)d characters; its beginning is kept.") % {"most": NAME_LIMIT})
        return text.strip()[:NAME_LIMIT]

    def _table(self, element: Any) -> None:
        rows = [[text_of(cell) for cell in row.iter("td", "th")] for row in element.iter("tr")]
        head = fields_of(rows[0]) if rows else []
        if self.section == "records" or ("records" in head and "name" not in head):
            self._records_table(rows)
        elif "name" in head and len([field for field in head if field]) > 1:
            for number, row in enumerate(rows[1:], 1):
                step, left = step_of(row, head, new_key(), self.builder.role)
                where = _("%(heading)s, row %(number)d") % {"heading": self._where(), "number": number}
                if step:
                    self.numbered = True
                    self.builder.add(step, where)
                for text in left:
                    self.builder.leave(where, text, _("No field of a step takes it.") if step else _("The row names no step."))
        else:
            for row in rows:
                for text in filter(None, row):
                    self.builder.leave(self._where(), text, _("A table whose columns are not known."))

    def _records_table(self, rows: list[list[str]]) -> None:
        for row in rows[1:]:
            name, kept_by, retention, *more = (self._short(cell) for cell in (*row, "", "", ""))
            if name:
                self.records.append(Record(new_key(), name, kept_by, retention))
            for text in filter(None, more if name else (kept_by, retention, *more)):
                self.builder.leave(self._where(), text, _("No field of a record takes it."))
        for text in filter(None, rows[0] if rows else []):
            self.builder.leave(self._where(), text, _("A heading of a table."))

    def finish(self, name: str, body: Any) -> Any:
        """The definition. Branches need all numbers; they count the steps of the document."""
        steps = self.builder.steps
        for text, element in self.loose:
            if self.numbered:
                self.texts["notes"].append(text)
            else:
                self._step(text, element)
        for place, label, number in self.jumps:
            if 1 <= number <= len(steps):
                flow = Flow(new_key(), steps[number - 1].key, label[:NAME_LIMIT])
                onward = () if steps[place].flows else (Flow(new_key(), label=OTHER.get(label.lower(), "")),)
                steps[place] = _with(steps[place], kind="decision", flows=(*onward, *steps[place].flows, flow))
            else:
                steps[place] = _with(steps[place], description=f"{steps[place].description}\n{label} → {number}".strip())
        if len(self.title) > NAME_LIMIT:
            self.texts["notes"].insert(0, self.title)
        return self.builder.definition(
            title=(self.title or name)[:NAME_LIMIT],
            language=language_of(body.text_content()),
            purpose="\n\n".join(self.texts["purpose"])[:TEXT_LIMIT],
            scope="\n\n".join(self.texts["scope"])[:TEXT_LIMIT],
            records=tuple(self.records),
            references=tuple(_references(self.texts["references"])),
            notes="\n\n".join(self.texts["notes"])[:TEXT_LIMIT],
        )


def _references(lines: list[str]) -> Iterator[Reference]:
    for line in lines:
        yield Reference(new_key(), line)


def _with(step: Step, **changes: Any) -> Step:
    return replace(step, **changes)
