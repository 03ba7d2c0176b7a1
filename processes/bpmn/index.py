"""Finding things in a BPMN document by id, and keeping book of what was kept and what was lost."""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.utils.translation import gettext as _
from lxml import etree

from processes.bpmn import mending, tables
from processes.bpmn.document import DC, DI, MODEL, is_bpmn, local
from processes.canonical import NAME_LIMIT, clean

KEY: Final = re.compile(r"^[A-Za-z][A-Za-z0-9_-]{0,63}$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Lost:
    """Something of the file that the definition does not hold as it was: its element, id, name, and why.

    `fate`: "lost"; "partly", where the element is kept and something of it is not; "folded", where what it said became an arrow.
    `at` is the id of the nearest element that has one: itself, or what it lies in.
    """

    element: str
    id: str
    name: str
    why: str
    fate: str = "lost"
    at: str = ""


def name_of(element: etree._Element) -> str:
    """The name in one line."""
    return re.sub(r"\s+", " ", clean(element.get("name") or "")).strip()


class Index:
    """All elements by id; `keep` and `lose` are the two columns of the book."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.by_id: dict[str, etree._Element] = {}
        self.kept: set[etree._Element] = set()
        self.lost: list[Lost] = []
        self.mended: dict[str, None] = {}
        self._told: set[etree._Element] = set()
        self._cut: set[etree._Element] = set()
        self._keys: dict[etree._Element, str] = {}
        self._by_key: dict[str, etree._Element] = {}
        for element in root.iter():
            identity = element.get("id") if is_bpmn(element) else None
            if identity and identity in self.by_id:
                self.lose(element, tables.SAME_ID, still_kept=True, fate="partly")
            elif identity:
                self.by_id[identity] = element

    def find(self, reference: str | None) -> etree._Element | None:
        """The element that an id or a prefixed id names."""
        name = (reference or "").strip()
        return self.by_id.get(name, self.by_id.get(name.rpartition(":")[2]))

    def key(self, element: etree._Element) -> str:
        """The step key of an element: its id where that can be one, else made of it; the same each time, unique."""
        if element not in self._keys:
            if not element.get("id"):
                self.mended[mending.IDS] = None
            wanted = element.get("id") or f"{local(element)}-{len(self._keys)}"
            free = KEY.match(wanted) and wanted not in self._by_key
            made = wanted if free else "k" + hashlib.sha256(f"{wanted}/{len(self._keys)}".encode()).hexdigest()[:12]
            self._keys[element] = made
            self._by_key[made] = element
        return self._keys[element]

    @cached_property
    def pools(self) -> dict[etree._Element, etree._Element]:
        """Process → the first participant that names it."""
        found: dict[etree._Element, etree._Element] = {}
        for participant in self.all("participant"):
            process = self.find(participant.get("processRef")) if participant.get("processRef") else None
            if process is not None:
                found.setdefault(process, participant)
        return found

    def element(self, key: str) -> etree._Element:
        """The element for which `key` was made."""
        return self._by_key[key]

    def ties(self) -> dict[str, str]:
        """Element id → the key that was made of it, for everything that has one."""
        return {identity: self._keys[element] for identity, element in self.by_id.items() if element in self._keys}

    def keep(self, *elements: etree._Element) -> None:
        """These elements, with everything inside them that is not asked for elsewhere, are in the definition."""
        self.kept.update(elements)

    def lose(self, element: etree._Element, why: str, *, still_kept: bool = False, fate: str = "lost") -> None:
        """Write down that the element is not in the definition as it was; `still_kept`: what lies inside it is looked at all the same."""
        identity = clean(element.get("id") or "")
        near = next((clean(outer.get("id") or "") for outer in (element, *element.iterancestors()) if outer.get("id")), "")
        self.lost.append(Lost(local(element), identity, name_of(element)[:NAME_LIMIT], _(why), fate, near))
        if not still_kept:
            self._told.add(element)

    def short_name(self, element: etree._Element) -> str:
        """The name, cut where it is too long for one; the cut is told."""
        name = name_of(element)
        if len(name) <= NAME_LIMIT:
            return name
        if element not in self._cut:
            self._cut.add(element)
            self.lose(element, tables.CUT, still_kept=True, fate="partly")
        return name[: NAME_LIMIT - 1] + "…"

    def close(self) -> tuple[Lost, ...]:
        """Adds everything that nobody kept or told, each part once, and gives the whole list."""
        for element in self._unseen(self.root):
            self.lose(element, tables.LOST.get(local(element), tables.ELSE_LOST))
        return tuple(self.lost)

    def _unseen(self, parent: etree._Element) -> Iterator[etree._Element]:
        """The topmost elements that are neither kept nor told; what lies inside of one is lost with it."""
        for child in parent:
            if not isinstance(child.tag, str) or child in self._told:  # type: ignore[redundant-expr]
                continue
            if child in self.kept or local(child) in tables.FRAME:
                yield from self._unseen(child)
            else:
                yield child

    def drawn_at(self) -> Callable[[etree._Element], float | None]:
        """Where an element is drawn across the lanes: y, or x where its lane stands upright; None where it is not drawn."""
        places: dict[str, float] = {}
        for shape in self.root.iter(f"{{{DI}}}BPMNShape"):
            bounds = shape.find(f"{{{DC}}}Bounds")
            if bounds is None:
                continue
            axis = "x" if shape.get("isHorizontal") == "false" else "y"
            try:
                places[(shape.get("bpmnElement") or "").rpartition(":")[2]] = float(bounds.get(axis) or "")
            except ValueError:
                continue
        return lambda element: places.get((element.get("id") or "").rpartition(":")[2])

    def all(self, *names: str) -> Iterator[etree._Element]:
        """Every BPMN element of these names, in document order."""
        return self.root.iter(*(f"{{{MODEL}}}{name}" for name in names))
