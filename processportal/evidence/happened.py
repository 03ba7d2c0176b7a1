"""The plain row of the history page, what it is about, and where rows come from."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Model, QuerySet, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from organization.models import Person
from organization.scope import Scope
from processes.models import ChangeRequest, Process, Revision
from processes.policy import may_change_metadata


class Kind(TextChoices):
    """By what the page is narrowed; in the order in which a document lives through them."""

    SETTINGS = "settings", gettext_lazy("Settings")
    DRAFT = "draft", pgettext_lazy("history", "Drafts and submissions")
    DECISION = "decision", gettext_lazy("Decisions")
    FORCE = "force", pgettext_lazy("history", "Approval and effect")
    REVIEW = "review", gettext_lazy("Periodic reviews")
    REQUEST = "request", gettext_lazy("Change requests")
    INTERFACE = "interface", gettext_lazy("Interfaces")
    TRANSLATION = "translation", gettext_lazy("Translations")
    AUDIENCE = "audience", gettext_lazy("Who must read it")
    INDICATOR = "indicator", gettext_lazy("Indicators")
    COPY = "copy", gettext_lazy("Copies on paper")
    OWNER = "owner", gettext_lazy("Who holds the owner position")


@dataclass(frozen=True, slots=True)
class Said:
    """What a source tells of one row: who ("" is the portal itself), what, why, where to look, and a content hash, shortened."""

    who: str
    what: str
    why: str = ""
    link: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the page: what was said, of what kind it is, and when it was."""

    at: dt.datetime
    kind: Kind
    who: str
    what: str
    why: str
    link: str
    proof: str


@dataclass(frozen=True)
class Subject:
    """The process, and the eyes with which its history is read."""

    process: Process
    scope: Scope
    now: dt.datetime

    @cached_property
    def reviews(self) -> frozenset[int]:
        """The revisions of which this reader sees drafts and reviews, not only what was approved."""
        mine = Revision.objects.whose_review_is_visible_to(self.scope).filter(process=self.process)
        return frozenset(mine.values_list("pk", flat=True))

    def requests(self) -> QuerySet[ChangeRequest]:
        """Change requests are read by those who answer them and by who asked."""
        asked = ChangeRequest.objects.filter(asked_by=self.scope.person_id)
        found: QuerySet[ChangeRequest] = (ChangeRequest.objects.to_answer(self.scope) | asked).filter(process=self.process)
        return found

    @cached_property
    def request_keys(self) -> frozenset[str]:
        """The same as the keys under which a review kept what was answered to them."""
        return frozenset(f"request-{pk}" for pk in self.requests().values_list("pk", flat=True))

    @cached_property
    def answers(self) -> bool:
        """Whether this reader answers what other readers report."""
        return bool(may_change_metadata(Person.objects.get(pk=self.scope.person_id), self.process, self.scope))


Rows = QuerySet[Any]
Told = Sequence[Said | None]


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of row. `at` names its instant, `rows` are those that the reader may see, `told` says them, in their order.

    A row that tells nothing (a saving that changed nothing) becomes None.
    """

    kind: Kind
    at: str
    rows: Callable[[Subject], Rows]
    told: Callable[[Sequence[Any], Subject], Told]


def each(say: Callable[[Any, Subject], Said | None]) -> Callable[[Sequence[Any], Subject], Told]:
    """A source's `told` where every row is said alone."""
    return lambda rows, subject: [say(row, subject) for row in rows]


def name_of(person: Model | None) -> str:
    """The person's name; "" where nobody did it."""
    return str(getattr(person, "name", "") or "")


def version_of(revision: Revision) -> str:
    """What people call it in a sentence."""
    if revision.label:
        return _("version %(version)s") % {"version": revision.label}
    return _("draft %(number)d") % {"number": revision.ordinal}


def short(sha256: str) -> str:
    """The hash as people compare it."""
    return f"{sha256[:4]}…{sha256[-4:]}" if sha256 else ""
