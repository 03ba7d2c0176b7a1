"""Pages of reading: what I owe, and confirming."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from organization.refusals import Refused, Stale
from organization.scope import scope_of
from organization.views.request import person_of
from processes.models import Revision
from training import acknowledgements
from training.models import Acknowledgement, Reading

ROWS = 50


def reading(request: HttpRequest) -> HttpResponse:
    """What I still have to read, by due day, and what I have confirmed lately."""
    scope = scope_of(request)
    owed = (
        Reading.objects.owed()
        .filter(person=scope.person_id)
        .select_related("work_item", "revision__process")
        .order_by("work_item__due_on", "pk")[:ROWS]
    )
    done = Acknowledgement.objects.filter(person=scope.person_id).select_related("revision__process")[:ROWS]
    context = {"owed": owed, "done": done, "today": scope.today, "answers_for_people": bool(scope.departments)}
    return render(request, "training/reading.html", context)


@require_POST
def acknowledge(request: HttpRequest, number: str, ordinal: int) -> HttpResponse:
    """Confirm that I have read this revision."""
    visible = Revision.objects.visible_to(scope_of(request)).select_related("process", "frozen").defer("content", "frozen__content")
    revision = get_object_or_404(visible, process__number=number, ordinal=ordinal)
    try:
        acknowledgements.acknowledge(revision, by=person_of(request), now=timezone.now(), token=request.POST.get("opened", ""))
    except Stale as stale:
        messages.warning(request, str(stale))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request,
            _("Recorded: you have read and understood %(number)s, revision %(revision)s.") % {"number": number, "revision": revision.label},
        )
        return redirect("revision", number=number, ordinal=ordinal)
    return redirect("process", number=number)
