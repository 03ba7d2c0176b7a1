"""The pictures of a Word document, and where its text shows them. Pure."""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _
from lxml import html

from processes.canonical import sha256
from processes.picture_files import LARGEST, NotAPicture, Prepared, prepare

MOST: Final = 60
"""Pictures of one document; each takes some 100 ms to write anew."""
WHY: Final = "data-why"
"""The attribute of a picture that is not taken, which says why."""
ONLY: Final = re.compile(r"(?:!\[[^\]\n]*\]\(picture:[0-9a-f]{64}\)\s*)+")
NOT_IN: Final = ("table", "h1", "h2", "h3", "h4", "h5", "h6")


@dataclass
class Album:
    """The pictures so far, by the hash of their bytes."""

    pictures: dict[str, Prepared] = field(default_factory=dict)
    known: dict[str, dict[str, str]] = field(default_factory=dict)
    """Hash of what stands in the document → the attributes: one picture may be shown many thousand times."""

    def take(self, image: Any) -> dict[str, str]:
        """The attributes of the element that stands for an image of the document."""
        with image.open() as stream:
            data = stream.read(LARGEST + 1)
        original = sha256(data)
        if original not in self.known:
            self.known[original] = self._taken(data)
        return self.known[original]

    def _taken(self, data: bytes) -> dict[str, str]:
        if len(self.known) >= MOST:
            return {WHY: _("More than %(most)d pictures; add the others by hand.") % {"most": MOST}}
        try:
            made = prepare(data)
        except NotAPicture as fault:
            return {WHY: str(fault)}
        hashed = sha256(made.content)
        self.pictures[hashed] = made
        return {"src": f"picture:{hashed}"}

    def write_into(self, body: Any) -> None:
        """Puts Markdown in the place of each picture that is taken, on a line of its own; those in tables and headings stay elements."""
        for place, element in enumerate([one for one in body.iter("img") if one.get("src")], 1):
            if any(True for _above in element.iterancestors(*NOT_IN)):
                continue
            words = re.sub(r"[\[\]\\\s]+", " ", element.get("alt") or "").strip()[:100]
            line = html.Element("p")
            line.text = f"![{words or _('Picture %(number)d') % {'number': place}}]({element.get('src')})"
            line.tail = element.tail
            element.getparent().replace(element, line)
            line.addprevious(html.Element("br"))
