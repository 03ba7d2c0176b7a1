"""My work."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from organization.scope import scope_of
from worklist import listing
from worklist.forms import Filter
from worklist.views.addresses import changed


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What I owe, by due day."""
    scope = scope_of(request)
    form = Filter(request.GET)
    after = request.GET.get("after", "")
    page = listing.page(scope, form.wanted(after))
    context = {
        "page": page,
        "form": form,
        "today": scope.today,
        "filtered": bool(request.GET.get("kind") or request.GET.get("whose")),
        "first_url": changed(request.GET, "after", "") if after else "",
        "next_url": changed(request.GET, "after", page.after) if page.after else "",
    }
    return render(request, "worklist/mine.html", context)
