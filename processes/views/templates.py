"""Templates: which there are for this person, marking a process as one, and taking the mark back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organization.refusals import Refused
from organization.scope import scope_of
from organization.views.request import Page, carry_out, form_page
from processes import policy, templates
from processes.models import Template
from processes.template_forms import TemplateForm
from processes.views.doors import person_of, process_or_404, refused
from processes.views.paging import page_of

ROWS = 50


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Those that this person may begin with, by name; a button where he or she keeps them."""
    scope, now = scope_of(request), timezone.now()
    found = Template.objects.visible_to(scope).select_related("process", "department", "marked_by").order_by("name", "pk")
    page = page_of(request, found, ROWS)
    usable = set(Template.objects.usable(now).filter(pk__in=[one.pk for one in page.rows]).values_list("pk", flat=True))
    managed = policy.managed(scope)
    context: dict[str, Any] = {
        "rows": [(one, one.pk in usable, scope.office or one.department_id in managed) for one in page.rows],
        "may_create": policy.departments_to_create_in(scope).exists(),
        "may_share": scope.office or bool(managed),
        "previous_url": page.previous_url,
        "next_url": page.next_url,
    }
    return render(request, "processes/templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def mark(request: HttpRequest, number: str) -> HttpResponse:
    """A form: for whom, name, when to use it. What was said before stands in it."""
    process, scope = process_or_404(request, number), scope_of(request)
    if not policy.may_share_any(scope):
        return refused(request, _("Templates are kept by the process office and by the process managers of departments."))
    known = process.templates.order_by("pk").first()
    initial = {"department": known.department_id or "", "name": known.name, "use": known.use} if known else {"name": process.title}
    form = TemplateForm(request.POST or None, scope=scope, initial=initial)
    made = carry_out(request, form, lambda data: _mark(request, process, form, data))
    if made:
        messages.success(request, _("%(number)s is now the template “%(name)s”.") % {"number": number, "name": made.name})
        return redirect("processes:templates")
    lead = _("Whoever begins a process may choose it then: the new draft starts with a copy of the text that is in force.")
    page = Page(_("Use as a template"), _("Save"), reverse("processes:templates"), f"{number} {process.title}", lead)
    return form_page(request, form, page)


@require_POST
def remove(request: HttpRequest, template: int) -> HttpResponse:
    """No longer a template."""
    found = get_object_or_404(Template.objects.visible_to(scope_of(request)), pk=template)
    try:
        templates.unmark(found, by=person_of(request), now=timezone.now())
    except Refused as refusal:
        return refused(request, str(refusal))
    messages.success(request, _("“%(name)s” is no longer a template. What began with it stays.") % {"name": found.name})
    return redirect("processes:templates")


def _mark(request: HttpRequest, process: Any, form: TemplateForm, data: dict[str, Any]) -> Template:
    return templates.mark(process, form.reach, data["name"], data["use"], by=person_of(request), now=timezone.now())
