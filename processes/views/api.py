"""What the editor sends: operations, presence, and Markdown to be shown. JSON in, JSON out (see `doors.api`)."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from organization.refusals import Stale
from processes import dividing, drafting, fixes
from processes.canonical import TEXT_LIMIT, clean, from_json
from processes.checking import findings
from processes.definition import upgraded
from processes.markdown import render
from processes.models import DraftPresence, Revision
from processes.views.doors import BadInput, Body, api, draft_or_404, person_of
from processes.views.pictures import address


@api
def operations(request: HttpRequest, number: str, body: Body) -> JsonResponse:
    """{"seen", "operations"} → {"version", "applied", "conflicts", "refused", "operations": all since `seen`, in order}.

    409 where something conflicts: what does not is saved all the same, so that nobody's text waits for somebody else's.
    """
    seen, sent = _whole_number(body.get("seen")), body.get("operations")
    if not isinstance(sent, list) or not all(map(_is_operation, sent)):
        raise BadInput(_("A list of operations is expected."))
    revision = draft_or_404(request, number)
    result = drafting.edit(revision, sent, by=person_of(request), now=timezone.now(), seen=seen)
    answer = {
        **_since(revision, seen, result.version),
        "applied": list(result.applied),
        "conflicts": list(result.conflicts),
        "refused": list(result.refused),
    }
    return JsonResponse(answer, status=409 if result.conflicts else 200)


@api
def presence(request: HttpRequest, number: str, body: Body) -> JsonResponse:
    """{"step", "version"} → {"people": who else is here, "version", "operations": what was written since}."""
    step, version = body.get("step"), _whole_number(body.get("version"))
    if not isinstance(step, str):
        raise BadInput(_("A step is expected."))
    revision, now = draft_or_404(request, number), timezone.now()
    if revision.state != Revision.State.DRAFT:
        raise Stale(_("This revision is no longer a draft; it cannot be edited. What you typed is kept on this device."))
    drafting.touch_presence(revision, person_of(request), step, now)
    people = [_here(one) for one in drafting.present(revision, now) if one.person_id != request.user.pk]
    return JsonResponse({"people": people, **_since(revision, version, revision.version)})


@api
def preview(request: HttpRequest, number: str, body: Body) -> JsonResponse:
    """{"text": Markdown} → {"html": sanitised}."""
    draft_or_404(request, number)
    text = body.get("text")
    if not isinstance(text, str) or len(text) > TEXT_LIMIT:
        raise BadInput(_("A text of at most %(limit)d characters is expected.") % {"limit": TEXT_LIMIT})
    return JsonResponse({"html": render(clean(text), address(number))})


@api
def fix(request: HttpRequest, number: str, body: Body) -> JsonResponse:
    """{"version", "finding": its place, "code", "fix"} → {"operations"}: what the mend does, to be done like typing.

    409 where the draft has changed since the findings were shown, so that nothing is mended that nobody looked at.
    """
    revision = draft_or_404(request, number)
    definition = upgraded(from_json(revision.content))
    found, place = findings(definition), _whole_number(body.get("finding"))
    if body.get("version") != revision.version or place >= len(found) or found[place].code != body.get("code"):
        raise Stale(_("The draft has changed meanwhile. Look at the finding again."))
    done = fixes.operations(definition, found[place], str(body.get("fix")), words_of(revision.process.language))
    return JsonResponse({"operations": done})


@api
def divide(request: HttpRequest, number: str, body: Body) -> JsonResponse:
    """{"version", "steps": keys, "title"} → {"number", "title", "url", "version", "operations": what that changed in the draft}."""
    steps, title = body.get("steps"), body.get("title")
    if not isinstance(steps, list) or not all(isinstance(key, str) for key in steps) or not isinstance(title, str):
        raise BadInput(_("A list of steps and a title are expected."))
    revision, seen = draft_or_404(request, number), _whole_number(body.get("version"))
    child = dividing.divide(revision, steps, title, by=person_of(request), now=timezone.now(), seen=seen)
    address = reverse("processes:draft", args=(child.number,))
    return JsonResponse({"number": child.number, "title": child.title, "url": address, **_since(revision, seen, seen)})


def words_of(language: str) -> fixes.Words:
    """What the editor itself writes into a document, in the document's language."""
    with translation.override(language):
        return fixes.Words(_("Start"), _("End"), _("yes"), _("no"), _("Which case is it?"), _("Do all of these"))


def _is_operation(sent: object) -> bool:
    return isinstance(sent, dict) and isinstance(sent.get("op"), str) and isinstance(sent.get("target"), str)


def _since(revision: Revision, seen: int, version: int) -> dict[str, Any]:
    rows = drafting.operations_since(revision, seen)
    return {"version": max([version, *(row["version"] for row in rows)]), "operations": rows}


def _here(one: DraftPresence) -> dict[str, str]:
    return {"name": one.person.name, "initials": one.person.initials, "step": one.step}


def _whole_number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise BadInput(_("A version is a whole number."))
    return value
