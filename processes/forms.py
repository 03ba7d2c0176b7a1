"""Forms of the catalogue: filters, a new process, its settings."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from organization.models import Department, Person, Position
from organization.scope import Scope
from processes import policy
from processes.bringing_in import Asked
from processes.change_requests import Answered
from processes.models import ChangeRequest, Process, ProcessGroup

SORTS = ("number", "-number", "title", "-title", "review", "-review")
ANY = ("", _("Any"))


class CatalogueFilter(forms.Form):
    """What narrows the list; every field is optional, and nonsense in the address narrows nothing."""

    q = forms.CharField(label=_("Number or title"), max_length=200, widget=forms.TextInput(attrs={"type": "search"}))
    department = forms.ModelChoiceField(Department.objects.none(), to_field_name="code", label=_("Department"), empty_label=_("Any"))
    type = forms.ChoiceField(label=_("Document type"), choices=[ANY, *Process.Type.choices])
    level = forms.ChoiceField(label=_("Document level"), choices=[ANY, *Process.Level.choices])
    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            ANY, ("in_force", _("Effective")), ("draft", _("Draft")), ("in_review", _("In review")), ("overdue", _("Review overdue")),
            ("withdrawn", _("Withdrawn")),
        ],
    )  # fmt: skip
    group = forms.ModelChoiceField(ProcessGroup.objects.none(), label=_("Process group"), empty_label=_("Any"))
    mine = forms.BooleanField(label=_("My processes"))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        for field in self.fields.values():
            field.required = False
        self._choices("department").queryset = Department.objects.order_by("code")
        self._choices("group").queryset = ProcessGroup.objects.with_tree_fields().order_siblings_by("order")

    def _choices(self, name: str) -> Any:
        return self.fields[name]

    @property
    def wanted(self) -> dict[str, Any]:
        """What was asked for and makes sense: {"type": "sop", …}."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class PositionChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A position with its department: many titles occur more than once."""

    def label_from_instance(self, obj: Any) -> str:
        """Title and department."""
        return f"{obj.title} · {obj.department.name}"


class SeveralFiles(forms.ClearableFileInput):
    """A field of the page that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Its value is a list of files."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Every file on its own."""
        single = super().clean
        return [single(one, initial) for one in data] if data else [single(None, initial)]


class UploadForm(forms.Form):
    """A file to bring in, or several."""

    file = FilesField(
        label=_("Files"),
        allow_empty_file=True,
        help_text=_("Word documents (.docx), tables of steps (.xlsx, .csv) or BPMN files (.bpmn); several at once, or a .zip of them."),
        widget=SeveralFiles(attrs={"accept": ".docx,.xlsx,.csv,.bpmn,.bpmn2,.xml,.zip"}),
    )


class ProcessForm(forms.Form):
    """What a new process is, all that can be known before its first word is written."""

    title = forms.CharField(
        label=_("Title"), max_length=200, help_text=_("What is done with what: “Order material”, “Calibrate gauges”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    document_type = forms.ChoiceField(label=_("Document type"), choices=Process.Type.choices)
    level = forms.ChoiceField(
        label=_("Document level"),
        choices=Process.Level.choices,
        help_text=_("Company documents are approved by the company process manager."),
    )
    department = forms.ModelChoiceField(Department.objects.none(), label=_("Home department"), help_text=_("Its code begins the number."))
    owner = PositionChoice(
        Position.objects.none(), label=_("Process owner"), help_text=_("A position, never a person: it stays when people go.")
    )
    group = forms.ModelChoiceField(
        ProcessGroup.objects.none(), label=_("Process group"), required=False, empty_label=_("Not on the map yet")
    )
    participating = forms.ModelMultipleChoiceField(
        Department.objects.none(), label=_("Participating departments"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("They do steps of it. Their heads countersign."),
    )  # fmt: skip
    confidentiality = forms.ChoiceField(label=_("Confidentiality"), choices=Process.Confidentiality.choices)
    language = forms.ChoiceField(label=_("Authoritative language"), choices=settings.LANGUAGES)

    def __init__(self, data: Any, *, scope: Scope, person: Person) -> None:
        super().__init__(data)
        day = scope.today
        choices: dict[str, Any] = {
            "department": policy.departments_to_create_in(scope).order_by("code"),
            "owner": Position.objects.existing(day).select_related("department").order_by("department__code", "title"),
            "group": ProcessGroup.objects.with_tree_fields().order_siblings_by("order"),
            "participating": Department.objects.existing(day).order_by("code"),
        }
        for name, queryset in choices.items():
            field: Any = self.fields[name]
            field.queryset = queryset
        self.initial = self._defaults(scope, person)

    def _defaults(self, scope: Scope, person: Person) -> dict[str, Any]:
        """My department and its head, my language."""
        mine = Position.objects.filter(pk__in=scope.held).order_by("pk").first()
        department = mine.department_id if mine else None
        head = Position.objects.existing(scope.today).filter(department=department, kind=Position.Kind.HEAD).first() or mine
        return {
            "department": department,
            "owner": head.pk if head else None,
            "language": person.language,
            "level": Process.Level.DEPARTMENT,
            "confidentiality": Process.Confidentiality.COMPANY,
        }

    def clean_title(self) -> str:
        """Without line ends and double spaces."""
        return " ".join(str(self.cleaned_data["title"]).split())


class SettingsForm(ProcessForm):
    """What can change about a process; its number and type stay for ever."""

    def __init__(self, data: Any, *, scope: Scope, person: Person, process: Process) -> None:
        super().__init__(data, scope=scope, person=person)
        del self.fields["document_type"]
        department: Any = self.fields["department"]
        department.queryset = Department.objects.existing(scope.today).order_by("code")
        department.help_text = _("The number stays when the process moves.")
        self.initial = {
            name: getattr(process, f"{name}_id", None) or getattr(process, name) for name in self.fields if name != "participating"
        }
        self.initial["participating"] = list(process.participating.values_list("pk", flat=True))


class VerdictForm(forms.Form):
    """The verdict of a periodic review, with an answer for each change request that waits. *Withdraw* asks for a case of its own."""

    verdict = forms.ChoiceField(
        label=_("Verdict"), widget=forms.RadioSelect,
        choices=[("keep", _("Keep it as it is")), ("revise", _("Revise it: the owner is asked for a new draft")),
                 ("withdraw", _("Withdraw it: the owner is asked to hand its withdrawal in for approval"))],
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reasons"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("What was checked, and what was found.")
    )
    next_on = forms.DateField(label=_("Next review"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, data: Any = None, *, requests: Sequence[ChangeRequest] = (), initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.requests = requests
        for request in requests:
            self.fields[f"act_{request.pk}"] = forms.ChoiceField(
                label=_("What becomes of it"), widget=forms.RadioSelect,
                choices=[("wait", _("It waits on")), ("accept", _("Accept it into a draft")), ("decline", _("Decline it"))],
            )  # fmt: skip
            self.fields[f"reason_{request.pk}"] = forms.CharField(
                label=_("Reason"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
                help_text=_("Needed where you decline; whoever asked reads it."),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A reason where something is declined."""
        cleaned: dict[str, Any] = super().clean() or {}
        for request in self.requests:
            if cleaned.get(f"act_{request.pk}") == "decline" and not cleaned.get(f"reason_{request.pk}"):
                self.add_error(f"reason_{request.pk}", _("Write the reason: whoever asked reads it."))
        return cleaned

    @property
    def asked(self) -> list[tuple[ChangeRequest, forms.BoundField, forms.BoundField]]:
        """Each request with its two fields."""
        return [(request, self[f"act_{request.pk}"], self[f"reason_{request.pk}"]) for request in self.requests]

    @property
    def said(self) -> dict[str, Any]:
        """The verdict and the answers, as `review.verdict` takes them."""
        given = self.cleaned_data
        answers = {one.pk: Answered(given[f"act_{one.pk}"], given[f"reason_{one.pk}"]) for one in self.requests}
        return {name: given[name] for name in ("verdict", "reason", "next_on")} | {"answers": answers}


class ImportForm(ProcessForm):
    """What becomes of a file: fewer questions than for a new process, for most is in the file. A drawing says its own title."""

    ASKED = ("title", "document_type", "department", "owner", "language")
    ASKED_OF_DRAWINGS = ("department", "owner")

    def __init__(self, data: Any, *, scope: Scope, person: Person, initial: dict[str, Any], drawn: bool = False) -> None:
        super().__init__(data, scope=scope, person=person)
        self.initial = {**self.initial, **initial}
        for name in set(self.fields) - set(self.ASKED_OF_DRAWINGS if drawn else self.ASKED):
            del self.fields[name]

    @property
    def asked(self) -> Asked:
        """The answers."""
        return Asked(**self.cleaned_data)
