"""The role catalogue: roles named in a document become entries, filled by positions later."""

from collections.abc import Iterable, Sequence
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from organization.models import Department
from processes.definition import Definition
from processes.models import Role

MOST: Final = 3_000
"""Titles that a drawing's lanes are compared with."""


def catalogue_title(text: str) -> str:
    """A title as the catalogue keeps it: single spaces, at most 160 characters."""
    return " ".join(text.split())[:160].strip()


def titles(definition: Definition) -> Sequence[str]:
    """Titles of the roles inside the company, as written, each once (without regard to case), in lane order."""
    found: dict[str, str] = {}
    for role in definition.roles:
        title = catalogue_title(role.title)
        if title and not role.external:
            found.setdefault(title.casefold(), title)
    return list(found.values())


def ensure_catalogue(definition: Definition, department: Department) -> dict[str, Role]:
    """Folded title → entry for every role of the document; a new title becomes an unassigned role of the department.

    A role of the department goes before one of the whole company.
    """
    return {title.casefold(): _find(title, department) or _create(title, department) for title in titles(definition)}


def unassigned(definition: Definition, department: Department) -> list[str]:
    """Titles that no position fills: a warning to the author, since nobody is reached through them."""
    found = ((title, _find(title, department)) for title in titles(definition))
    return [title for title, role in found if role is None or not role.positions.exists()]


def with_titles_like(text: str, department: Department, limit: int = 20) -> QuerySet[Role]:
    """For the autocompletion of lanes: roles of the department and of the company that contain this text, by title."""
    return _of(department).filter(title__icontains=text).order_by("title", "pk")[:limit]


def titles_of(departments: Iterable[Department]) -> list[str]:
    """Titles in the catalogues of these departments and of the company, each once."""
    found = Role.objects.filter(Q(department__in=departments) | Q(department__isnull=True))
    return list(found.order_by("title").values_list("title", flat=True).distinct()[:MOST])


def _of(department: Department) -> QuerySet[Role]:
    return Role.objects.filter(Q(department=department) | Q(department__isnull=True))


def _find(title: str, department: Department) -> Role | None:
    return _of(department).filter(title__iexact=title).order_by(F("department").asc(nulls_last=True)).first()


def _create(title: str, department: Department) -> Role:
    try:
        with transaction.atomic():
            return Role.objects.create(title=title, department=department)
    except IntegrityError:  # somebody else typed the same new title at this moment
        return Role.objects.get(title__iexact=title, department=department)
