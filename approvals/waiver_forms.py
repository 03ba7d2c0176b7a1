"""What is typed to sign a waiver, and to take one back."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.waivers import Wanted
from approvals.workflow import LONGEST
from organization.confirmation_forms import ConfirmationForm
from organization.forms import day_field
from processes.models import Revision

STAGE, TRAINING = "stage:", "training"


class WaiverForm(ConfirmationForm):
    """What is left out, for how long, and why; signed. `at_work` is the revision on its way, for which alone it may be."""

    stage = forms.ChoiceField(label=_("What is left out"), widget=forms.RadioSelect)
    only = forms.BooleanField(label=_("Only for the version on its way now"), required=False)
    until = day_field(_("Until"), help_text=_("The last day counts; a year at most. What has begun keeps what it has."))
    reason = forms.CharField(
        label=_("Reason"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Every reader of the process sees it, with your name."),
    )  # fmt: skip

    def __init__(self, *args: Any, stages: Sequence[str], at_work: Revision | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at_work = at_work
        named = [(f"{STAGE}{title}", gettext("The stage “%(stage)s”") % {"stage": gettext(title)}) for title in stages]
        self.fields["stage"].choices = [*named, (TRAINING, gettext("The wait for the training"))]  # type: ignore[attr-defined]
        self.fields["stage"].initial = named[0][0] if named else TRAINING
        if at_work is None:
            del self.fields["only"]

    def wanted(self) -> Wanted:
        """What was typed, as the story takes it."""
        given = self.cleaned_data
        stage = "" if given["stage"] == TRAINING else given["stage"].removeprefix(STAGE)
        return Wanted(stage, given["until"], given["reason"], self.at_work if given.get("only") else None)


class RevokeForm(forms.Form):
    """Why it does not count any more."""

    reason = forms.CharField(
        label=_("Reason"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("Whoever signed it is told.")
    )
