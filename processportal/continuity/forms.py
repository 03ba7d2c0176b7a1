"""Forms of handovers."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from organization.forms import day_field, person_field
from worklist.models import HandoverLine

OFFER, NOT_NEEDED, ACCEPT, DECLINE = "offer", "not_needed", "accept", "decline"
Lines = QuerySet[HandoverLine]


class LinesForm(forms.Form):
    """The lines that were ticked. `act` says which of the two buttons was pressed."""

    lines = forms.ModelMultipleChoiceField(
        HandoverLine.objects.none(), label=_("What is ticked"), error_messages={"required": _("Tick what it is about.")}
    )

    def __init__(self, lines: Lines, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.fields["lines"].queryset = lines  # type: ignore[attr-defined]

    @property
    def ticked(self) -> set[str]:
        """Keys of the lines that were ticked, so that they stay ticked when the form is shown again."""
        return set(self.data.getlist("lines")) if self.is_bound else set()  # type: ignore[attr-defined]


class HandOverForm(LinesForm):
    """The ticked lines are offered to somebody, or need nobody."""

    act = forms.ChoiceField(choices=((OFFER, _("Offer")), (NOT_NEEDED, _("Not needed"))))
    successor = person_field(_("Successor"), required=False, help_text=_("Needed to offer. Type a name or login name and choose."))
    reason = forms.CharField(
        label=_("Reason, and what to know"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Why this person, or why nobody needs it. It stays with the line."),
    )

    def clean(self) -> dict[str, Any]:
        """Somebody has to be named for an offer."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("act") == OFFER and not data.get("successor") and "successor" not in self.errors:
            self.add_error("successor", _("Name who takes it over."))
        return data


class AnswerForm(LinesForm):
    """The successor's answer."""

    act = forms.ChoiceField(choices=((ACCEPT, _("Accept")), (DECLINE, _("Decline"))))
    answer = forms.CharField(
        label=_("Answer"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed where you decline: say why, so that somebody else can be asked."),
    )


class NoteForm(forms.Form):
    """A note for the successor, at one line."""

    note = forms.CharField(label=_("Note for the successor"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))


class OpenForm(forms.Form):
    """A handover before the last day."""

    reason = forms.CharField(label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    last_day = day_field(_("Last day"), required=False, help_text=_("The handover is due on this day. Empty: in five working days."))
