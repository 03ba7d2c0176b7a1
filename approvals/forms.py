"""What people type when they submit, decide, comment or name an approver."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.comments import LONGEST as LONGEST_COMMENT
from approvals.day_form import DayForm
from approvals.models import Decision
from approvals.workflow import LONGEST
from organization.models import Person
from processes.definition import Definition


class SubmitForm(DayForm):
    """The change summary, and from when the new version is to hold. `version` is the state of the draft that was shown."""

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

    field_order = ("version", "summary", "warnings_word", "when", "planned_on")

    def __init__(self, *args: Any, today: dt.date, needs_summary: bool, has_warnings: bool, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.fields["summary"].required = needs_summary
        if not has_warnings:
            del self.fields["warnings_word"]


class DecisionForm(forms.Form):
    """A verdict on exactly this content, and the password that signs it where the stage asks for a signature."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    verdict = forms.ChoiceField(choices=Decision.Verdict.choices, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, signed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not signed:
            del self.fields["password"]

    def clean(self) -> dict[str, Any]:
        """A reason where the answer is no."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("verdict") in {Decision.Verdict.RETURN, Decision.Verdict.REJECT} and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Write the reason: the author has to know what to change."))
        return cleaned


class CommentForm(forms.Form):
    """A remark at a step of this definition, or on the whole."""

    anchor = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    text = forms.CharField(label=gettext_lazy("Comment"), max_length=LONGEST_COMMENT, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, definition: Definition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = [(step.key, f"{number}. {step.name}") for number, step in enumerate(definition.steps, start=1)]
        self.fields["anchor"] = forms.ChoiceField(label=_("About"), required=False, choices=[("", _("The whole document")), *steps])


class NameForm(forms.Form):
    """Who is to decide instead."""

    person = forms.ModelChoiceField(label=gettext_lazy("Second approver"), queryset=Person.objects.filter(is_active=True))


class AskForm(forms.Form):
    """Whose opinion is wanted."""

    person = forms.ModelChoiceField(
        label=gettext_lazy("Ask for an opinion"), queryset=Person.objects.filter(is_active=True).order_by("name")
    )
