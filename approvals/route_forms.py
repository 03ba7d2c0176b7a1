"""What people type on the pages of approval routes: for which documents, the stages, from when retired, why re-routed."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.models import Mode, RouteRule
from approvals.route_faults import LONGEST_DAYS, StageTerms
from approvals.workflow import LONGEST
from organization.forms import DepartmentChoice, PositionChoice, SeenForm, day_field
from organization.gate import level_name
from organization.ladder import NAMES
from organization.models import Department, Position
from processes.models import Process

ANY = ("", _("Any"))
ADD_ANOTHER = "another"
RULES = [choice for choice in RouteRule.Kind.choices if choice[0] != RouteRule.Kind.POSITION]


class RouteForm(SeenForm):
    """Its name, and for which documents it holds."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Such as: Work instructions of production"))
    document_type = forms.ChoiceField(label=_("Document type"), required=False, choices=[ANY, *Process.Type.choices])
    level = forms.ChoiceField(label=_("Document level"), required=False, choices=[ANY, *Process.Level.choices])
    department = DepartmentChoice(
        Department.objects.none(),
        label=_("Department"),
        required=False,
        empty_label=_("Any"),
        help_text=_("With everything that lies below it."),
    )
    confidentiality = forms.ChoiceField(label=_("Confidentiality"), required=False, choices=[ANY, *Process.Confidentiality.choices])

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.existing(today).order_by("code")  # type: ignore[attr-defined]


class PositionChoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Shows title and department."""

    def label_from_instance(self, obj: Any) -> str:
        """`Head of Purchasing (PUR)`."""
        return f"{obj.title} ({obj.department.code})"


class StageForm(SeenForm):
    """One stage. Positions that are in it are ticked; one more can be added at each saving."""

    title = forms.CharField(label=_("Title"), max_length=160, help_text=_("Such as: Countersign of the neighbours"))
    rules = forms.MultipleChoiceField(
        label=_("Who approves"), required=False, choices=RULES, widget=forms.CheckboxSelectMultiple,
        help_text=_("At least one of these, or a position below."),
    )  # fmt: skip
    positions = PositionChoices(
        Position.objects.none(), label=_("These positions too"), required=False, widget=forms.CheckboxSelectMultiple
    )
    add = PositionChoice(Position.objects.none(), label=_("Add a position"), required=False, empty_label=_("None"))
    group = forms.CharField(
        label=_("Name of the group"), max_length=120, required=False,
        help_text=_("Where the positions are asked as a body, such as: Quality circle"),
    )  # fmt: skip
    mode = forms.ChoiceField(label=_("Who has to approve"), choices=Mode.choices, initial=Mode.ALL, widget=forms.RadioSelect)
    quorum = forms.IntegerField(
        label=_("How many"),
        required=False,
        min_value=1,
        max_value=99,
        help_text=_("Only for “A number of them”. One return or rejection ends the case."),
    )
    working_days = forms.IntegerField(label=_("Working days until due"), initial=5, min_value=1, max_value=LONGEST_DAYS)
    required_level = forms.TypedChoiceField(
        label=_("Required level"), coerce=int, initial=0,
        help_text=_(
            "In the last stage never lower than level 3, for company and cross-department documents level 5. An advisor has level 4."
        ),
    )  # fmt: skip
    needs_signature = forms.BooleanField(
        label=_("Signature required"), required=False, initial=True, help_text=_("With one's password. The last stage is always signed.")
    )

    def __init__(self, *args: Any, today: dt.date, there: Sequence[Position] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        positions = Position.objects.select_related("department").order_by("department__code", "title")
        known = {one.pk for one in there}
        fields["positions"].queryset = positions.filter(pk__in=known)
        fields["add"].queryset = positions.existing(today).exclude(pk__in=known)
        fields["required_level"].choices = [(0, level_name(0)), *((number, level_name(number)) for number in NAMES)]
        if not known:
            del fields["positions"]

    def terms(self) -> StageTerms:
        """What was typed, as the story takes it."""
        given = self.cleaned_data
        added = [given["add"]] if given["add"] else []
        return StageTerms(
            title=given["title"],
            rules=given["rules"],
            positions=[*given.get("positions", ()), *added],
            mode=given["mode"],
            quorum=given["quorum"],
            working_days=given["working_days"],
            needs_signature=given["needs_signature"],
            required_level=given["required_level"],
            group=given["group"],
        )


class RetireForm(SeenForm):
    """From which day on."""

    day = day_field(_("Retired from"), help_text=_("From this day on no new case takes it; running cases keep their stages."))


class RerouteForm(SeenForm):
    """Why an open case gets other stages; `route` is what was chosen and shown before."""

    route = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("All who take part are told.")
    )
