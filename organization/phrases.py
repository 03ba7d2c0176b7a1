"""Sentences that are kept: written once by whoever acts, read by each in their own language."""

import json
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext

MARK = "\x1e"
"""Begins what is kept of a phrase; no text that a person types begins with this control character."""


class Phrase(Promise):
    """A sentence of the catalogue with what stands in it; `str` gives it in the language that is on.

    `says` is the sentence as it stands in the catalogue, `given` fills its `%(name)s`: texts, numbers, or phrases.
    """

    def __init__(self, says: str, **given: "str | int | Phrase") -> None:
        self.says, self.given = says, given

    def __str__(self) -> str:
        return gettext(self.says) % self.given if self.given else gettext(self.says)

    _proxy____cast = __str__  # what Django asks of a lazy text that comes to a plain column

    def __repr__(self) -> str:
        return f"<Phrase {self.says!r} {self.given}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Phrase | str) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def kept(self) -> str:
        """As it is kept in a column of text."""
        return MARK + json.dumps(_parts(self), ensure_ascii=False, separators=(",", ":"))

    def within(self, length: int) -> "Phrase":
        """The same, with its longest text shortened until what is kept has no more characters than this."""
        over = len(self.kept()) - length
        if over <= 0 or not self.given:
            return self
        name = max(self.given, key=lambda one: _longest(self.given[one]))
        part = self.given[name]
        shorter = part.within(len(part.kept()) - over) if isinstance(part, Phrase) else f"{str(part)[: -over - 1]}…"
        return Phrase(self.says, **{**self.given, name: shorter})


def _longest(part: "str | int | Phrase") -> int:
    return max(map(_longest, part.given.values()), default=0) if isinstance(part, Phrase) else len(str(part))


def _parts(phrase: Phrase) -> list[Any]:
    return [phrase.says, {name: _parts(part) if isinstance(part, Phrase) else part for name, part in phrase.given.items()}]


def _whole(parts: list[Any]) -> Phrase:
    says, given = parts
    return Phrase(says, **{name: _whole(part) if isinstance(part, list) else part for name, part in given.items()})


class PhraseField(models.CharField):  # type: ignore[type-arg]
    """A text, or a phrase. For a database, and so for migrations, a column of characters as any other."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def deconstruct(self) -> Any:
        """As what it is in the database."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def from_db_value(self, value: str | None, _expression: object, _connection: object) -> Any:
        """A phrase where one was kept."""
        return self.to_python(value)

    def to_python(self, value: Any) -> Any:
        """As `from_db_value`, for what comes out of a file."""
        if isinstance(value, str) and value.startswith(MARK):
            return _whole(json.loads(value.removeprefix(MARK)))
        return value if isinstance(value, Phrase) else super().to_python(value)

    def get_prep_value(self, value: Any) -> Any:
        """What is kept."""
        if isinstance(value, Phrase):
            return value.within(self.max_length or 0).kept()
        return super().get_prep_value(value)

    def value_to_string(self, obj: models.Model) -> str:
        """For a file."""
        return str(self.get_prep_value(self.value_from_object(obj)))
