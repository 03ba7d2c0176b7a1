"""Forms with which tables and calendars come in: a file, or text that was pasted."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization import ical
from organization.forms import person_field
from organization.tables.reading import LARGEST, Unreadable, decode


class TableForm(forms.Form):
    """A table as a file or as pasted rows. After cleaning: `text` and `encoding`."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        required=False,
        help_text=gettext_lazy("UTF-8, UTF-16 or GBK; commas, semicolons or tabs."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Or rows copied from a spreadsheet"),
        required=False,
        strip=False,
        help_text=gettext_lazy("Mark the cells with their header in Excel or WPS, copy, and paste them here."),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "table-text", "wrap": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Exactly one of the two, as text."""
        data = super().clean() or self.cleaned_data
        file, text = data.get("file"), data.get("text") or ""
        if file and text.strip():
            self.add_error("file", _("Choose a file or paste rows, not both."))
        elif file:
            self._take(file)
        elif text.strip():
            data["encoding"] = "UTF-8"
        elif not self.errors:
            self.add_error("file", _("Choose a file, or paste rows below."))
        return data

    def _take(self, file: Any) -> None:
        try:
            self.cleaned_data["text"], self.cleaned_data["encoding"] = decode(file.read(LARGEST + 1))
        except Unreadable as unreadable:
            self.add_error("file", str(unreadable))


class CalendarFileForm(forms.Form):
    """An iCalendar file. After cleaning: `data`."""

    file = forms.FileField(
        label=gettext_lazy("iCalendar file"),
        help_text=gettext_lazy("An .ics file, as Outlook, Google Calendar and others export it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".ics,text/calendar"}),
    )

    def clean(self) -> dict[str, Any]:
        """The bytes, at most one more than are read."""
        data = super().clean() or self.cleaned_data
        if data.get("file"):
            data["data"] = data["file"].read(ical.LARGEST + 1)
        return data


class FeedForm(forms.Form):
    """A calendar of one's own."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("Such as: Holidays of purchasing"))
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        help_text=gettext_lazy(
            "The https address of an iCalendar (.ics) file. Whoever has it can read the calendar, so it is not shown again."
        ),
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )


class CompanyFeedForm(FeedForm):
    """An administrator also says whose it is."""

    person = person_field(
        gettext_lazy("Person"), required=False, help_text=gettext_lazy("Leave empty where the events themselves name people by e-mail.")
    )
