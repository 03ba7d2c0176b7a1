"""Forms of translations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organization.confirmation_forms import ConfirmationForm
from organization.models import Person
from processes.languages import offered
from processes.translation_list import in_use
from processes.translations import LONGEST_REASON


class LanguageForm(forms.Form):
    """Into which language: those of the portal and those in use first, then all that are known."""

    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, *args: Any, without: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        near, far = offered(in_use(), without)
        named = [[(one.code, f"{one.name} · {one.translated_name}") for one in group] for group in (near, far)]
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"), choices=[("", _("Choose")), (_("Used here"), named[0]), (_("Others"), named[1])]
        )


class CheckerForm(forms.Form):
    """Who is to check it: nobody who wrote a text of it."""

    checker = forms.ModelChoiceField(Person.objects.none(), label=_("Who checks it"), empty_label=_("Choose a person"))

    def __init__(self, *args: Any, writers: set[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Person.objects.filter(is_active=True).exclude(pk__in=writers).order_by("name", "pk")
        self.fields["checker"].queryset = people  # type: ignore[attr-defined]


class ReleaseForm(ConfirmationForm):
    """The signature of the checker on the translation that was shown."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class ReturnForm(forms.Form):
    """Why it goes back."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("What is to be changed"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3}))


class WithdrawForm(forms.Form):
    """Why it is withdrawn."""

    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2}))
