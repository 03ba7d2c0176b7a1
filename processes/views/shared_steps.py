"""A shared step changed at its source: what that would change here, and the three answers."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from organization.scope import scope_of
from organization.views.request import carry_out
from processes import policy, shared
from processes.canonical import from_json
from processes.compare import Comparison, compare
from processes.comparison import field_label
from processes.content import definition_of
from processes.definition import Definition
from processes.models import Process, Revision, SharedChange
from processes.operations import apply
from processes.shared_forms import KEEP, TAKE, ChangeForm
from processes.sharing import Proposed, operations
from processes.views.doors import person_of, process_or_404, refused


@dataclass(frozen=True, slots=True)
class Step:
    """A step of this text that says something of its own where it changed there, or whose ways on somebody has to look at."""

    number: int
    name: str
    fields: str
    ways: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What the change would do to the newest text."""

    comparison: Comparison
    notes: list[Step]


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: str, change: int) -> HttpResponse:
    """The comparison and the answers; what was answered, once it was. A source that one may not see is only named by its number."""
    process, scope, person = process_or_404(request, number), scope_of(request), person_of(request)
    found = get_object_or_404(process.shared_changes.select_related("block", "main", "answered_by"), pk=change)
    visible = shared.source_is_visible(found, scope)
    draft = Revision.objects.visible_to(scope).filter(process=process).open().first()
    taken = bool(draft and draft.state == Revision.State.DRAFT and not _proposals(found, process, from_json(draft.content)))
    answer = policy.may_answer_change(person, process, scope)
    if not answer and not policy.may_contribute(person, process, scope):
        return refused(request, answer.reason)
    form = ChangeForm(request.POST or None, offered=visible)
    done = carry_out(request, form, lambda data: _answer(request, found, data)) if answer else None
    if done:
        return done
    context = {
        "process": process, "change": found, "visible": visible, "draft": draft, "taken": taken, "answer": answer, "form": form,
        "waiting": found.answer == SharedChange.Answer.OPEN, "shown": _shown(found, process) if visible else None,
        "main_revision": found.main.revisions.filter(ordinal=found.version).first() if found.main and visible else None,
    }  # fmt: skip
    return render(request, "processes/shared_change.html", context, status=422 if form.errors else 200)


def _proposals(change: SharedChange, process: Process, mine: Definition) -> list[Proposed]:
    source, _latest = shared.source_of(shared.use_of(change))
    return shared.proposed(process, source, change.version, mine)


def _shown(change: SharedChange, process: Process) -> Shown | None:
    """Against the newest approved text; None where it says so already."""
    revision = shared.newest(process)
    if revision is None:
        return None
    mine = definition_of(revision)
    some = _proposals(change, process, mine)
    after = mine
    for operation in operations(some):
        after = apply(after, operation).definition
    numbers = mine.numbers()
    notes = [
        Step(numbers.get(one.step, 0), one.name, ", ".join(field_label(name) for name in one.own), one.ways)
        for one in some
        if one.own or one.ways
    ]
    return Shown(compare(mine, after), notes) if some else None


def _answer(request: HttpRequest, change: SharedChange, data: dict[str, Any]) -> HttpResponse:
    by, now, number = person_of(request), timezone.now(), change.process.number
    if data["act"] == TAKE:
        shared.take_over(change, by=by, now=now)
        messages.success(request, _("The change is in the draft. Look at it, and submit the draft when it is right."))
        return redirect("processes:draft", number)
    if data["act"] == KEEP:
        shared.keep(change, data["reason"], by=by, now=now)
        messages.success(request, _("It stays as it is. The next change of the shared steps is proposed again."))
    else:
        shared.unlink(change, data["reason"], by=by, now=now)
        messages.success(request, _("The steps are unlinked. What changes there is no longer proposed here."))
    return redirect("processes:shared_change", number, change.pk)
