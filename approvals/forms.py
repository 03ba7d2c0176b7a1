"""What people type when they submit, decide or name an approver."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.day_form import AT_ONCE, ON_A_DAY, DayForm
from approvals.models import Decision
from approvals.workflow import LONGEST, MOST_TRAINING
from organization.confirmation_forms import ConfirmationForm
from organization.models import Person

TRAINED = "trained"
USUAL_TRAINING = 10


class SubmitForm(DayForm):
    """The change summary, and from when the new version is to hold. `version` is the state of the draft that was shown."""

    dated = frozenset({TRAINED})

    version = forms.IntegerField(widget=forms.HiddenInput)
    summary = forms.CharField(
        label=gettext_lazy("What changes, and why"),
        help_text=gettext_lazy("Readers and approvers see this first. It is kept with the signature."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    warnings_word = forms.CharField(
        label=gettext_lazy("Why the warnings may stand"),
        help_text=gettext_lazy("A word is enough. Approvers read it beside the warnings."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    marks_word = forms.CharField(
        label=gettext_lazy("Why less than substantive"),
        help_text=gettext_lazy("Needed where a change counts for less that is always substantive. Approvers read it beside the change."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    when = forms.ChoiceField(
        label=gettext_lazy("Takes effect"),
        choices=[
            (AT_ONCE, gettext_lazy("as soon as it is approved")),
            (ON_A_DAY, gettext_lazy("on a day, whether or not everybody has read it by then")),
            (TRAINED, gettext_lazy("when people have been trained: the owner signs that they are ready")),
        ],
        initial=AT_ONCE,
        widget=forms.RadioSelect,
    )

    field_order = ("version", "summary", "warnings_word", "marks_word", "when", "planned_on", "training_days")

    training_days = forms.IntegerField(
        label=gettext_lazy("Working days for the training"),
        help_text=gettext_lazy("They begin with the approval. A day that is given above is not before it."),
        required=False, min_value=1, max_value=MOST_TRAINING, initial=USUAL_TRAINING,
    )  # fmt: skip

    def __init__(self, *args: Any, today: dt.date, needs_summary: bool, has_warnings: bool, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.fields["summary"].required = needs_summary
        if not has_warnings:
            del self.fields["warnings_word"]

    def clean(self) -> dict[str, Any]:
        """A period where people are trained first; else it is dropped."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("when") != TRAINED:
            cleaned["training_days"] = None
        elif cleaned.get("training_days") is None and "training_days" not in self.errors:
            self.add_error("training_days", _("Say how many working days the training takes."))
        return cleaned


class DecisionForm(ConfirmationForm):
    """A verdict on exactly this content; confirmed where the stage asks for a signature."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    verdict = forms.ChoiceField(choices=Decision.Verdict.choices, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        """A reason where the answer is no."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("verdict") in {Decision.Verdict.RETURN, Decision.Verdict.REJECT} and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Write the reason: the author has to know what to change."))
        return cleaned


class NameForm(forms.Form):
    """Who is to decide instead."""

    person = forms.ModelChoiceField(label=gettext_lazy("Second approver"), queryset=Person.objects.filter(is_active=True))


class AskForm(forms.Form):
    """Whose opinion is wanted."""

    person = forms.ModelChoiceField(
        label=gettext_lazy("Ask for an opinion"), queryset=Person.objects.filter(is_active=True).order_by("name")
    )
