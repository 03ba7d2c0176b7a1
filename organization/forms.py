"""Forms of the organization. Days are typed with the last day included; a person is named by the login name."""

import datetime as dt
from typing import Any, TypeVar
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as named

from organization import gate, workdays
from organization.confirmation_forms import ConfirmationForm
from organization.ladder import HIGHEST
from organization.models import Appointment, Department, GateRule, Person, Position
from organization.past import FIRST

AnyField = TypeVar("AnyField", bound=forms.Field)
DAY = dt.timedelta(days=1)
FOREVER = dt.date(9000, 12, 31)
"""People type 2999 for what has no end; beyond this day months can no longer be added."""


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A day, by the browser's own calendar; so far from both ends of Python's that days and months can be added."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    within = (MinValueValidator(FIRST), MaxValueValidator(FOREVER))
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget, validators=within)


def person_field(label: Any, *, required: bool = True, help_text: Any = "") -> "forms.ModelChoiceField[Person]":
    """An active person, by login name; the browser proposes while a name is typed."""
    proposals = {"list": "people", "autocomplete": "off", "hx-target": "#people", "hx-trigger": "input changed delay:200ms"}
    return forms.ModelChoiceField(
        Person.objects.filter(is_active=True),
        label=label,
        required=required,
        to_field_name="login",
        help_text=help_text or _("Type a name or login name and choose; the login name is kept."),
        widget=forms.TextInput(attrs={**proposals, "hx-get": reverse_lazy("organization:people_options")}),
        error_messages={"invalid_choice": _("There is no active person with this login name.")},
    )


def needed(field: AnyField, when: Any) -> AnyField:
    """The field with words beside its label that say when it is needed: it is not required, and “optional” would be wrong there."""
    field.needed = when  # type: ignore[attr-defined]
    return field


def reason_field(label: Any) -> forms.CharField:
    """Why, in words."""
    help_text = _("Stays on record with your signature.")
    return forms.CharField(label=label, max_length=2000, help_text=help_text, widget=forms.Textarea(attrs={"rows": 3}))


class DepartmentChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Shows code and name."""

    def label_from_instance(self, obj: Department) -> str:
        """`PUR Purchasing`."""
        return f"{obj.code} {obj.name}"


class PositionChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Shows title and department."""

    def label_from_instance(self, obj: Position) -> str:
        """`Head of Purchasing (PUR)`."""
        return f"{obj.title} ({obj.department.code})"


class DepartmentForm(forms.Form):
    """A department's name and place; the code only while it is new."""

    code = forms.RegexField(
        r"^[A-Za-z0-9]{1,12}$",
        label=_("Code"),
        help_text=_("Up to 12 letters and digits; process numbers begin with it, so it never changes."),
        error_messages={"invalid": _("Use up to 12 letters and digits, without spaces.")},
    )
    name = forms.CharField(label=_("Name"), max_length=160)
    kind = forms.ChoiceField(label=_("Kind"), choices=Department.Kind.choices, initial=Department.Kind.DEPARTMENT)
    parent = DepartmentChoice(Department.objects.filter(dissolved_on__isnull=True), label=_("Below"), required=False)


class PositionForm(forms.Form):
    """An office."""

    title = forms.CharField(label=named("of a position", "Title"), max_length=160, help_text=_("Such as: Head of Purchasing"))
    kind = forms.ChoiceField(label=_("Kind"), choices=Position.Kind.choices, initial=Position.Kind.STAFF)
    required_level = forms.TypedChoiceField(label=_("Required level"), coerce=int, initial=0)
    deputy = PositionChoice(
        Position.objects.filter(closed_on__isnull=True).select_related("department"),
        label=_("Deputy position"),
        required=False,
        help_text=_("Stands in while nobody who holds the position is present."),
    )

    substitution = forms.ChoiceField(
        label=_("While a holder is away"), choices=Position.Substitution.choices, initial=Position.Substitution.ABSENCE
    )
    substitute = person_field(
        _("Standing substitute"), required=False, help_text=_("Acts as the rule above says. Type a name or login name and choose.")
    )

    field_order = ("title", "kind", "required_level", "substitution", "substitute", "deputy")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["required_level"].choices = [(n, gate.level_name(n)) for n in range(HIGHEST + 1)]  # type: ignore[attr-defined]


class AppointmentForm(forms.Form):
    """A person holds a position from a day on."""

    person = person_field(_("Person"))
    starts_on = day_field(_("From"), help_text=_("May lie in the future."))
    last_day = day_field(_("Last day"), required=False, help_text=_("Leave empty when it is open."))
    mode = forms.ChoiceField(label=_("How"), choices=Appointment.Mode.choices)
    percent = forms.IntegerField(label=_("Percent of working time"), min_value=1, max_value=100, initial=100)


class ChangeAppointmentForm(AppointmentForm):
    """An appointment that lasts, of which only the last day changes, or one to come; `seen` is the version that the page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, begun: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("person", "starts_on", "mode", "percent") if begun else ("person",):
            del self.fields[name]


class EndForm(forms.Form):
    """The last day of an appointment; `seen` is the version that the page showed."""

    last_day = day_field(_("Last day"))
    seen = forms.IntegerField(widget=forms.HiddenInput)


class SeenForm(forms.Form):
    """Nothing to fill in; `seen` is the version that the page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class AbsenceForm(forms.Form):
    """A person is away."""

    starts_on = day_field(_("First day away"))
    last_day = day_field(_("Last day away"))
    substitute = person_field(
        _("Substitute"), required=False, help_text=_("Acts for all positions meanwhile. Type a name or login name and choose.")
    )
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("Seen by the person, the heads above and administrators only.")
    )


class CalendarForm(forms.Form):
    """The company's time zone, and whose public holidays are free."""

    time_zone = forms.ChoiceField(label=_("Time zone"), help_text=_("Days begin and end here, for everybody."))
    country = forms.ChoiceField(label=_("Public holidays of"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False, help_text=_("Where it has holidays of its own."))

    def __init__(self, country: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
        swap = {"hx-get": reverse_lazy("organization:set_calendar"), "hx-target": "#id_region", "hx-select": "#id_region"}
        self.fields["country"].widget.attrs |= {**swap, "hx-swap": "outerHTML", "hx-trigger": "change", "hx-params": "country"}
        self.fields["time_zone"].choices = [(zone, zone.replace("_", " ")) for zone in ("UTC", *zones)]  # type: ignore[attr-defined]
        self.fields["country"].choices = [("", _("None: Monday to Friday")), *workdays.countries().items()]  # type: ignore[attr-defined]
        self.fields["region"].choices = [("", _("The whole country")), *workdays.regions(country).items()]  # type: ignore[attr-defined]


class ExceptionForm(forms.Form):
    """A day that differs from the country's calendar."""

    day = day_field(_("Day"))
    is_working = forms.TypedChoiceField(
        label=_("On this day"), coerce=lambda value: value == "1", choices=(("0", _("the company rests")), ("1", _("the company works")))
    )
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Such as: Founding day, Stocktaking"))


class PersonForm(forms.Form):
    """An account's particulars; the login name only while it is new."""

    login = forms.RegexField(
        r"^[\w.@+-]{1,80}$",
        label=_("Login name"),
        help_text=_("Usually the personnel number. It is never used again for somebody else."),
        error_messages={"invalid": _("Use letters, digits and . @ + - _ only, without spaces.")},
    )
    name = forms.CharField(label=named("of a person", "Name"), max_length=160)
    email = forms.EmailField(label=_("E-mail"), required=False)
    badge = forms.CharField(label=_("Badge number"), max_length=40, required=False, help_text=_("For shared tablets, together with a PIN."))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    is_staff = forms.BooleanField(
        label=_("Administrator"), required=False, help_text=_("Manages people, departments, positions and levels.")
    )
    access_until = day_field(_("Access until"), required=False, help_text=_("Guests: the last day with access."))


class LevelForm(ConfirmationForm):
    """A person's new level, signed."""

    level = forms.TypedChoiceField(label=_("Level"), coerce=int)
    reason = reason_field(_("Reason and evidence"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [(n, gate.level_name(n)) for n in range(HIGHEST + 1)]  # type: ignore[attr-defined]


class ExemptForm(ConfirmationForm):
    """Until when somebody need not renew a level, signed."""

    last_day = day_field(_("Held until"), help_text=_("The last day on which it is held without a renewal."))
    reason = reason_field(_("Reason"))


class RevokeForm(ConfirmationForm):
    """Why a level is revoked, signed."""

    reason = reason_field(_("Reason and evidence"))


class RenewalForm(ConfirmationForm):
    """After how many months a level is renewed, signed."""

    months = forms.IntegerField(label=_("Renewed after months"), required=False, help_text=_("Empty: it is held without an end."))
    reason = reason_field(_("Reason"))


class GateForm(ConfirmationForm):
    """How hard a gate is, signed."""

    mode = forms.ChoiceField(label=_("Mode"), choices=GateRule.Mode.choices)
    reason = reason_field(_("Reason"))


class PinForm(ConfirmationForm):
    """A PIN of one's own, typed twice."""

    pin = forms.CharField(
        label=_("PIN"), max_length=6, help_text=_("Four to six digits that are not easily guessed."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )  # fmt: skip
    again = forms.CharField(
        label=_("PIN again"), max_length=6, widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric"})
    )

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        cleaned = super().clean()
        if cleaned.get("pin") and cleaned.get("again") and cleaned["pin"] != cleaned["again"]:
            self.add_error("again", _("This is not the same PIN."))
        return cleaned


class AnswerForm(ConfirmationForm):
    """The second person's answer, signed."""

    reason = forms.CharField(
        label=_("Reason"), max_length=2000, required=False, help_text=_("Needed to decline; stays on record with your signature."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class ConfirmForm(forms.Form):
    """Nothing to fill in: the button says what will happen."""
