"""The day in an address (`?on=2026-03-03`): what of it cannot be shown is said on the page, which is then of today."""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from organization.past import day_of
from organization.scope import scope_of


def asked_day(request: HttpRequest) -> dt.date:
    """Today where none is asked for, and where it cannot be read or is still to come."""
    today, text = scope_of(request).today, request.GET.get("on", "")
    found = day_of(text)
    said = ""
    if text and found is None:
        said = _("“%(text)s” is no day such as 2026-03-03. You see how it stands today.") % {"text": text[:40]}
    elif found is not None and found > today:
        said = _("%(day)s is still to come. You see how it stands today.") % {"day": date_format(found)}
    if said and "table" not in request.GET:  # a file has no room for it
        messages.warning(request, said)
    return min(found or today, today)


def of_today(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For pages without a past: whoever asks for a day is told that it is not that day."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("on"):
            messages.warning(request, _("This page shows no other day. You see how it stands today."))
        return view(request, *args, **kwargs)

    return told
