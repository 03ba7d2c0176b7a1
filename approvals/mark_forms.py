"""Marks as a form sends them: one choice for each change, named by its place, beside a hash of what the change said."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from approvals.marks import Given
from processes.wording import Mark

VALUES = {str(int(mark)): mark for mark in Mark}


@dataclass(frozen=True, slots=True)
class Typed:
    """What was sent; anything that is no mark counts as nothing said."""

    marks: Mapping[str, Mark] = field(default_factory=dict)
    wordings: Mapping[str, str] = field(default_factory=dict)
    seen: str = ""
    was_sent: bool = False

    @property
    def given(self) -> Given:
        """As the story takes it."""
        return Given(self.marks, self.seen)


NOTHING_TYPED = Typed()


def typed(data: Mapping[str, str]) -> Typed:
    """Reads the fields `mark/…`, `said/…` (what the change said), `was/…` (the mark that was shown) and `marks_seen` of a form.

    A mark that was left as it was shown says nothing: somebody else may correct it meanwhile.
    """
    chosen = {name: VALUES[value] for name, value in _named("mark/", data) if value in VALUES and value != data.get(f"was/{name}")}
    said = dict(_named("said/", data))
    return Typed(chosen, said, data.get("marks_seen", "")[:64], was_sent=bool(said))


def _named(prefix: str, data: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name.removeprefix(prefix), value) for name, value in data.items() if name.startswith(prefix)]
