"""The page of the training matrix, and the same as a spreadsheet."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from organization.forms import DepartmentChoice
from organization.models import Department
from organization.scope import Scope, scope_of
from training import matrix, matrix_sheet
from training.matrix import COLUMNS, ROWS, Asked, Columns
from training.matrix_sheet import MOST_COLUMNS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class MatrixForm(forms.Form):
    """What the matrix is narrowed to."""

    department = DepartmentChoice(
        Department.objects.none(), label=gettext_lazy("Department"), required=False, empty_label=gettext_lazy("All")
    )
    position = forms.CharField(label=gettext_lazy("Position"), max_length=100, required=False)
    process = forms.CharField(label=gettext_lazy("Process"), max_length=100, required=False)

    def __init__(self, *args: Any, allowed: frozenset[int] | None, view: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Department.objects.existing(view.today).order_by("code")
        self.fields["department"].queryset = found if allowed is None else found.filter(pk__in=allowed)  # type: ignore[attr-defined]

    def asked(self, allowed: frozenset[int] | None) -> Asked:
        """What was filled in; what is no choice narrows nothing."""
        data = self.cleaned_data if self.is_valid() else {}
        chosen = data.get("department")
        return Asked(allowed, chosen.pk if chosen else None, data.get("position", "").strip(), data.get("process", "").strip())


def _asked(request: HttpRequest) -> tuple[MatrixForm, Asked]:
    view = scope_of(request)
    allowed = matrix.departments_of(view)
    if allowed is not None and not allowed:
        raise PermissionDenied(
            _("The matrix is for those who head a department or manage its processes. What you have completed stands under “My training”.")
        )
    form = MatrixForm(request.GET, allowed=allowed, view=view)
    return form, form.asked(allowed)


@require_safe
def training_matrix(request: HttpRequest) -> HttpResponse:
    """Fifty people and seven processes at a time."""
    form, asked = _asked(request)
    view, now = scope_of(request), timezone.now()
    from_number, (name, key) = request.GET.get("from", "")[:40], _after(request)
    found = list(matrix.revisions(asked, view, now).filter(process__number__gt=from_number)[: COLUMNS + 1])
    people = list(matrix.people(asked, view.today).filter(Q(name__gt=name) | Q(name=name, pk__gt=key))[: ROWS + 1])
    columns = Columns(found[:COLUMNS])
    beyond = matrix.revisions(asked, view, now)[MOST_COLUMNS : MOST_COLUMNS + 1].first() if len(found) > COLUMNS else None
    last = people[ROWS - 1] if len(people) > ROWS else None
    context = {
        "form": form,
        "columns": columns.revisions,
        "rows": columns.rows(people[:ROWS], view.today) if found else [],
        "today": view.today,
        "next_url": _changed(request, after=f"{last.name}:{last.pk}") if last else "",
        "previous_url": _changed(request, after="") if name else "",
        "next_columns": _changed(request, **{"from": found[COLUMNS - 1].process.number}) if len(found) > COLUMNS else "",
        "first_columns": _changed(request, **{"from": ""}) if from_number else "",
        "left_out": matrix_sheet.left_out(beyond) if beyond else "",
        "sheet_url": _changed(request, after="", **{"from": ""}),
    }
    return render(request, "training/matrix.html", context)


@require_safe
def matrix_file(request: HttpRequest) -> HttpResponseBase:
    """Everybody and every process of the same narrowing, as a spreadsheet."""
    _form, asked = _asked(request)
    view, now = scope_of(request), timezone.now()
    found = list(matrix.revisions(asked, view, now)[: MOST_COLUMNS + 1])
    columns = Columns(found[:MOST_COLUMNS])
    out = matrix_sheet.write(found, matrix.everybody(asked, columns, view.today))
    response = FileResponse(out, content_type=XLSX)
    name = f"{_('Training matrix')} {view.today:%Y-%m-%d}.xlsx"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


def _after(request: HttpRequest) -> tuple[str, int]:
    name, _separator, key = request.GET.get("after", "").rpartition(":")
    return (name, int(key)) if key.isdecimal() and len(key) < 19 else ("", 0)


def _changed(request: HttpRequest, **changes: str) -> str:
    given = {**request.GET.dict(), **changes}
    return "?" + urlencode({name: value for name, value in given.items() if value})
