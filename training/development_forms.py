"""Forms of development plans and of what the team page shows."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.forms import day_field, person_field
from organization.models import Ability


class AbilityChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Shows level and ability."""

    def label_from_instance(self, obj: Ability) -> str:
        """Such as `2 · Defines process boundaries clearly`."""
        return f"{obj.level_id} · {_(obj.text)}"


class StepForm(forms.Form):
    """One step of a development plan."""

    ability = AbilityChoice(Ability.objects.none(), label=gettext_lazy("Ability"), empty_label=gettext_lazy("Choose an ability"))
    measure = forms.CharField(
        label=gettext_lazy("What is to be done"), max_length=300,
        help_text=gettext_lazy("Such as: describe the returns process with a mentor"),
    )  # fmt: skip
    due_on = day_field(gettext_lazy("To be done by"))
    mentor = person_field(gettext_lazy("Mentor"), required=False)

    def __init__(self, *args: Any, abilities: QuerySet[Ability], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["ability"]
        field.queryset = abilities
        if not abilities.exists():
            field.empty_label = _("Every ability is held already")


class PartsForm(forms.Form):
    """Which parts of the team page are shown."""

    team_growth = forms.BooleanField(label=gettext_lazy("Growth over time"), required=False)
    team_contribution = forms.BooleanField(label=gettext_lazy("Contribution of the last twelve months"), required=False)
    team_load = forms.BooleanField(label=gettext_lazy("Work load"), required=False)
    team_plans = forms.BooleanField(label=gettext_lazy("Development plans"), required=False)
