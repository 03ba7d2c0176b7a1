"""The filter of *My work*."""

from django import forms
from django.utils.translation import gettext_lazy as _

from worklist.listing import WHOSE, Wanted
from worklist.models import WorkItem


class Filter(forms.Form):
    """What to show; what is not understood counts as not asked."""

    kind = forms.ChoiceField(label=_("To do"), required=False, choices=(("", _("All")), *WorkItem.Kind.choices))
    whose = forms.ChoiceField(label=_("Whose"), required=False, choices=WHOSE)

    def wanted(self, after: str) -> Wanted:
        """The answer of the form, from this place on."""
        self.is_valid()
        return Wanted(self.cleaned_data.get("kind", ""), self.cleaned_data.get("whose", ""), after)
