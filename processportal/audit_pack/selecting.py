"""Of what a pack is made: of one process, or of a department with everything below it. What comes later adds its selector to the list."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.models import Department
from organization.past import below_then
from organization.refusals import Refused
from organization.scope import Scope
from processes.models import Process
from processes.querysets import ProcessQuerySet


@dataclass(frozen=True, slots=True)
class Chosen:
    """What it is called, and the processes that belong to it, seen or not."""

    title: str
    processes: ProcessQuerySet


class Selector(Protocol):
    """One way to say of what. `field` asks for it, `key` is what is kept of the answer, `chosen` finds it again."""

    label: str | Promise

    def field(self) -> forms.Field:
        """The question."""

    def key(self, value: Any) -> str:
        """Of a value of that field."""

    def chosen(self, key: str, scope: Scope, at: dt.datetime) -> Chosen:
        """As it was at that moment. Raises Refused where there is none that this person may ask for."""


class OfProcess:
    """One process, by its number."""

    label: str | Promise = gettext_lazy("One process")

    def field(self) -> forms.Field:
        """A number."""
        return forms.CharField(label=gettext_lazy("Number of the process"), max_length=40, help_text=gettext_lazy("Such as PUR-010."))

    def key(self, value: Any) -> str:
        """The number as it is written."""
        return str(value).strip()

    def chosen(self, key: str, scope: Scope, at: dt.datetime) -> Chosen:
        """One that may not be seen is not there."""
        process = Process.objects.visible_to(scope).exclude(state=Process.State.DISCARDED).filter(number__iexact=key).first()
        if process is None:
            raise Refused(_("There is no process %(number)s that you may see.") % {"number": key})
        return Chosen(str(process), Process.objects.filter(pk=process.pk))


class OfDepartment:
    """A department, with the departments that lay below it on the asked day."""

    label: str | Promise = gettext_lazy("A department with all below it")

    def field(self) -> forms.Field:
        """Any department: which ones there are everybody knows."""
        return forms.ModelChoiceField(Department.objects.order_by("code"), label=gettext_lazy("Department"))

    def key(self, value: Any) -> str:
        """Its code."""
        return str(value.code)

    def chosen(self, key: str, scope: Scope, at: dt.datetime) -> Chosen:
        """All processes whose home lay in it then."""
        found = Department.objects.filter(code=key).first()
        if found is None:
            raise Refused(_("There is no such department."))
        return Chosen(f"{found.code} {found.name}", Process.objects.at_home_in(below_then({found.pk}, at), at))


SELECTORS: Final[Mapping[str, Selector]] = {"process": OfProcess(), "department": OfDepartment()}
