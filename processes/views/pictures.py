"""Pictures in descriptions: one comes in, one is shown."""

from typing import BinaryIO

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from organization.scope import scope_of
from processes import drafting, pictures
from processes.markdown import Pictures
from processes.models import Picture
from processes.picture_files import LARGEST, NotAPicture
from processes.views.doors import BadInput, draft_or_404, file_api, person_of


def address(number: str) -> Pictures:
    """Where the pictures of a process are, by their hash."""
    return lambda sha256: reverse("processes:picture", args=(number, sha256))


@file_api
def add(request: HttpRequest, number: str, file: BinaryIO) -> JsonResponse:
    """A file → {"text": how a description shows it, "url"}."""
    revision = draft_or_404(request, number)
    try:
        picture = drafting.add_picture(revision, file.read(LARGEST + 1), by=person_of(request), now=timezone.now())
    except NotAPicture as fault:
        raise BadInput(str(fault)) from fault
    return JsonResponse({"text": f"picture:{picture.sha256}", "url": address(number)(picture.sha256)})


@require_safe
def picture(request: HttpRequest, number: str, sha256: str) -> HttpResponse:
    """The picture itself; the address holds its hash, so what it shows never changes."""
    found = pictures.find(number, sha256, scope_of(request))
    if found is None:
        raise Http404
    return shown(found)


def shown(found: Picture) -> HttpResponse:
    """The bytes of a picture that this person may see, and nothing that runs."""
    response = HttpResponse(bytes(found.content), content_type=found.media_type)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
