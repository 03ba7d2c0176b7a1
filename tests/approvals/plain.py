"""A plain model of one document's life: who may decide what, and what holds when, without database, locks or resolution.

It knows only the rules that a company would write on a page. The machine of `test_life.py` drives the portal and this side by side.
"""

import datetime as dt
from dataclasses import dataclass, field

ENOUGH = {"department": 3, "company": 5}


@dataclass
class Stage:
    """Seats by their id, with the position that each asks; everybody asked has to approve."""

    seats: dict[int, int]
    level: int
    is_last: bool
    approved: dict[int, int] = field(default_factory=dict)
    """Seat → who approved in it."""

    @property
    def through(self) -> bool:
        """Whether all have approved."""
        return set(self.approved) == set(self.seats)


@dataclass
class Case:
    """One submission: what was frozen, who wrote it, and its stages in their order."""

    sha256: str
    authors: frozenset[int]
    planned: dt.date | None
    stages: list[Stage]

    @property
    def current(self) -> Stage:
        """The stage whose turn it is."""
        return next(stage for stage in self.stages if not stage.through)


@dataclass
class Version:
    """What was approved: its case, and from when until when it holds (None: until further notice)."""

    revision: int
    case: Case
    begins: dt.datetime
    ends: dt.datetime | None = None


@dataclass
class Life:
    """A document: a draft that somebody wrote, or a case, and the versions so far."""

    wrote: set[int] | None = None
    case: Case | None = None
    versions: list[Version] = field(default_factory=list)

    def holding(self, now: dt.datetime) -> list[int]:
        """The versions that hold at this instant."""
        return [one.revision for one in self.versions if one.begins <= now and (one.ends is None or now < one.ends)]

    def blocked_from(self, begins: dt.datetime) -> bool:
        """Whether something approved begins at this instant or later."""
        return any(one.begins >= begins for one in self.versions)

    def approve(self, revision: int, begins: dt.datetime) -> None:
        """The case is through: what held ends where this begins."""
        assert self.case is not None
        for one in self.versions:
            if one.ends is None or one.ends > begins:
                one.ends = begins
        self.versions.append(Version(revision, self.case, begins))
        self.case = self.wrote = None

    def take_back(self, version: Version) -> None:
        """Cancelled before its day: what was to end there holds on."""
        self.versions.remove(version)
        for one in self.versions:
            if one.ends == version.begins:
                one.ends = version.ends
        self.wrote = set(version.case.authors)
