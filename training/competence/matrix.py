"""The skills matrix: people against the abilities of all levels, and where they lack what their positions require."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization import gate
from organization.models import Ability, Appointment, Person
from training.models import AbilityRating, Assessment

MET, PARTLY, NOT = AbilityRating.Rated.MET.value, AbilityRating.Rated.PARTLY.value, AbilityRating.Rated.NOT.value
SIGNS = {MET: "●", PARTLY: "◐", NOT: "○", "": "–"}
WORDS: dict[str, Promise] = {
    MET: gettext_lazy("met"),
    PARTLY: gettext_lazy("partly met"),
    NOT: gettext_lazy("not met"),
    "": gettext_lazy("not assessed"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """How a person stands with an ability; `gap`: a position of theirs requires it and it is not met."""

    rated: str
    gap: bool

    @property
    def sign(self) -> str:
        """For the eye."""
        return SIGNS[self.rated]

    @property
    def words(self) -> str:
        """The same in words."""
        said = str(WORDS[self.rated])
        return _("%(rated)s, required") % {"rated": said} if self.gap else said


@dataclass(frozen=True, slots=True)
class Line:
    """One person: the level held and the one that their positions require (0: none), and a cell for each ability."""

    person: Person
    level: int
    required: int
    cells: Sequence[Cell]

    @property
    def gaps(self) -> int:
        """How many abilities are missing."""
        return sum(cell.gap for cell in self.cells)


def columns() -> list[tuple[int, str]]:
    """Level and ability, in the order of the ladder."""
    return [(one.level_id, _(one.text)) for one in Ability.objects.order_by("level", "order")]


def lines(people: Sequence[Person], day: dt.date) -> list[Line]:
    """A held level stands for its abilities and those below; above it the last signed ratings speak. A fixed number of queries."""
    ids = [person.pk for person in people]
    abilities = list(Ability.objects.order_by("level", "order").values_list("pk", "level"))
    held = gate.levels_of(ids, day)
    required: dict[int, int] = {}
    for appointment in Appointment.objects.on(day).filter(person__in=ids).select_related("position"):
        required[appointment.person_id] = max(required.get(appointment.person_id, 0), gate.required_by(appointment.position))
    last = _last(ids)
    return [
        Line(
            person, level := held.get(person.pk, 0), needs := required.get(person.pk, 0),
            [_cell(of, level, needs, last.get((person.pk, ability), "")) for ability, of in abilities],
        )
        for person in people
    ]  # fmt: skip


def _cell(of: int, level: int, needs: int, rated: str) -> Cell:
    stands = MET if of <= level else rated
    return Cell(stands, gap=level < of <= needs and stands != MET)


def _last(people: Sequence[int]) -> dict[tuple[int, int], str]:
    """Person and ability → the worst rating of the last assessment that was signed."""
    concluded = (Assessment.State.PASSED, Assessment.State.FAILED)
    rows = AbilityRating.objects.filter(
        assessor__assessment__candidate__in=people, assessor__assessment__state__in=concluded, assessor__ended_at__isnull=True
    ).order_by("assessor__assessment__closed_at", "assessor__assessment")
    found: dict[tuple[int, int], tuple[int, str]] = {}
    for person, ability, which, rated in rows.values_list("assessor__assessment__candidate", "ability", "assessor__assessment", "rated"):
        before = found.get((person, ability))
        worst = max(rated, before[1], key=(MET, PARTLY, NOT).index) if before is not None and before[0] == which else rated
        found[person, ability] = (which, worst)
    return {key: rated for key, (_which, rated) in found.items()}


def as_rows(people: Iterator[Sequence[Person]], day: dt.date) -> Iterator[list[str]]:
    """The matrix for a spreadsheet: a head, then a row for each person, read in batches."""
    yield [_("Login name"), _("Name"), _("Level"), _("Required level"), _("Gaps"), *(f"{level} · {text}" for level, text in columns())]
    for some in people:
        for line in lines(some, day):
            told = (line.person.login, line.person.name, str(line.level), str(line.required), str(line.gaps))
            yield [*told, *(cell.words for cell in line.cells)]
