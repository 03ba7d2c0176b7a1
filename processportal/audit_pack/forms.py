"""Of what, and of which day: a field for each selector, of which the chosen one counts."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from processportal.audit_pack.selecting import SELECTORS


class PackForm(forms.Form):
    """What the story asks for."""

    def __init__(self, data: Any = None, *, today: dt.date, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial={"what": "process", "day": today, **(initial or {})})
        choices = [(name, one.label) for name, one in SELECTORS.items()]
        self.fields["what"] = forms.ChoiceField(label=gettext_lazy("Of what"), choices=choices, widget=forms.RadioSelect)
        for name, one in SELECTORS.items():
            self.fields[name] = one.field()
            self.fields[name].required = False
        widget = forms.DateInput(attrs={"type": "date", "max": f"{today:%Y-%m-%d}"}, format="%Y-%m-%d")
        self.fields["day"] = forms.DateField(
            label=gettext_lazy("As of the end of"), widget=widget, help_text=gettext_lazy("Today, or any day that has passed.")
        )

    def clean(self) -> dict[str, Any]:
        """`key` is what the chosen selector keeps."""
        given: dict[str, Any] = super().clean() or {}
        what = given.get("what", "")
        if what and not given.get(what):
            self.add_error(what, _("Fill this in."))
        elif what:
            given["key"] = SELECTORS[what].key(given[what])
        return given
