"""Forms of the catalogue: filters, a new process, its settings."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from organization.models import Department, Person, Position
from organization.scope import Scope
from processes import policy
from processes.bringing_in import Asked
from processes.models import Process, ProcessGroup

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
    """What can change about a process; its number and type stay for ever. `reason` goes into the history."""

    reason = forms.CharField(
        label=_("Why it is changed"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Everybody who reads the history of the document reads it."),
    )  # fmt: skip

    def __init__(self, data: Any, *, scope: Scope, person: Person, process: Process) -> None:
        super().__init__(data, scope=scope, person=person)
        del self.fields["document_type"]
        department: Any = self.fields["department"]
        department.queryset = Department.objects.existing(scope.today).order_by("code")
        department.help_text = _("The number stays when the process moves.")
        self.initial = {
            name: getattr(process, f"{name}_id", None) or getattr(process, name)
            for name in self.fields
            if name not in ("participating", "reason")
        }
        self.initial["participating"] = list(process.participating.values_list("pk", flat=True))


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
