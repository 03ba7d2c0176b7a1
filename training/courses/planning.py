"""How many sessions a training takes, and what is missing of it. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Need:
    """`people` need the course, `completed` have it, `placed` of the others have a place before the day; `free` places are left there."""

    people: int
    completed: int
    placed: int
    free: int
    places: int
    """In a session, as the course says."""

    @property
    def missing(self) -> int:
        """Who has not completed it."""
        return self.people - self.completed

    @property
    def sessions(self) -> int:
        """How many sessions that takes, whether planned or not."""
        return -(-self.missing // self.places)

    @property
    def without_place(self) -> int:
        """Who would have no place even if all that are free were taken."""
        return max(self.missing - self.placed - self.free, 0)

    @property
    def to_plan(self) -> int:
        """How many further sessions have to be planned."""
        return -(-self.without_place // self.places)
