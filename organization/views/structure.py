"""Managing departments and positions: administrators only."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from organization import structure
from organization.forms import ConfirmForm, DepartmentForm, PositionForm
from organization.models import Department, Position
from organization.views.request import Page, carry_out, for_administrators, form_page, person_of


@for_administrators
def new_department(request: HttpRequest) -> HttpResponse:
    """A new department; the very first is the company."""
    me, first = person_of(request), not Department.objects.exists()
    parent = request.GET.get("parent", "")
    form = DepartmentForm(request.POST or None, initial={"parent": parent, "kind": "company" if first else "department"})
    made = carry_out(request, form, lambda data: structure.create_department(by=me, **data))
    if made:
        messages.success(request, _("%(name)s is in the tree.") % {"name": made.name})
        return redirect("organization:department", made.pk)
    lead = _("The first entry is the company itself: choose the kind “Company”.") if first else ""
    return form_page(request, form, Page(_("New department"), _("Create"), reverse("organization:index"), lead=lead))


@for_administrators
def edit_department(request: HttpRequest, department: int) -> HttpResponse:
    """Another name or kind; moving has a page of its own, since much comes along."""
    me, found = person_of(request), get_object_or_404(Department.objects.select_related("parent"), pk=department)
    form = DepartmentForm(request.POST or None, initial={"name": found.name, "kind": found.kind})
    del form.fields["code"], form.fields["parent"]
    if carry_out(request, form, lambda data: structure.change_department(found, by=me, parent=found.parent, **data)):
        messages.success(request, _("Saved."))
        return redirect("organization:department", found.pk)
    back = reverse("organization:department", args=[found.pk])
    return form_page(request, form, Page(_("Change department"), _("Save"), back, f"{found.code} {found.name}"))


@for_administrators
def new_position(request: HttpRequest, department: int) -> HttpResponse:
    """A new office in a department."""
    me, found = person_of(request), get_object_or_404(Department, pk=department)
    form = PositionForm(request.POST or None)
    made = carry_out(request, form, lambda data: structure.create_position(found, by=me, **data))
    if made:
        messages.success(request, _("The position is there. Now appoint somebody to it."))
        return redirect("organization:position", made.pk)
    back = reverse("organization:department", args=[found.pk])
    return form_page(request, form, Page(_("New position"), _("Create"), back, found.name))


@for_administrators
def edit_position(request: HttpRequest, position: int) -> HttpResponse:
    """Title, kind, required level, who stands in."""
    me, found = person_of(request), get_object_or_404(Position.objects.select_related("substitute"), pk=position)
    initial = {name: getattr(found, name) for name in ("title", "kind", "required_level", "substitution")}
    initial |= {"deputy": found.deputy_id, "substitute": found.substitute.login if found.substitute else ""}
    form = PositionForm(request.POST or None, initial=initial)
    if carry_out(request, form, lambda data: structure.change_position(found, by=me, now=timezone.now(), **data)):
        messages.success(request, _("Saved."))
        return redirect("organization:position", found.pk)
    back = reverse("organization:position", args=[found.pk])
    return form_page(request, form, Page(_("Change position"), _("Save"), back, found.title))


@for_administrators
def close_position(request: HttpRequest, position: int) -> HttpResponse:
    """Ask, then close."""
    me, found = person_of(request), get_object_or_404(Position, pk=position)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if carry_out(request, form, lambda _data: structure.close_position(found, by=me, now=timezone.now())):
        messages.success(request, _("%(title)s is closed.") % {"title": found.title})
        return redirect("organization:department", found.department_id)
    lead = _("Nobody can be appointed to it any more; what was decided in it stays on record.")
    back = reverse("organization:position", args=[found.pk])
    return form_page(request, form, Page(_("Close position"), _("Close it"), back, found.title, lead))
