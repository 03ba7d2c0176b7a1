"""The form of a periodic review."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from processes.agenda import ANSWERS, Answer, Point
from processes.change_requests import LONGEST, Answered
from processes.models import ChangeRequest

NEED_A_NOTE: Final = (Answer.NOTHING, Answer.ELSEWHERE)


class VerdictForm(forms.Form):
    """The verdict of a periodic review, with an answer for each change request that waits and each point of the agenda.

    *Withdraw* asks for a case of its own. `shown` names what the page listed: where that is no longer the list, the page says so.
    """

    verdict = forms.ChoiceField(
        label=_("Verdict"), widget=forms.RadioSelect,
        choices=[("keep", _("Keep it as it is")), ("revise", _("Revise it: the owner is asked for a new draft")),
                 ("withdraw", _("Withdraw it: the owner is asked to hand its withdrawal in for approval"))],
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reasons"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("What was checked, and what was found.")
    )
    next_on = forms.DateField(label=_("Next review"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, requests: Sequence[ChangeRequest], agenda: Sequence[Point], proposed: dt.date, why: str
    ) -> None:
        self.requests, self.agenda = requests, agenda
        self.list = " ".join([*(point.key for point in agenda), *(f"request-{one.pk}" for one in requests)])
        super().__init__(data, initial={"next_on": proposed, "shown": self.list})
        self.fields["next_on"].help_text = why
        self.list_changed = data is not None and data.get("shown", self.list) != self.list
        if self.list_changed:
            given = data.copy()
            given["shown"] = self.list
            self.data = given
        for request in requests:
            self.fields[f"act_{request.pk}"] = forms.ChoiceField(
                label=_("What becomes of it"), widget=forms.RadioSelect,
                choices=[("wait", _("It waits on")), ("accept", _("Accept it into a draft")), ("decline", _("Decline it"))],
            )  # fmt: skip
            self.fields[f"reason_{request.pk}"] = forms.CharField(
                label=_("Reason"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
                help_text=_("Needed where you decline; whoever asked reads it."),
            )  # fmt: skip

        for point in agenda:
            self.fields[f"act_{point.key}"] = forms.ChoiceField(
                label=_("What becomes of it"), widget=forms.RadioSelect, choices=[(one.value, one.label) for one in ANSWERS]
            )
            self.fields[f"reason_{point.key}"] = forms.CharField(
                label=_("Note"), max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 2}),
                help_text=_("Needed where nothing is changed here: why, or where it is dealt with."),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A reason where something is declined, a note where nothing is changed, and a word where the list is another one by now."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.list_changed:
            self.add_error(None, gettext("The list has changed since this page was opened. What you typed is kept; answer what is new."))
        for point in self.agenda:
            if cleaned.get(f"act_{point.key}") in NEED_A_NOTE and not cleaned.get(f"reason_{point.key}"):
                self.add_error(f"reason_{point.key}", _("Write why nothing is changed, or where it is dealt with."))
        for request in self.requests:
            if cleaned.get(f"act_{request.pk}") == "decline" and not cleaned.get(f"reason_{request.pk}"):
                self.add_error(f"reason_{request.pk}", _("Write the reason: whoever asked reads it."))
        return cleaned

    @property
    def asked(self) -> list[tuple[ChangeRequest, forms.BoundField, forms.BoundField]]:
        """Each request with its two fields."""
        return [(request, self[f"act_{request.pk}"], self[f"reason_{request.pk}"]) for request in self.requests]

    @property
    def points(self) -> list[tuple[Point, forms.BoundField, forms.BoundField]]:
        """Each point of the agenda with its two fields."""
        return [(point, self[f"act_{point.key}"], self[f"reason_{point.key}"]) for point in self.agenda]

    @property
    def said(self) -> dict[str, Any]:
        """The verdict and the answers, as `review.verdict` takes them."""
        given = self.cleaned_data
        answers = {one.pk: Answered(given[f"act_{one.pk}"], given[f"reason_{one.pk}"]) for one in self.requests}
        points = {one.key: Answered(given[f"act_{one.key}"], given[f"reason_{one.key}"]) for one in self.agenda}
        return {name: given[name] for name in ("verdict", "reason", "next_on")} | {"answers": answers, "points": points}
