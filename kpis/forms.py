"""Forms of indicators: numbers as people write them in their language."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.models import Indicator, Rating
from kpis.rating import limit_fits
from organization.models import Position

LARGEST = Decimal(9999999999)


def number(label: Any, help_text: Any = "") -> forms.DecimalField:
    """A decimal in the reader's notation."""
    return forms.DecimalField(
        label=label, help_text=help_text, max_digits=14, decimal_places=4, min_value=-LARGEST, max_value=LARGEST, localize=True
    )


class IndicatorForm(forms.Form):
    """What is measured and aimed at."""

    name = forms.CharField(label=_("Name"), max_length=160, help_text=_("Such as: Orders confirmed within two working days"))
    unit = forms.CharField(label=_("Unit"), max_length=24, required=False, help_text=_("Such as: %, days, EUR"))
    direction = forms.ChoiceField(label=_("Direction"), choices=Indicator.Direction.choices)
    target = number(_("Target"))
    limit = number(_("Limit"), _("Beyond it the rating is red."))
    decimals = forms.IntegerField(label=_("Decimals"), min_value=0, max_value=4, initial=1)
    keeper = forms.ModelChoiceField(Position.objects.select_related("department"), label=_("Kept by"))
    starts_on = forms.DateField(label=_("Measured since"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        """The limit lies on the worse side."""
        data = super().clean() or {}
        if {"target", "limit", "direction"} <= data.keys() and not limit_fits(data["target"], data["limit"], data["direction"]):
            self.add_error("limit", _("The limit must lie on the worse side of the target."))
        return data


class MeasurementForm(forms.Form):
    """A value of a month."""

    month = forms.DateField(label=_("Month"), widget=forms.Select)
    value = number(_("Value"))
    comment = forms.CharField(label=_("Comment"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)


class CorrectionForm(forms.Form):
    """A right value in place of a wrong one."""

    value = number(_("Right value"))
    reason = forms.CharField(label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class AssessmentForm(forms.Form):
    """The judgement of a quarter."""

    indicator = forms.IntegerField(widget=forms.HiddenInput)
    quarter = forms.DateField(label=_("Quarter"), widget=forms.Select)
    rating = forms.ChoiceField(label=_("Rating"), choices=Rating.choices)
    text = forms.CharField(label=_("Assessment"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4}))
