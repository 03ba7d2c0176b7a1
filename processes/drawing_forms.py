"""What becomes of a drawing: where it goes, and which role of the catalogue each lane means."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from organization.models import Department, Person
from organization.scope import Scope
from processes.bringing_in import Asked
from processes.forms import ImportForm
from processes.role_matching import Match
from processes.roles import catalogue_title

MOST: Final = 60
"""Lanes that are asked about; further ones keep their names."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane of the drawing with its two fields."""

    match: Match
    role: BoundField
    name: BoundField


class DrawingForm(ImportForm):
    """Department, owner, and for each lane an existing role, a new one called like the lane, or another name."""

    def __init__(self, data: Any, *, scope: Scope, person: Person) -> None:
        super().__init__(data, scope=scope, person=person, initial={}, drawn=True)
        self.matches: Sequence[Match] = ()

    def chosen_department(self, wanted: str) -> Department | None:
        """The department that was sent, else asked for in the address, else the person's own."""
        field: Any = self.fields["department"]
        for value in (self.data.get("department"), wanted, self.initial.get("department")):
            found = field.queryset.filter(pk=value).first() if str(value or "").isdecimal() else None
            if found is not None:
                self.initial["department"] = found.pk
                return found  # type: ignore[no-any-return]
        return None

    def ask_for_roles(self, matches: Sequence[Match]) -> None:
        """Adds the fields of the lanes."""
        self.matches = matches[:MOST]
        for n, match in enumerate(self.matches):
            title = catalogue_title(match.title)
            choices = {option: option for option in match.options}
            choices.setdefault(title, _("New role of this name"))
            choices.setdefault(catalogue_title(match.short), _("New role: %(title)s") % {"title": match.short})
            label = _("Role for the lane “%(lane)s”") % {"lane": match.title}
            self.fields[f"role-{n}"] = forms.CharField(
                label=label,
                initial=catalogue_title(match.taken),
                required=False,
                max_length=160,
                widget=forms.Select(choices=list(choices.items())),
            )
            self.fields[f"name-{n}"] = forms.CharField(
                label=_("Another name for the lane “%(lane)s”") % {"lane": match.title}, required=False, max_length=160,
                widget=forms.TextInput(attrs={"list": "catalogue-roles", "autocomplete": "off", "placeholder": _("or another name")}),
            )  # fmt: skip

    def lanes(self) -> Iterator[Lane]:
        """The rows of the form."""
        for n, match in enumerate(self.matches):
            yield Lane(match, self[f"role-{n}"], self[f"name-{n}"])

    def asked_for(self, *, apart: bool) -> Asked:
        """The answers."""
        roles: dict[str, str] = {}
        for n, match in enumerate(self.matches):
            chosen = self.cleaned_data[f"name-{n}"] or self.cleaned_data[f"role-{n}"]
            roles[match.title] = catalogue_title(chosen) or match.title
        asked = Asked(department=self.cleaned_data["department"], owner=self.cleaned_data["owner"])
        return replace(asked, apart=apart, roles=roles)
