"""What narrows the history page; nonsense in the address narrows nothing."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms import DateInput
from django.utils.translation import gettext_lazy as _

from organization.past import FIRST, LAST
from processportal.evidence.gathering import Asked
from processportal.evidence.happened import Kind

DAYS = (MinValueValidator(FIRST), MaxValueValidator(LAST))


class HistoryFilter(forms.Form):
    """A kind and a period."""

    kind = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("Everything")), *Kind.choices])
    since = forms.DateField(label=_("From"), required=False, validators=DAYS, widget=DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(label=_("Until"), required=False, validators=DAYS, widget=DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    @property
    def asked(self) -> Asked:
        """As `happened` takes it."""
        self.is_valid()
        given: dict[str, Any] = self.cleaned_data
        return Asked([given["kind"]] if given.get("kind") else (), given.get("since"), given.get("until"))
