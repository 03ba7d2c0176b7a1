"""What a row of django-simple-history changed, in words; of many rows in a fixed number of queries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, cast

from django.db.models import Field, ForeignKey, Model, OuterRef, Q, QuerySet, Subquery
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

NOTHING: Final = "–"
Labels = Mapping[tuple[type[Model], Any], str]


def with_previous(history: QuerySet[Any]) -> QuerySet[Any]:
    """Each row with `previous_id`, the row of the same record before it."""
    earlier = Q(history_date__lt=OuterRef("history_date")) | Q(history_date=OuterRef("history_date"), history_id__lt=OuterRef("history_id"))
    before = history.model.objects.filter(earlier, id=OuterRef("id")).order_by("-history_date", "-history_id")
    found: QuerySet[Any] = history.annotate(previous_id=Subquery(before.values("history_id")[:1]))
    return found


def previous_of(rows: Sequence[Any]) -> dict[int, Any]:
    """History id → the row before, for rows (at least one) of one model that `with_previous` gave. One query."""
    found = type(rows[0]).objects.in_bulk({row.previous_id for row in rows} - {None})
    return {row.history_id: found[row.previous_id] for row in rows if row.previous_id}


def changes(rows: Sequence[Any], names: Sequence[str], several: str = "") -> dict[int, list[str]]:
    """History id → a sentence for each of the fields that changed; `several` is a many-to-many field that is tracked too.

    The first row of a record has none.
    """
    before = previous_of(rows)
    pairs = [(row, before[row.history_id]) for row in rows if row.history_id in before]
    labels = _labels(_plain(one) for one in (*rows, *before.values()))
    said = {row.history_id: [_sentence(row, old, name, labels) for name in names if _value(row, name) != _value(old, name)]
            for row, old in pairs}  # fmt: skip
    if several:
        members = _members([*rows, *before.values()], several)
        for row, old in pairs:
            gone, come = members[old.history_id] - members[row.history_id], members[row.history_id] - members[old.history_id]
            field = _label(row.instance_type._meta.get_field(several))
            said[row.history_id] += [_("%(field)s: %(name)s added") % {"field": field, "name": one} for one in sorted(come)]
            said[row.history_id] += [_("%(field)s: %(name)s removed") % {"field": field, "name": one} for one in sorted(gone)]
    return said


def _plain(row: Any) -> Iterable[tuple[type[Model], Any]]:
    """What the foreign keys of a row point to."""
    for field in row.instance_type._meta.concrete_fields:
        if isinstance(field, ForeignKey) and (value := getattr(row, field.attname, None)) is not None:
            yield field.related_model, value


def _labels(pointed: Iterable[Iterable[tuple[type[Model], Any]]]) -> Labels:
    """The names of the rows that are pointed to, one query for each model."""
    wanted: dict[type[Model], set[Any]] = defaultdict(set)
    for pairs in pointed:
        for model, key in pairs:
            wanted[model].add(key)
    return {
        (model, key): str(found)
        for model, keys in wanted.items()
        for key, found in cast("Any", model._meta.default_manager).in_bulk(keys).items()
    }  # fmt: skip


def _members(rows: Sequence[Any], name: str) -> Mapping[int, set[str]]:
    """History id → names of the many-to-many field as they stood. One query."""
    through = getattr(type(rows[0]), name).model
    to = type(rows[0]).instance_type._meta.get_field(name).related_model._meta.model_name
    found: dict[int, set[str]] = defaultdict(set)
    for link in through.objects.filter(history__in=[row.history_id for row in rows]).select_related(to):
        found[link.history_id].add(str(getattr(link, to)))
    return found


def _sentence(row: Any, old: Any, name: str, labels: Labels) -> str:
    field = row.instance_type._meta.get_field(name)
    words = {"field": _label(field), "old": _said(old, field, labels), "new": _said(row, field, labels)}
    return _("%(field)s: %(old)s → %(new)s") % words


def _label(field: "Field[Any, Any]") -> str:
    text = str(field.verbose_name)
    return text[:1].upper() + text[1:]


def _value(row: Any, name: str) -> Any:
    return getattr(row, row.instance_type._meta.get_field(name).attname)


def _said(row: Any, field: "Field[Any, Any]", labels: Labels) -> str:
    value = getattr(row, field.attname)
    if value is None or value == "":
        return NOTHING
    if isinstance(field, ForeignKey):
        return labels.get((field.related_model, value), f"#{value}")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return as_words(value)


def as_words(value: Any) -> str:
    """A plain value as a reader says it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, Decimal):
        return number_format(value.normalize() if value % 1 else value.quantize(Decimal(1)))
    return str(value)
