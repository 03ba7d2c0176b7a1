"""Forms of copies on paper."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from organization.models import Position
from processes.forms import PositionChoice
from processes.models import Process

USUAL = dt.timedelta(days=365)


def usual_end(process: Process, today: dt.date) -> dt.date:
    """Until the next review, a year at most."""
    planned, year = process.next_review_on, today + USUAL
    return min(planned, year) if planned and planned > today else year


class ExchangeForm(forms.Form):
    """Until when the new paper is good."""

    valid_until = forms.DateField(label=_("Valid until"), widget=forms.DateInput(attrs={"type": "date"}))


class IssueForm(ExchangeForm):
    """A copy that somebody answers for."""

    place = forms.CharField(
        label=_("Place or recipient"), max_length=160, help_text=_("Such as: Gate 3, notice board; or: auditor of the customer")
    )
    position = PositionChoice(
        Position.objects.none(),
        label=_("Who exchanges it"),
        required=False,
        empty_label=_("Nobody: it is handed over, not posted"),
        help_text=_("With a position here the copy is a posted one: at each new version this position is asked to exchange it."),
    )
    field_order = ("place", "position", "valid_until")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        """The positions that exist today."""
        super().__init__(*args, **kwargs)
        cast("PositionChoice", self.fields["position"]).queryset = Position.objects.existing(today).select_related("department")
