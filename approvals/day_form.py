"""From when something approved is to hold: at once, or from a day; signed, as all that is handed in."""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.confirmation_forms import ConfirmationForm
from organization.forms import needed

AT_ONCE, ON_A_DAY = "at_once", "on"


class DayForm(ConfirmationForm):
    """The choice, and the day where one is chosen. `dated` are further choices beside which a day may be wanted."""

    dated: ClassVar[frozenset[str]] = frozenset()

    when = forms.ChoiceField(
        label=gettext_lazy("Takes effect"),
        choices=[
            (AT_ONCE, gettext_lazy("as soon as it is approved")),
            (ON_A_DAY, gettext_lazy("on a day, whether or not everybody has read it by then")),
        ],
        initial=AT_ONCE,
        widget=forms.RadioSelect,
    )
    planned_on = needed(
        forms.DateField(
            label=gettext_lazy("Effective from"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        ),
        gettext_lazy("where a day is chosen"),
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["planned_on"].widget.attrs["min"] = today.isoformat()

    def clean(self) -> dict[str, Any]:
        """A day is needed where one was chosen, today or later; where none is wanted it is dropped."""
        cleaned: dict[str, Any] = super().clean() or {}
        when = cleaned.get("when")
        if when != ON_A_DAY and when not in self.dated:
            return cleaned | {"planned_on": None}
        day = cleaned.get("planned_on")
        if day is None and when == ON_A_DAY and "planned_on" not in self.errors:
            self.add_error("planned_on", _("Choose the day from which it is to hold."))
        elif day is not None and day < self.today:
            self.add_error("planned_on", _("This day has passed. Choose today or a later day."))
        return cleaned
