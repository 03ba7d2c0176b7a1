"""Forms of change requests: asking, filtering the lists, answering."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.scope import Scope
from processes.change_requests import LONGEST
from processes.definition import Definition
from processes.models import ChangeRequest, Process
from processes.querysets import ChangeRequestQuerySet

State = ChangeRequest.State
ALL = "all"
OFFERED = 200
"""Requests that one can be joined with, the newest first."""


class SuggestForm(forms.Form):
    """What a reader asks for, at a step of what he or she reads or on the whole."""

    anchor = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    wrong = forms.CharField(label=gettext_lazy("What is wrong or missing"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}))
    instead = forms.CharField(
        label=gettext_lazy("What it should say instead"), max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any, *, definition: Definition, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        steps = [(step.key, f"{number}. {step.name}") for number, step in enumerate(definition.steps, start=1)]
        self.fields["anchor"] = forms.ChoiceField(label=_("About"), required=False, choices=[("", _("The whole document")), *steps])


class MineFilter(forms.Form):
    """Narrows a list of requests by process and state; what is not understood counts as not asked."""

    q = forms.CharField(
        label=gettext_lazy("Process"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=(("", gettext_lazy("All")), *State.choices))

    @property
    def wanted(self) -> dict[str, str]:
        """What was asked for, by field."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def narrowed(self, found: ChangeRequestQuerySet, scope: Scope) -> ChangeRequestQuerySet:
        """Those that are asked for. Titles are searched only where the reader may see them; a number says nothing."""
        if text := self.wanted.get("q"):
            visible = Process.objects.visible_to(scope)
            found = found.filter(Q(process__number__icontains=text) | Q(process__title__icontains=text, process__in=visible))
        state = self.wanted.get("state", ALL)
        return found if state == ALL else found.filter(state=state)


class ToAnswerFilter(MineFilter):
    """The same for whoever answers: only what waits unless something else is asked for; and whose processes they are."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False,
        choices=(("", State.OPEN.label), (ALL, gettext_lazy("All")), *((key, label) for key, label in State.choices if key != State.OPEN)),
    )  # fmt: skip
    whose = forms.ChoiceField(
        label=gettext_lazy("Whose"), required=False,
        choices=(("", gettext_lazy("All in which I write")), ("own", gettext_lazy("Owned by my positions"))),
    )  # fmt: skip

    def narrowed(self, found: ChangeRequestQuerySet, scope: Scope) -> ChangeRequestQuerySet:
        """Those that are asked for."""
        found = super().narrowed(found, scope)
        if "state" not in self.wanted:
            found = found.waiting()
        return found.filter(process__owner__in=scope.positions) if "whose" in self.wanted else found


class AcceptForm(forms.Form):
    """The state of the request that was shown."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class DeclineForm(AcceptForm):
    """And why not."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), help_text=gettext_lazy("Whoever asked reads it."), max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class MergeForm(AcceptForm):
    """And the request that asks for the same."""

    into = forms.ModelChoiceField(
        label=gettext_lazy("The same as"), queryset=ChangeRequest.objects.none(), empty_label=gettext_lazy("Choose a request")
    )

    def __init__(self, data: Any = None, *, request: ChangeRequest, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        others = ChangeRequest.objects.live().filter(process=request.process_id).exclude(pk=request.pk).order_by("-pk")
        field: Any = self.fields["into"]
        field.queryset = others if data else others[:OFFERED]
        field.label_from_instance = lambda one: f"{one.pk} · {one.place} · {one}"
