"""What people type when they hand a decision on, add an approver, ask for advice, answer, or send a copy.

Each form knows whether the person may do it at all: `answer`.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals import able, act_policy
from approvals.act_policy import AFTER, BEFORE
from approvals.adding import current_stage
from approvals.models import ApprovalCase, Seat
from approvals.policy import YES
from approvals.route_faults import LONGEST_DAYS
from approvals.workflow import LONGEST
from organization.calendar import add_working_days
from organization.forms import day_field, person_field
from organization.gate import Answer
from organization.models import Person, Position
from organization.scope import Scope

WHO_READS = _("Everybody in the review reads it.")
WORKING_DAYS_FOR_ADVICE = 3
NOTHING = [("", "–")]


def words_field(label: Any, *, required: bool = True, help_text: Any = WHO_READS) -> forms.CharField:
    """A reason, a question or an answer."""
    return forms.CharField(
        label=label, max_length=LONGEST, required=required, help_text=help_text, widget=forms.Textarea(attrs={"rows": 3})
    )


class ActForm(forms.Form):
    """An act on a case by a person on a day."""

    answer: Answer = YES

    def __init__(self, *args: Any, case: ApprovalCase, person: Person, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "act_%s"  # the review has forms of its own, over which this one may lie
        self.case, self.by, self.scope = case, person, scope
        self.prepare()

    def prepare(self) -> None:
        """Whether the person may, and what there is to choose from."""

    def choose(self, name: str, choices: Sequence[Any]) -> None:
        """What this field offers; nothing is chosen beforehand."""
        self.fields[name].choices = choices  # type: ignore[attr-defined]


class SeatForm(ActForm):
    """One of the seats that this person may hand on; not asked where there is only one."""

    seat = forms.TypedChoiceField(label=_("Decision"), coerce=int)
    may: Callable[[Person, Seat, ApprovalCase, Scope], Answer]
    seats: Sequence[Seat] = ()

    def prepare(self) -> None:
        """The seats that wait, as far as the policy says yes; else its first no."""
        asked = [(seat, self.may(self.by, seat, self.case, self.scope)) for seat in act_policy.waiting_seats(self.case)]
        self.seats = [seat for seat, answer in asked if answer]
        self.answer = YES if self.seats else asked[0][1] if asked else Answer(False, reason=str(_("Nothing is to be decided now.")))
        self.choose("seat", [(seat.pk, seat.position.title) for seat in self.seats])
        if len(self.seats) == 1:
            self.fields["seat"].widget = forms.HiddenInput()
            self.initial.setdefault("seat", self.seats[0].pk)

    @property
    def level(self) -> int:
        """What the stage asks for."""
        return self.seats[0].stage.required_level if self.seats else 0

    def clean_seat(self) -> Seat:
        """The seat itself."""
        return next(seat for seat in self.seats if seat.pk == self.cleaned_data["seat"])


class TransferForm(SeatForm):
    """The position that has the seat from now on."""

    may = staticmethod(act_policy.may_transfer)
    position = forms.TypedChoiceField(
        label=_("Position"), coerce=int, help_text=_("Those in which somebody independent acts who holds the level of this stage.")
    )
    reason = words_field(_("Reason"))

    def prepare(self) -> None:
        """Positions that are not asked in this stage yet."""
        super().prepare()
        there = {pk for seat in self.seats[:1] for pk in seat.stage.seats.values_list("position", flat=True)}
        if self.answer:
            self.choose("position", [*NOTHING, *able.positions_with(self.level, self.case, self.scope.today, besides=there)])

    def clean_position(self) -> Position:
        """The position itself."""
        return Position.objects.get(pk=self.cleaned_data["position"])


class DelegateForm(SeatForm):
    """Who decides for the position."""

    may = staticmethod(act_policy.may_delegate)
    delegate = person_field(_("Who decides for you"))
    until = day_field(
        _("Until"), required=False, help_text=_("This day included. Left empty, it holds until it is decided or you take it back.")
    )
    reason = words_field(_("Reason"))

    def prepare(self) -> None:
        """Where a level is asked, those who hold it; else anybody by name."""
        super().prepare()
        self.fields["until"].widget.attrs["min"] = self.scope.today.isoformat()
        if self.answer and able.needs_level(self.level):
            people = able.people_with(self.level, self.case, self.scope.today, besides={self.by.pk})
            self.fields["delegate"] = forms.TypedChoiceField(
                label=_("Who decides for you"), coerce=int, choices=[*NOTHING, *people],
                help_text=_("Independent people who hold the level of this stage and are there today."),
            )  # fmt: skip

    def clean_delegate(self) -> Person:
        """The person, however chosen."""
        chosen = self.cleaned_data["delegate"]
        return chosen if isinstance(chosen, Person) else Person.objects.get(pk=chosen)


class AddForm(ActForm):
    """Where the new stage stands, and whom it asks. `seen` is the version of the case that was shown."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    where = forms.ChoiceField(
        label=_("Where"), widget=forms.RadioSelect,
        help_text=_("Before: this stage waits until the added approver has decided. The last stage always keeps the last word."),
    )  # fmt: skip
    position = forms.TypedChoiceField(
        label=_("Position"), coerce=int, help_text=_("Whoever acts for it then is asked; nobody who wrote the content.")
    )
    working_days = forms.IntegerField(label=_("Working days until due"), initial=5, min_value=1, max_value=LONGEST_DAYS)
    needs_signature = forms.BooleanField(label=_("Signature required"), required=False, initial=True)
    reason = words_field(_("Reason"))

    def prepare(self) -> None:
        """Only the places that are open, and positions that are not asked anyway."""
        stage = current_stage(self.case)
        if stage is None:
            self.answer = Answer(False, reason=str(_("Nothing is to be decided now.")))
            return
        answers = {where: act_policy.may_add(self.by, stage, where, self.case, self.scope) for where in (BEFORE, AFTER)}
        words = {BEFORE: _("Before the present stage: %(stage)s"), AFTER: _("After the present stage: %(stage)s")}
        offered = [(where, words[where] % {"stage": _(stage.title)}) for where in answers if answers[where]]
        self.answer = YES if offered else answers[BEFORE]
        self.initial = {"seen": self.case.version, "where": offered[0][0] if offered else BEFORE, **self.initial}
        self.choose("where", offered)
        if self.answer:
            asked = Seat.objects.filter(stage__case=self.case, stage__closed_at=None, stage__replaced_at=None, decisions__isnull=True)
            there = set(asked.values_list("position", flat=True))
            self.choose("position", [*NOTHING, *able.positions_with(0, self.case, self.scope.today, besides=there)])

    def clean_position(self) -> Position:
        """The position itself."""
        return Position.objects.get(pk=self.cleaned_data["position"])


class AdviceForm(ActForm):
    """Whom to ask, what, and by when. Advisors come first."""

    whom = forms.ChoiceField(label=_("Whom"), required=False)
    person = person_field(_("Or another person"), required=False)
    due_on = day_field(_("By"))
    question = words_field(_("Question"))

    def prepare(self) -> None:
        """People of level 4 and above, then positions."""
        day = self.scope.today
        self.answer = act_policy.has_part(self.by, self.case, self.scope)
        self.initial.setdefault("due_on", add_working_days(day, WORKING_DAYS_FOR_ADVICE))
        self.fields["due_on"].widget.attrs["min"] = day.isoformat()
        if self.answer:
            experts = [(f"person:{pk}", label) for pk, label in able.advisors(self.case, day) if pk != self.by.pk]
            offices = [(f"position:{pk}", label) for pk, label in able.positions_with(0, self.case, day)]
            self.choose("whom", [*NOTHING, (_("Advisors, level 4 and above"), experts), (_("Positions"), offices)])

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        cleaned: dict[str, Any] = super().clean() or {}
        whom, person = cleaned.get("whom", ""), cleaned.get("person")
        if "person" not in self.errors and "whom" not in self.errors and bool(whom) == bool(person):
            self.add_error("whom", _("Choose whom to ask here, or type another person below."))
        kind, _colon, pk = whom.partition(":")
        if pk:
            person = (Person if kind == "person" else Position).objects.get(pk=pk)
        return cleaned | {"asked": person}


class CopyForm(ActForm):
    """Who reads along."""

    person = person_field(_("To"))
    note = words_field(_("A word to it"), required=False)

    def prepare(self) -> None:
        """Nothing to choose from."""
        self.answer = act_policy.may_copy(self.by, self.case, self.scope)


class AnswerForm(forms.Form):
    """What somebody advises."""

    text = words_field(_("Your advice"), help_text=_("Everybody in the review reads it. Advice is no vote."))
