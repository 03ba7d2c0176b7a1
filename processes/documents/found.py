"""What a document gave: a definition, and everything of it that is not in there. Pure."""

from dataclasses import dataclass

from processes.definition import Definition
from processes.picture_files import Prepared


class NotRead(Exception):
    """The file cannot be read; the message is a translated sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Something of the document that the definition does not hold: where it stood, its text, and why."""

    where: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """`original` is the document as HTML that nobody has cleaned yet, to stand beside what was understood.

    `pictures` are those that the definition's texts show.
    """

    definition: Definition
    not_taken: tuple[NotTaken, ...] = ()
    original: str = ""
    pictures: tuple[Prepared, ...] = ()
