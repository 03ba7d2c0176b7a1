"""Who does what in one revision: the RACI matrix and the hand-offs. Views of the steps, not documents."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from organization.scope import scope_of
from processes.content import definition_of
from processes.matrices import hand_offs, raci
from processes.models import Revision
from processes.views.doors import process_or_404


@require_safe
def matrices(request: HttpRequest, number: str, ordinal: int) -> HttpResponse:
    """Both matrices of a revision that the person may see."""
    process = process_or_404(request, number)
    visible = Revision.objects.visible_to(scope_of(request)).filter(process=process).select_related("frozen", "process")
    revision = get_object_or_404(visible, ordinal=ordinal)
    definition = definition_of(revision)
    square = hand_offs(definition)
    context = {
        "process": process,
        "revision": revision,
        "roles": definition.roles,
        "rows": raci(definition),
        "square": list(zip(definition.roles, square, strict=True)),
        "total": sum(cell.count for row in square for cell in row),
    }
    return render(request, "processes/matrices.html", context)
