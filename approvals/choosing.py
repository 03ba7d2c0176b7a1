"""Which of several routes a document takes: every criterion that is set has to fit, and the most specific route wins. Pure.

A criterion that is set beats one that is open, in this order: document type, level, department (the nearer to the document's
own, the more specific), confidentiality. Two routes with the same criteria are never in force together, so there is one winner.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

Any_ = TypeVar("Any_")
Rank = tuple[bool, bool, int, bool]


@dataclass(frozen=True, slots=True)
class Criteria:
    """For which documents a route holds; what is empty is open. `department` stands for itself and everything below."""

    document_type: str = ""
    level: str = ""
    department: int | None = None
    confidentiality: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What the criteria are held against. `departments` climbs from the document's own to the company."""

    document_type: str
    level: str
    departments: Sequence[int]
    confidentiality: str


def misfits(criteria: Criteria, subject: Subject) -> list[str]:
    """The names of the criteria that stand against this route; none where it fits."""
    fits = {
        "document_type": criteria.document_type in {"", subject.document_type},
        "level": criteria.level in {"", subject.level},
        "department": criteria.department is None or criteria.department in subject.departments,
        "confidentiality": criteria.confidentiality in {"", subject.confidentiality},
    }
    return [name for name, fit in fits.items() if not fit]


def rank(criteria: Criteria, subject: Subject) -> Rank:
    """How specific fitting criteria are for this document; the greater one wins."""
    nearness = 0 if criteria.department is None else len(subject.departments) - subject.departments.index(criteria.department)
    return bool(criteria.document_type), bool(criteria.level), nearness, bool(criteria.confidentiality)


def fitting(routes: Iterable[Any_], criteria: Callable[[Any_], Criteria], subject: Subject) -> list[Any_]:
    """Those that fit, the most specific one first; of equal ones the first one given."""
    found = [route for route in routes if not misfits(criteria(route), subject)]
    return sorted(found, key=lambda route: rank(criteria(route), subject), reverse=True)
