"""The filter of the team's work."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.models import Person, Position
from worklist.forms import KINDS
from worklist.team import Queue, Wanted

LATE = (("", gettext_lazy("All")), ("1", gettext_lazy("Only overdue")))

GIVEN = (("", gettext_lazy("All")), ("1", gettext_lazy("Given by me")))


class TeamFilter(forms.Form):
    """Of whom, which kind, only overdue; what is not understood counts as not asked. The choices are those of the queues shown."""

    position = forms.ChoiceField(label=gettext_lazy("Position"), required=False)
    person = forms.ChoiceField(label=gettext_lazy("Person"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("To do"), required=False, choices=KINDS)
    late = forms.ChoiceField(label=gettext_lazy("Due"), required=False, choices=LATE)
    given = forms.ChoiceField(label=gettext_lazy("Given"), required=False, choices=GIVEN)

    def __init__(self, *args: Any, queues: list[Queue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        positions = {queue.position for queue in queues if queue.position}
        people = {queue.owner for queue in queues if queue.owner}
        self["position"].field.choices = _choices(positions, "title")  # type: ignore[attr-defined]
        self["person"].field.choices = _choices(people, "name")  # type: ignore[attr-defined]

    def wanted(self, after: str) -> Wanted:
        """The answer of the form, from this place on."""
        self.is_valid()
        given = self.cleaned_data.get
        return Wanted(
            position=int(given("position") or 0),
            person=int(given("person") or 0),
            kind=given("kind", ""),
            late=given("late") == "1",
            given=given("given") == "1",
            after=after,
        )

    def active(self) -> list[tuple[str, str]]:
        """What narrows the list: the field and what was chosen in words, for the chips."""
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        return [(name, str(dict(self[name].field.choices)[value])) for name, value in chosen.items()]  # type: ignore[attr-defined]


def _choices(rows: set[Position] | set[Person], name: str) -> list[tuple[str, str]]:
    return [("", _("All")), *sorted(((str(row.pk), str(getattr(row, name))) for row in rows), key=lambda choice: choice[1])]
