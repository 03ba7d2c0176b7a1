"""The answer to a change of a shared step."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

TAKE, KEEP, UNLINK = "take", "keep", "unlink"
ACTS: Final = ((TAKE, _("Take over into a draft")), (KEEP, _("Keep it as it is for now")), (UNLINK, _("Unlink")))


class ChangeForm(forms.Form):
    """Which of the three, and why: needed where the steps are unlinked."""

    act = forms.ChoiceField(choices=ACTS)
    reason = forms.CharField(
        label=_("Reason"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed where you unlink: why these steps go their own way."),
    )  # fmt: skip

    def __init__(self, data: Any, *, offered: bool) -> None:
        """`offered`: the change can be taken over."""
        super().__init__(data)
        field: Any = self.fields["act"]
        field.choices = [act for act in ACTS if offered or act[0] != TAKE]
