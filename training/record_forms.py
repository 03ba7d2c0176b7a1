"""The form of past training records: a CSV file, a spreadsheet, or pasted rows."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from organization.import_forms import TableForm
from organization.tables.reading import WORKBOOKS, Unreadable
from training.courses.records_table import from_xlsx

LARGEST = 8_000_000
"""Bytes of a spreadsheet."""


class RecordsForm(TableForm):
    """As other tables, and a spreadsheet too: its first sheet is read as it stands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"] = forms.FileField(
            label=gettext_lazy("CSV file or spreadsheet"),
            required=False,
            help_text=gettext_lazy("UTF-8, UTF-16 or GBK; commas, semicolons or tabs. Or .xlsx, of which the first sheet is read."),
            widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,text/csv"}),
        )

    def _take(self, file: Any) -> None:
        begins = file.read(4)
        file.seek(0)
        if not begins.startswith(WORKBOOKS[0]):
            super()._take(file)
            return
        try:
            self.cleaned_data["text"], self.cleaned_data["encoding"] = from_xlsx(file.read(LARGEST + 1)), "XLSX"
        except Unreadable as unreadable:
            self.add_error("file", str(unreadable))
