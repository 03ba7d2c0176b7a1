"""Pages of a short list: so many rows, and the addresses of the pages before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

LAST = 10_000


@dataclass(frozen=True, slots=True)
class Rows:
    """One page."""

    rows: Sequence[Any]
    previous_url: str
    next_url: str


def page_of(request: HttpRequest, found: QuerySet[Any], size: int) -> Rows:
    """The page that `?page=` asks for; nonsense is the first one. One query."""
    asked = request.GET.get("page", "")
    number = min(int(asked), LAST) if asked.isdecimal() and int(asked) > 0 else 1
    rows = list(found[(number - 1) * size : number * size + 1])
    return Rows(rows[:size], _address(request, number - 1) if number > 1 else "", _address(request, number + 1) if len(rows) > size else "")


def _address(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"
