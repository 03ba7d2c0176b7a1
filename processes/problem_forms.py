"""Forms of problem reports: what went wrong with a photo, and what is answered."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.forms import needed
from processes.change_requests import LONGEST
from processes.definition import Definition
from processes.picture_files import LARGEST, NotAPicture, Prepared, prepare

ANSWERS: Final = (
    ("answer", gettext_lazy("It is answered: this is what was done, or how it is meant")),
    ("accept", gettext_lazy("The document has to change: make it a change request")),
    ("close", gettext_lazy("Close it: nothing is done, for this reason")),
)


class ReportForm(forms.Form):
    """At a step of what is in force, or on the whole. `photo` comes out as the portal wrote it anew."""

    text = forms.CharField(label=gettext_lazy("What went wrong?"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}))
    photo = forms.FileField(
        label=gettext_lazy("Photo"), required=False,
        help_text=gettext_lazy("Place and camera are taken out of it. Take no people into the picture."),
        # Named types make a phone hand over what can be read, whatever it keeps itself.
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}),
    )  # fmt: skip
    anchor = forms.ChoiceField(label=gettext_lazy("About"), required=False)

    def __init__(self, data: Any, files: Any, *, definition: Definition, initial: dict[str, Any]) -> None:
        super().__init__(data, files, initial=initial)
        steps = [(step.key, f"{number}. {step.name}") for number, step in enumerate(definition.steps, start=1)]
        self.fields["anchor"] = forms.ChoiceField(label=_("About"), required=False, choices=[("", _("The whole document")), *steps])

    def clean_photo(self) -> Prepared | None:
        """The photo without place, camera and comments, not larger than needed."""
        file = self.cleaned_data.get("photo")
        if not file:
            return None
        try:
            return prepare(file.read(LARGEST + 1))
        except NotAPicture as fault:
            raise ValidationError(str(fault)) from fault

    def clean(self) -> dict[str, Any]:
        """No browser gives a file back: whoever has to send again is told to choose the photo again."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors and self.files.get("photo") and "photo" not in self.errors:
            self.add_error("photo", _("Choose the photo again: it does not stay chosen. What you typed is kept."))
        return cleaned


class AnswerForm(forms.Form):
    """What becomes of a report, and the words for the reporter."""

    act = forms.ChoiceField(label=gettext_lazy("What becomes of it"), choices=ANSWERS, widget=forms.RadioSelect)
    text = needed(
        forms.CharField(
            label=gettext_lazy("Answer"), max_length=LONGEST, required=False, help_text=gettext_lazy("The reporter reads it."),
            widget=forms.Textarea(attrs={"rows": 3}),
        ),
        gettext_lazy("unless it becomes a change request"),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Only a change request speaks for itself."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("act") in {"answer", "close"} and not cleaned.get("text"):
            self.add_error("text", _("Write an answer: whoever reported it reads it."))
        return cleaned
