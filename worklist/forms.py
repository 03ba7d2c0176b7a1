"""What is typed on the pages of work: filters, putting off, giving, saying what is urgent."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.forms import day_field, person_field
from worklist.listing import WHOSE, Wanted
from worklist.models import WorkItem
from worklist.snoozing import LONGEST, latest

KINDS = (("", gettext_lazy("All")), *WorkItem.Kind.choices)


class Filter(forms.Form):
    """What to show on *My work*; what is not understood counts as not asked."""

    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("To do"), required=False, choices=KINDS)
    whose = forms.ChoiceField(label=gettext_lazy("Whose"), required=False, choices=WHOSE)
    urgent = forms.ChoiceField(
        label=gettext_lazy("Priority"), required=False, choices=(("", gettext_lazy("All")), ("1", gettext_lazy("Only urgent")))
    )

    def wanted(self, after: str) -> Wanted:
        """The answer of the form, from this place on."""
        self.is_valid()
        given = self.cleaned_data.get
        return Wanted(given("kind", ""), given("whose", ""), given("urgent", "") == "1", given("q", ""), after)

    def active(self) -> list[tuple[str, str]]:
        """What narrows the list: the field and what was chosen in words, for the chips."""
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        words = {"q": _("Contains “%(text)s”") % {"text": chosen.get("q", "")}}
        for name in ("kind", "whose", "urgent"):
            words[name] = str(dict(self[name].field.choices).get(chosen.get(name, ""), ""))  # type: ignore[attr-defined]
        return [(name, words[name]) for name in self.fields if name in chosen]


class PutOffForm(forms.Form):
    """Until when, and why it can wait."""

    until = day_field(gettext_lazy("Until"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=LONGEST, help_text=gettext_lazy("Stays in the history of this item."))

    def __init__(self, *args: Any, item: WorkItem, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = latest(item.due_on, today)
        field = self.fields["until"]
        field.widget.attrs |= {"min": (today + dt.timedelta(days=1)).isoformat(), "max": last.isoformat()}
        field.initial = last if last == today + dt.timedelta(days=1) else None  # one day is no choice
        field.help_text = _("It comes back to your list on this day; %(day)s at the latest. Due day and reminders stay.") % {
            "day": date_format(last)
        }


class GiveForm(forms.Form):
    """To whom, and why."""

    person = person_field(gettext_lazy("Give to"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=LONGEST)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=LONGEST)
