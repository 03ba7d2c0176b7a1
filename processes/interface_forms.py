"""Forms of interfaces."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organization.scope import Scope
from processes.interfaces import Terms
from processes.models import InterfaceTerms, Process

AGREE, DECLINE = "agree", "decline"


class TermsForm(forms.Form):
    """What one side proposes: with whom, about what, and the three terms."""

    side = forms.ChoiceField(
        label=_("Direction"),
        choices=((InterfaceTerms.Side.GIVER, _("we hand it over")), (InterfaceTerms.Side.TAKER, _("we take it over"))),
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=_("What"), max_length=300, help_text=_("As both procedures name it, such as “Approved order”."))
    other = forms.CharField(label=_("Number of the other process"), max_length=40, help_text=_("Such as PUR-014."))
    content = forms.CharField(label=_("What exactly"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    quality = forms.CharField(label=_("When it is good enough"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    deadline = forms.CharField(
        label=_("By when"), max_length=300, required=False, help_text=_("Such as: two working days after the order.")
    )

    def __init__(self, data: Any = None, *, view: Scope, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.view = view

    def clean_other(self) -> Process:
        """The process with this number, of those that the person may see."""
        number = str(self.cleaned_data["other"]).strip()
        visible = Process.objects.visible_to(self.view).filter(state=Process.State.ACTIVE)
        found: Process | None = visible.filter(number__iexact=number).select_related("department", "owner").first()
        if found is None:
            raise forms.ValidationError(_("There is no process with this number that you may see."))
        return found

    @property
    def terms(self) -> Terms:
        """The three texts."""
        return Terms(*(self.cleaned_data[name] for name in ("content", "quality", "deadline")))


class AnswerForm(forms.Form):
    """The answer of the other side to the terms that it has seen."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    act = forms.ChoiceField(choices=((AGREE, _("Agree")), (DECLINE, _("Decline"))))
    reason = forms.CharField(
        label=_("Reason"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed where you decline."),
    )  # fmt: skip
