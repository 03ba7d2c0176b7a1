"""Change packages: begin one, put drafts in and take them out, submit all of it, or dissolve it."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from approvals import package_page, packages
from approvals.ending_forms import MemberForm, PackageForm, PackageSubmitForm
from approvals.models import ChangePackage, PackageMember
from approvals.views.page import Request, status_of
from organization.refusals import Refused
from organization.scope import scope_of
from processes.models import Revision
from worklist.views.addresses import changed, number

ROWS = 50
OFFERED = 200
"""Drafts among which somebody chooses; others join by their number."""


@require_safe
def package_list(request: Request) -> HttpResponse:
    """Change packages that concern this person, newest first: those under way, or with `?closed` those that have ended."""
    closed = "closed" in request.GET
    found = ChangePackage.objects.visible_to(scope_of(request)).filter(closed_at__isnull=not closed).select_related("created_by")
    after = number(request.GET.get("after", ""))
    if after:
        found = found.filter(pk__lt=after)
    rows = list(found.order_by("-pk")[: ROWS + 1])
    sizes = dict(PackageMember.objects.filter(package__in=rows[:ROWS]).order_by().values_list("package").annotate(size=Count("pk")))
    context = {
        "rows": [(one, package_page.PACKAGE_TONES[one.state], sizes.get(one.pk, 0)) for one in rows[:ROWS]],
        "closed": closed,
        "first_url": changed(request.GET, "after", "") if after else "",
        "next_url": changed(request.GET, "after", str(rows[ROWS - 1].pk)) if len(rows) > ROWS else "",
    }
    return render(request, "approvals/packages.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_package(request: Request, number: str) -> HttpResponse:
    """A new package that begins with the draft of this process."""
    draft = get_object_or_404(_drafts(request).filter(process__number=number))
    form = PackageForm(request.POST or None)
    status = 200 if request.method != "POST" else 422
    if request.method == "POST" and form.is_valid():
        try:
            made = packages.begin(**form.cleaned_data, by=request.user, now=timezone.now(), first=draft)
        except Refused as refused:
            form.add_error(None, str(refused))
            status = status_of(refused)
        else:
            return redirect("approvals:package", package=made.pk)
    return render(request, "approvals/package_new.html", {"form": form, "process": draft.process}, status=status)


@require_GET
def package(request: Request, package: int) -> HttpResponse:
    """Its members, the state of each, and what can be done."""
    return _page(request, _visible(request, package))


@require_POST
def add_member(request: Request, package: int) -> HttpResponse:
    """The draft of one more process joins; one that is in the package already stays."""
    found, form = _visible(request, package), MemberForm(request.POST, drafts=_drafts(request))
    if not form.is_valid():
        return _page(request, found, member_form=form, status=422)
    draft = form.cleaned_data["number"]
    is_in = found.members.filter(revision=draft).exists()
    try:
        packages.add(found, draft, by=request.user, now=timezone.now())
    except Refused as refused:
        form.add_error("number", str(refused))
        return _page(request, found, member_form=form, status=status_of(refused))
    said = _("%(number)s is in this package already.") if is_in else _("%(number)s is in the package now.")
    messages.success(request, said % {"number": draft.process.number})
    return redirect("approvals:package", package=found.pk)


@require_POST
def remove_member(request: Request, package: int, member: int) -> HttpResponse:
    """A draft leaves the package."""
    found = _visible(request, package)
    leaving = get_object_or_404(found.members.select_related("package"), pk=member)
    return _done(
        request, found, lambda: packages.remove(leaving, by=request.user, now=timezone.now()), _("Taken out; the draft stays as it is.")
    )


@require_POST
def dissolve(request: Request, package: int) -> HttpResponse:
    """The package is given up."""
    found = _visible(request, package)
    return _done(request, found, lambda: packages.dissolve(found, by=request.user, now=timezone.now()), _("Dissolved; the drafts stay."))


@sensitive_post_parameters("password", "code", "passkey")
@require_POST
def submit_package(request: Request, package: int) -> HttpResponse:
    """All members are submitted, or none."""
    found, scope = _visible(request, package), scope_of(request)
    page = package_page.of_package(found, request.user, scope)
    form = PackageSubmitForm(request.POST, request=request, view=scope, drafts=page.drafts)
    if not form.is_valid() or not form.confirmed():
        return _page(request, found, submit_form=form, status=422)
    planned_on = form.cleaned_data["planned_on"]
    try:
        packages.submit(found, form.given, by=request.user, now=timezone.now(), planned_on=planned_on)
    except Refused as refused:
        form.add_error(None, str(refused))
        form.refuse(dict(getattr(refused, "reasons", {})))
        return _page(request, found, submit_form=form, status=status_of(refused))
    messages.success(request, _("Submitted together. The first to decide on each member have been asked."))
    return redirect("approvals:package", package=found.pk)


def _done(request: Request, found: ChangePackage, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
        return _page(request, found, status=status_of(refused))
    messages.success(request, said)
    return redirect("approvals:package", package=found.pk)


def _drafts(request: Request) -> QuerySet[Revision]:
    drafts: QuerySet[Revision] = Revision.objects.visible_to(scope_of(request)).filter(state=Revision.State.DRAFT)
    return drafts.select_related("process__department")


def _visible(request: Request, package: int) -> ChangePackage:
    found: ChangePackage = get_object_or_404(ChangePackage.objects.visible_to(scope_of(request)).select_related("created_by"), pk=package)
    return found


def _page(
    request: Request,
    found: ChangePackage,
    *,
    status: int = 200,
    member_form: MemberForm | None = None,
    submit_form: PackageSubmitForm | None = None,
) -> HttpResponse:
    """The page. The forms are those that came back with errors."""
    found.refresh_from_db()
    scope = scope_of(request)
    page = package_page.of_package(found, request.user, scope)
    signing, drafts = (request, page.drafts) if page.offered else (None, ())
    submit_form = submit_form or PackageSubmitForm(request=signing, view=scope, drafts=drafts)
    member_form = member_form or MemberForm(drafts=_drafts(request))
    if member_form.errors:
        member_form.fields["number"].widget.attrs["autofocus"] = True  # it stands below all members
    context = {
        "page": page,
        "package": found,
        "member_form": member_form,
        "submit_form": submit_form,
        "rows": [(row, submit_form.of(row.member.revision_id)) for row in page.rows],
        "offered": page.offered,
        "candidates": packages.candidates(scope)[:OFFERED] if page.offered else (),
    }
    return render(request, "approvals/package.html", context, status=status)
