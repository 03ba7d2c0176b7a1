"""What people type when they comment, say what becomes of comments, and answer what was to be corrected."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import quoting
from approvals.answering import Choice
from approvals.comments import LONGEST, Words
from approvals.corrections import Given
from approvals.models import CommentMove, Correction
from organization.models import Position
from processes.definition import Definition

What = CommentMove.What


class CommentForm(forms.Form):
    """A remark on the whole, a section, a step or a paragraph; the page's script adds the words that were chosen there."""

    anchor = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    quote = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4 * quoting.LONGEST_QUOTE)
    quote_at = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    text = forms.CharField(
        label=gettext_lazy("Comment"),
        help_text=gettext_lazy("Name somebody with @login, and they are told."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "data-mentions": True}),
    )
    blocking = forms.BooleanField(
        label=gettext_lazy("Stands in the way of approval"),
        help_text=gettext_lazy("Nobody approves until you settle it, or an approver overrules it with a reason."),
        required=False,
    )

    def __init__(self, *args: Any, definition: Definition, may_block: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {place.value: place for place in quoting.places(definition)}
        choices = [(place.value, place.label) for place in self.places.values()]
        self.fields["anchor"] = forms.ChoiceField(label=_("About"), required=False, choices=choices)
        if not may_block and not self.is_bound:
            del self.fields["blocking"]

    @property
    def words(self) -> Words:
        """What was typed, for the story."""
        given = self.cleaned_data
        quote = given["quote"] or self.places[given["anchor"]].quote
        return Words(given["text"], given["anchor"].partition("#")[0], quote, given["quote_at"] or 0, blocking=given.get("blocking", False))


class DisposeForm(forms.Form):
    """What becomes of one open comment, or of all others; offices are chosen by the names that `offices` gives."""

    what = forms.ChoiceField(label=gettext_lazy("What becomes of it"), required=False)
    position = forms.CharField(
        label=gettext_lazy("Who does it"), required=False, max_length=300, widget=forms.TextInput(attrs={"list": "offices"})
    )
    due_on = forms.DateField(label=gettext_lazy("Due"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(
        self, *args: Any, offices: Mapping[str, Position], today: dt.date, leave: str = "", may_settle: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offices, self.today = offices, today
        ends = [(What.SETTLED, _("Settled"))] if may_settle else []
        ends += [(What.ACTION, _("Make it an action")), (What.DECLINED, _("Decline it with a reason"))]
        self.fields["what"] = forms.ChoiceField(
            label=self.fields["what"].label, required=False, choices=[("", leave or _("Leave it open")), *ends]
        )
        self.fields["due_on"].widget.attrs["min"] = today.isoformat()

    def clean(self) -> dict[str, Any]:
        """An action needs a position and a day to come, a refusal its reason."""
        given: dict[str, Any] = super().clean() or {}
        what = given.get("what")
        office = self.offices.get(given.get("position", "").strip())
        if what == What.ACTION:
            if office is None:
                self.add_error("position", _("Choose a position from the list."))
            day = given.get("due_on")
            if "due_on" not in self.errors and (day is None or day < self.today):
                self.add_error("due_on", _("Choose the day by which it is to be done, today or later."))
        if what == What.DECLINED and not given.get("reason", "").strip():
            self.add_error("reason", _("Write the reason: whoever raised it and everybody who reads this review sees it."))
        return given | {"office": office}

    def choice(self, comment: int) -> Choice:
        """What was chosen, for this comment."""
        given = self.cleaned_data
        return Choice(comment, given["what"], given["reason"], given["office"], given["due_on"])


class CorrectionForm(forms.Form):
    """What the author answers to one thing that was to be corrected."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Corrected?"), choices=Correction.Answer.choices, required=False, widget=forms.RadioSelect
    )
    word = forms.CharField(label=gettext_lazy("In a word"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self) -> dict[str, Any]:
        """A word where it is not corrected."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("answer") == Correction.Answer.NOT_DONE and not given.get("word", "").strip():
            self.add_error("word", _("Say in a word why it is not corrected."))
        return given

    @property
    def given(self) -> Given:
        """What was answered, for the story."""
        return Given(self.cleaned_data["answer"], self.cleaned_data["word"])


def correction_forms(rows: Sequence[Correction], data: Any = None) -> list[tuple[Correction, CorrectionForm]]:
    """Each correction with its form."""
    return [(row, CorrectionForm(data, prefix=f"c{row.pk}", initial={"answer": row.answer, "word": row.word})) for row in rows]


def named(data: Any) -> set[int]:
    """The comments that a return names as to be corrected, as its form sends them."""
    return {int(value) for value in data.getlist("correct") if value.isdecimal() and len(value) < 19}


def office_names(positions: Iterable[Position]) -> dict[str, Position]:
    """Each position by a name that is read and typed; the id tells two of one name apart."""
    names: dict[str, Position] = {}
    for position in positions:
        name = f"{position.title} ({position.department.code})"
        names[name if name not in names else f"{name} #{position.pk}"] = position
    return names
