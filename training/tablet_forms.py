"""Forms of shared tablets."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from organization.models import Department


class TabletForm(forms.Form):
    """Where this browser hangs."""

    place = forms.CharField(
        label=gettext_lazy("Place"), max_length=120, help_text=gettext_lazy("Where it hangs, such as “Hall 2, line 4”.")
    )
    department = forms.ModelChoiceField(Department.objects.none(), label=gettext_lazy("Department"))

    def __init__(self, *args: object, departments: QuerySet[Department], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]


class BadgeForm(forms.Form):
    """Badge and PIN. What was typed is never shown again."""

    badge = forms.CharField(
        label=gettext_lazy("Badge number"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )  # fmt: skip
    pin = forms.CharField(
        label=gettext_lazy("PIN"), max_length=6, widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric"})
    )
