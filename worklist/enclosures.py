"""What belongs to a mail besides its words, such as a calendar entry: apps above say so for their own pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import Resolver404, resolve

from worklist.models import Notice


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file of a mail."""

    name: str
    content: bytes
    content_type: str


Finder = Callable[..., Sequence[Enclosure]]
_finders: dict[str, Finder] = {}


def register(page: str, finder: Finder) -> None:
    """Mails that lead to this page (a name for `reverse`) carry what `finder(person, **arguments of the page)` finds at sending."""
    _finders[page] = finder


def of(notice: Notice) -> Sequence[Enclosure]:
    """What the mail of this notice carries; most carry nothing."""
    page, given = _page(notice.url)
    finder = _finders.get(page)
    return finder(notice.person, **given) if finder else ()


def _page(address: str) -> tuple[str, dict[str, Any]]:
    try:
        found = resolve(address.partition("?")[0].partition("#")[0])
    except Resolver404:
        return "", {}
    return found.view_name, found.kwargs
