"""Forms for what can be set: reminder plans, how a person is told, webhooks."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from worklist.explaining import listeners
from worklist.models import KindPreference
from worklist.plan import Plan, To
from worklist.plans import MOST
from worklist.preferences import HOURS, KINDS, standard_words


def _count(name: str, label: Any, help_text: Any = "", *, least: int = 0) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"class": "short"})
    return forms.IntegerField(label=label, min_value=least, max_value=MOST[name], help_text=help_text, widget=widget)


class PlanForm(forms.Form):
    """The numbers of a plan."""

    before = _count("before", _("Working days before it is due"), _("0: no reminder before the day."))
    every = _count("every", _("When late, every so many working days"), least=1)
    substitute_after = _count("substitute_after", _("Late reminders before the next in line hears of it"))
    superior_after = _count("superior_after", _("Late reminders before the superior hears of it"))
    office_after = _count("office_after", _("Late reminders before the process office hears of it"))

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if To.SUBSTITUTE not in listeners(kind):
            del self.fields["substitute_after"]

    def plan(self) -> Plan:
        """What was typed; where nobody stands next in line, that number goes with the superior's."""
        given = dict(self.cleaned_data)
        given.setdefault("substitute_after", given["superior_after"])
        return Plan(**given)


class PreferencesForm(forms.Form):
    """When the daily summary comes, and how each kind of notice is told."""

    digest_hour = forms.TypedChoiceField(
        label=_("Hour of the daily summary"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(HOURS)]
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    def __init__(self, *args: Any, company_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = [(name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name or name == "UTC"]
        own = _now("As the company: %(zone)s") % {"zone": company_zone}
        self.fields["time_zone"].choices = [("", own), *zones]  # type: ignore[attr-defined]
        for kind, label in KINDS.items():
            standard = _now("Standard: %(way)s") % {"way": standard_words(kind)}
            choices = [("", standard), *KindPreference.Mode.choices]
            self.fields[f"mode_{kind}"] = forms.ChoiceField(label=str(label), required=False, choices=choices)

    def kinds(self) -> list[forms.BoundField]:
        """The fields of the kinds."""
        return [self[f"mode_{kind}"] for kind in KINDS]

    def modes(self) -> dict[str, str]:
        """Kind → what was chosen."""
        return {kind: self.cleaned_data[f"mode_{kind}"] for kind in KINDS}


class WebhookForm(forms.Form):
    """Where to call, and of what."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Such as: chat robot of Purchasing"))
    url = forms.URLField(
        label=_("Address"),
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Told of"),
        required=False,
        choices=lambda: [(kind, label) for kind, label in KINDS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen: told of everything."),
    )
