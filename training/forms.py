"""Forms of the audience page: a rule of each kind, and whom to find among the readers."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization import gate
from organization.forms import DAY, DepartmentChoice, day_field, person_field
from organization.models import Department, Level, Position
from organization.sentences import listed
from processes.models import Process, Role
from training.audiences import Target, new_rule
from training.models import AudienceRule

KINDS: Final[dict[str, Any]] = {
    "department": gettext_lazy("Department"),
    "position": gettext_lazy("Position"),
    "role": gettext_lazy("Process role"),
    "level": gettext_lazy("Level"),
    "person": gettext_lazy("Person"),
    "company": gettext_lazy("Everybody"),
}
NARROW: Final[dict[str, Any]] = {
    "department": (("", gettext_lazy("With everything below it")), ("1", gettext_lazy("Only the department itself"))),
    "level": (("", gettext_lazy("This level and those above it")), ("1", gettext_lazy("Exactly this level"))),
}
PROPOSED: Final = 5
TITLED: Final = re.compile(r"^(?P<title>.+?)\s*\((?P<code>[^()]*)\)$")


class TitledField(forms.CharField):
    """A position or role, typed as "Buyer (PUR)" or as its title alone where no other has it; the browser proposes while one types."""

    def __init__(self, rows: QuerySet[Any], options: str, **kwargs: Any) -> None:
        self.rows = rows.select_related("department")
        proposals = {"list": "targets", "autocomplete": "off", "hx-target": "#targets", "hx-trigger": "input changed delay:200ms"}
        super().__init__(max_length=200, widget=forms.TextInput(attrs={**proposals, "hx-get": options}), **kwargs)

    def clean(self, value: Any) -> Any:
        """The row, None where nothing may be named; raises ValidationError with some that are called alike."""
        text = super().clean(value)
        if not text:
            return None
        split = TITLED.match(text)
        of = _code(split["code"]) if split else Q()
        exact = list(self.rows.filter(of, title__iexact=split["title"]) if split else self.rows.filter(title__iexact=text)[:PROPOSED])
        found = exact or list(self.rows.filter(title__iexact=text)[:PROPOSED])
        if len(found) == 1:
            return found[0]
        alike = found or list(self.rows.filter(title__icontains=split["title"] if split else text).order_by("title", "pk")[:PROPOSED])
        if alike:
            raise forms.ValidationError(_("Which one? Write it as one of: %(names)s.") % {"names": listed(map(titled, alike))})
        raise forms.ValidationError(_("Nothing is called “%(text)s”. Type a part of the title and choose.") % {"text": text})


class LevelChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Shows number and name."""

    def label_from_instance(self, obj: Level) -> str:
        """`Level 3 · process analyst`."""
        return gate.level_name(obj.number)


def titled(row: Any) -> str:
    """A position or role as it is typed: "Buyer (PUR)"; a role of the whole company has no code."""
    return f"{row.title} ({row.department.code})" if row.department else str(row.title)


def positions(day: dt.date) -> QuerySet[Position]:
    """What a rule may name."""
    found: QuerySet[Position] = Position.objects.existing(day).select_related("department").order_by("title", "pk")
    return found


class RuleForm(forms.Form):
    """A rule of one kind: whom, whether they must or need not read it, from when until when."""

    excludes = forms.TypedChoiceField(
        label=gettext_lazy("What it says"),
        choices=(("", gettext_lazy("They must read it")), ("1", gettext_lazy("They need not read it, whatever other rules say"))),
        coerce=bool,
        required=False,
        widget=forms.RadioSelect,
    )
    starts_on = day_field(gettext_lazy("From"), required=False, help_text=gettext_lazy("Leave empty for today."))
    last_day = day_field(gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Leave empty when it is open."))

    field_order = (*KINDS, "narrow", "excludes", "starts_on", "last_day")

    def __init__(self, *args: Any, kind: str, process: Process, roles: QuerySet[Role], day: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.process, self.day = kind, process, day
        self.fields["kind"] = forms.CharField(widget=forms.HiddenInput, required=False, initial=kind)
        if kind != "company":
            self.fields[kind] = self._target(roles)
        if kind in NARROW:
            self.fields["narrow"] = forms.TypedChoiceField(
                label=_("How far"), choices=NARROW[kind], coerce=bool, required=False, widget=forms.RadioSelect
            )
        self.order_fields(self.field_order)
        self.initial = {"excludes": "", "narrow": "", **(self.initial or {})}

    def _target(self, roles: QuerySet[Role]) -> forms.Field:
        options = reverse("training:targets", args=[self.process.number, self.kind])
        if self.kind == "department":
            return DepartmentChoice(Department.objects.existing(self.day).order_by("code"), label=_("Department"))
        if self.kind == "position":
            return TitledField(positions(self.day), options, label=_("Position"), help_text=_("Whoever holds it, today and later."))
        if self.kind == "role":
            return TitledField(roles, options, label=_("Process role"), help_text=_("Whoever holds a position that fills this role."))
        if self.kind == "level":
            return LevelChoice(Level.objects.order_by("number"), label=_("Level"))
        return person_field(_("Person"))

    def clean(self) -> dict[str, Any]:
        """Everybody: the department in which all others lie."""
        data = super().clean() or {}
        if self.kind == "company":
            data["company"] = Department.objects.existing(self.day).filter(parent__isnull=True).order_by("pk").first()
            if data["company"] is None:
                self.add_error(None, _("There is no company yet: add its department first."))
        return data

    def rule(self) -> AudienceRule:
        """What was typed, not written yet."""
        target, how = self.asked()
        return new_rule(self.process, target, how.pop("starts_on") or self.day, **how)

    def asked(self) -> tuple[Target, dict[str, Any]]:
        """The target and the rest, as `add_rule` takes them."""
        data = self.cleaned_data
        last: dt.date | None = data.get("last_day")
        return data[self.kind], {
            "excludes": bool(data["excludes"]),
            "narrow": bool(data.get("narrow")),
            "starts_on": data.get("starts_on"),
            "ends_before": last + DAY if last else None,
        }


def options(kind: str, typed: str, roles: QuerySet[Role], day: dt.date, rows: int) -> Sequence[str]:
    """Positions or roles whose title contains what was typed, or whose code it is."""
    found: QuerySet[Any] = positions(day) if kind == "position" else roles.select_related("department").order_by("title", "pk")
    if not typed:
        return []
    return [titled(row) for row in found.filter(Q(title__icontains=typed) | _code(typed))[:rows]]


def _code(text: str) -> Q:
    return Q(department__code__iexact=text.strip())
