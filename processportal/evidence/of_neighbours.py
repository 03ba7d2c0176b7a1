"""What stands around a process: who must read it, its indicators, its copies on paper, who held its owner position."""

from collections.abc import Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kpis.models import Indicator
from organization.directory import last_day
from organization.models import Appointment
from processportal.copies.models import Copy
from processportal.evidence.differences import changes, with_previous
from processportal.evidence.happened import Kind, Said, Source, Subject, Told, each, name_of
from training.models import AudienceRule
from training.rule_words import whom

MEASURED: Final = ("name", "unit", "direction", "target", "limit", "decimals", "keeper", "starts_on", "ends_before")
RULED: Final = ("ends_before",)
HELD: Final = ("starts_on", "ends_before", "mode", "percent")


def _history(model: Any, **of: Any) -> Any:
    return with_previous(model.history.filter(**of).select_related("history_user"))


def _said(row: Any, what: str, changed: dict[int, list[str]], link: str = "") -> Said | None:
    """A row of history: what it was when it was made or taken away, and what changed in between."""
    if row.history_type == "~":
        if not changed.get(row.history_id):
            return None
        what = "\n".join([what, *changed[row.history_id]])
    elif row.history_type == "-":
        what = _("%(what)s: taken away") % {"what": what}
    return Said(name_of(row.history_user), what, row.history_change_reason or "", link)


def _indicators(rows: Sequence[Any], _subject: Subject) -> Told:
    changed = changes(rows, MEASURED)
    return [_said(row, _("Indicator “%(name)s”") % {"name": row.name}, changed, reverse("kpis:indicator", args=[row.id])) for row in rows]


def _audience(rows: Sequence[Any], _subject: Subject) -> Told:
    changed = changes(rows, RULED)
    return [_said(row, _rule(row), changed) for row in rows]


def _rule(row: Any) -> str:
    words = {"whom": whom(row), "day": date_format(row.starts_on)}
    if row.excludes:
        return _("Need not read it from %(day)s on: %(whom)s") % words
    return _("Must read it from %(day)s on: %(whom)s") % words


def _ruled(subject: Subject) -> Any:
    rows = _history(AudienceRule, process=subject.process)
    return rows.select_related("history_user", "department", "position__department", "role__department", "level", "person")


def _holders(subject: Subject) -> Any:
    """Of every position that ever owned the process."""
    owners = {subject.process.owner_id, *subject.process.history.values_list("owner_id", flat=True).distinct().order_by()}
    return _history(Appointment, position__in=owners - {None}).select_related("history_user", "person", "position")


def _held(rows: Sequence[Any], _subject: Subject) -> Told:
    changed = changes(rows, HELD)
    return [_said(row, _appointment(row), changed, reverse("organization:position", args=[row.position_id])) for row in rows]


def _appointment(row: Any) -> str:
    end = last_day(row.ends_before)
    words = {
        "person": row.person,
        "position": row.position,
        "first": date_format(row.starts_on),
        "last": date_format(end) if end else "",
    }
    if end:
        return _("%(person)s holds %(position)s from %(first)s to %(last)s") % words
    return _("%(person)s holds %(position)s from %(first)s on") % words


def _copies(subject: Subject) -> Any:
    found = Copy.objects.within(subject.scope).filter(process=subject.process)
    return found.select_related("printed_by", "closed_by", "process")


def _issued(copy: Copy, _subject: Subject) -> Said:
    words = {"kind": copy.get_kind_display(), "code": copy.code, "version": copy.version, "place": copy.place}
    what = _("%(kind)s %(code)s of version %(version)s issued") % words
    if copy.place:
        what = _("%(kind)s %(code)s of version %(version)s issued for “%(place)s”") % words
    return Said(name_of(copy.printed_by), what, link=_paper(copy))


def _recalled(copy: Copy, _subject: Subject) -> Said:
    return Said("", _("Copy %(code)s called back") % {"code": copy.code}, link=_paper(copy))


def _closed(copy: Copy, _subject: Subject) -> Said:
    words = {"code": copy.code, "outcome": copy.get_outcome_display()}
    return Said(name_of(copy.closed_by), _("Copy %(code)s: %(outcome)s") % words, link=_paper(copy))


def _paper(copy: Copy) -> str:
    return reverse("copies:copy", args=[copy.process.number, copy.pk])


SOURCES: Final = (
    Source(Kind.AUDIENCE, "history_date", _ruled, _audience),
    Source(Kind.INDICATOR, "history_date", lambda s: _history(Indicator, process=s.process), _indicators),
    Source(Kind.COPY, "closed_at", lambda s: _copies(s).filter(closed_at__isnull=False), each(_closed)),
    Source(Kind.COPY, "recalled_at", lambda s: _copies(s).filter(recalled_at__isnull=False), each(_recalled)),
    Source(Kind.COPY, "printed_at", _copies, each(_issued)),
    Source(Kind.OWNER, "history_date", _holders, _held),
)
