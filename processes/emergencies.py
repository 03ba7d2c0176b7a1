"""In which words people are told that an emergency release holds no more; `moving` lays it over what is in force, and takes it off."""

import datetime as dt
from typing import Final

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from processes.models import Revision

WHAT_TO_DO: Final = gettext_lazy("It was not approved in time, or not at all. Work by the version that is in force now.")


def words_of_end(released: Revision, now: dt.datetime) -> Promise:
    """One line: what ended, and which version holds instead, where one does."""
    process = released.process
    words = {"number": process.number, "title": process.title, "version": released.label}
    current = process.revisions.in_force(now).first()
    if current is None:
        return format_lazy(gettext_lazy("{number} {title}: emergency version {version} holds no more"), **words)
    again = gettext_lazy("{number} {title}: emergency version {version} holds no more, version {current} is in force")
    return format_lazy(again, **words, current=current.label)
