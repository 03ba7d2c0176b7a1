"""For whom step blocks are, as choices, and the form that changes one."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.scope import Scope
from processes import blocks
from processes.blocks import COMPANY, Reach, reach_of, reaches
from processes.models import StepBlock

MINE, OF_COMPANY = "mine", "company"


def choices(scope: Scope) -> Sequence[tuple[str, str | Promise]]:
    """(value, label) of each reach for which this person saves blocks."""
    return [(_value(reach), _label(reach, department)) for reach, department in reaches(scope)]


def reach_named(value: str, scope: Scope) -> Reach:
    """What a value of `choices` stands for; whether this person may is asked by the story. Nonsense is one's own."""
    if value == OF_COMPANY:
        return COMPANY
    return Reach(department=int(value)) if value.isdecimal() and len(value) < 10 else Reach(person=scope.person_id)


def _value(reach: Reach) -> str:
    if reach.person is not None:
        return MINE
    return OF_COMPANY if reach.department is None else str(reach.department)


def _label(reach: Reach, department: Any) -> str:
    if reach.person is not None:
        return _("Only me")
    return _("The whole company") if department is None else str(department)


class BlockForm(forms.Form):
    """Name, and for whom."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=blocks.LONGEST)
    reach = forms.ChoiceField(label=gettext_lazy("For whom"))

    def __init__(self, data: Any, *, scope: Scope, block: StepBlock) -> None:
        now = reach_of(block)
        super().__init__(data, initial={"name": block.name, "reach": _value(now)})
        self.scope = scope
        offered = dict(choices(scope))
        offered.setdefault(_value(now), _label(now, block.department))
        field: Any = self.fields["reach"]
        field.choices = list(offered.items())

    @property
    def for_whom(self) -> Reach:
        """For whom from now on."""
        return reach_named(self.cleaned_data["reach"], self.scope)
