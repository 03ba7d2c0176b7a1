"""Forms of development plans and of what the team page shows."""

from django import forms
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

    ability = AbilityChoice(Ability.objects.all(), label=gettext_lazy("Ability"))
    measure = forms.CharField(
        label=gettext_lazy("What is to be done"), max_length=300,
        help_text=gettext_lazy("Such as: describe the returns process with a mentor"),
    )  # fmt: skip
    due_on = day_field(gettext_lazy("To be done by"))
    mentor = person_field(gettext_lazy("Mentor"), required=False)


class PartsForm(forms.Form):
    """Which parts of the team page are shown."""

    team_growth = forms.BooleanField(label=gettext_lazy("Growth over time"), required=False)
    team_contribution = forms.BooleanField(label=gettext_lazy("Contribution of the last twelve months"), required=False)
    team_load = forms.BooleanField(label=gettext_lazy("Work load"), required=False)
    team_plans = forms.BooleanField(label=gettext_lazy("Development plans"), required=False)
