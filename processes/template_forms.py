"""Forms of templates: what a new process begins with, and marking a process as a template."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from organization.models import Department, Person
from organization.scope import Scope
from processes import policy
from processes.forms import ProcessForm
from processes.models import Process, Template

OFFERED: Final = 30
"""Templates in the form; the others are found on their page and by number."""
EMPTY, COPY = "empty", "copy"


class BeginField(forms.ChoiceField):
    """Whoever says nothing begins with an empty text."""

    def clean(self, value: Any) -> str:
        """What was chosen."""
        return str(super().clean(value or EMPTY))


class NewProcessForm(ProcessForm):
    """A new process, and the text that it begins with."""

    begin = BeginField(label=_("Begin with"), widget=forms.RadioSelect)
    number = forms.CharField(
        label=_("Number of the other process"), required=False, max_length=40, help_text=_("Such as PUR-014."),
        widget=forms.TextInput(attrs={"list": "known-processes", "autocomplete": "off"}),
    )  # fmt: skip
    variant = forms.BooleanField(
        label=_("As a local variant of it"), required=False,
        help_text=_("The steps stay linked: when they change there, the owner here is asked whether to take it over."),
    )  # fmt: skip
    field_order = ("title", "begin", "number", "variant")

    def __init__(self, data: Any, *, scope: Scope, person: Person, wanted: Mapping[str, str]) -> None:
        """`wanted` is what a link asks for: the id of a template, or the number of a process to begin from."""
        super().__init__(data, scope=scope, person=person)
        self.view = scope
        offered = Template.objects.visible_to(scope).usable(timezone.now()).select_related("process").order_by("name", "pk")
        self.templates = {str(one.pk): one for one in offered[:OFFERED]}
        begin: Any = self.fields["begin"]
        begin.choices = [
            (EMPTY, _("An empty text")),
            *((pk, _described(one)) for pk, one in self.templates.items()),
            (COPY, _("The text of another process")),
        ]
        begin.initial = COPY if wanted.get("from") else wanted.get("template", EMPTY)
        self.fields["number"].initial = wanted.get("from", "")

    def clean(self) -> dict[str, Any]:
        """The process to begin from, where one was asked for."""
        data = self.cleaned_data
        begin, number = data.pop("begin", EMPTY), data.pop("number", "").strip()
        self.as_variant: bool = data.pop("variant", False)
        self.origin: Process | None = self.templates[begin].process if begin in self.templates else None
        if begin == COPY:
            visible = Process.objects.visible_to(self.view).exclude(state=Process.State.DISCARDED)
            self.origin = visible.filter(number__iexact=number).first()
            if self.origin is None:
                self.add_error("number", _("There is no process with this number that you may see."))
        return data

    @property
    def asked(self) -> dict[str, Any]:
        """What the process is."""
        return self.cleaned_data


def _described(template: Template) -> str:
    return format_html("<span>{}<small>{} · {}</small></span>", template.name, template.use, template.process.number)


class TemplateForm(forms.Form):
    """For whom a process is a template, under which name, and when to use it."""

    department = forms.ChoiceField(label=_("For whom"), required=False)
    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("What it is a pattern of: “Incoming inspection”, “Approval of a request”.")
    )
    use = forms.CharField(label=_("When to use it"), max_length=300, help_text=_("One line, read by those who begin a process."))

    def __init__(self, data: Any, *, scope: Scope, initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial=dict(initial))
        departments = Department.objects.existing(scope.today).filter(pk__in=policy.managed(scope)).order_by("code")
        self.departments = {str(one.pk): one for one in departments}
        field: Any = self.fields["department"]
        company = [("", _("The whole company"))] if scope.office else []
        field.choices = [*company, *((pk, str(one)) for pk, one in self.departments.items())]

    @property
    def reach(self) -> Department | None:
        """The department; None for the company."""
        return self.departments.get(self.cleaned_data["department"])
