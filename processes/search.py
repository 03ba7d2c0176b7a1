"""Search over what is in force and may be seen: the words of approved revisions, and titles and numbers while typing."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from django.db import connection
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from organization.scope import Scope
from processes.canonical import parse
from processes.definition import Definition
from processes.folding import asked_words, fold, stored_words
from processes.models import FrozenContent, Process, Revision, SearchDocument, Translation
from processes.search_index import best

SNIPPET: Final = 160
WORDS_TYPED: Final = 6


@dataclass(frozen=True, slots=True)
class Hit:
    """A procedure that holds the words; `snippet` is a piece of its text around the first of them.

    `translation`: the language of the translation in which the piece stands, "" for the authoritative text.
    """

    process: Process
    revision: Revision
    snippet: str
    translation: str = ""


def search(text: str, scope: Scope, now: dt.datetime, limit: int = 25) -> list[Hit]:
    """Procedures in force that this person may see and that hold all the words; those with all words in the title first."""
    words = asked_words(text)
    if not words:
        return []
    visible = Process.objects.visible_to(scope).filter(state=Process.State.ACTIVE)
    among = Revision.objects.in_force(now).filter(process__in=visible).order_by().values("pk")
    ids = best(connection, words, among.query.sql_with_params(), limit)
    found = Revision.objects.select_related("process__department", "frozen").in_bulk(ids)
    translated = _translated(found.values())
    return [Hit(found[pk].process, found[pk], *snippet([_content(found[pk]), *translated.get(pk, ())], words)) for pk in ids]


def find_by_title_or_number(text: str, scope: Scope, limit: int = 20) -> QuerySet[Process]:
    """For autocompletion: active processes that this person may see, whose number begins with the text or whose title holds its words."""
    in_title = Q()
    for word in text.split()[:WORDS_TYPED]:
        in_title &= Q(title__icontains=word)
    number = Q(number__istartswith=text.strip())
    order = Case(
        When(number, then=Value(0)), When(title__istartswith=text.strip(), then=Value(1)), default=Value(2), output_field=IntegerField()
    )
    visible: QuerySet[Process] = Process.objects.visible_to(scope).filter(state=Process.State.ACTIVE)
    return visible.filter(number | in_title).select_related("department").order_by(order, "number")[:limit]


def index(revision: Revision, *, fresh: bool = False) -> None:
    """Writes the row of an approved revision with its released translations; the database's index follows in the same transaction.

    A `fresh` one is being approved just now: only what is approved is translated, so that it has none.
    """
    definition = _content(revision)
    said = [definition, *([] if fresh else _translated([revision]).get(revision.pk, ()))]
    row = SearchDocument(
        revision=revision,
        title=stored_words([definition.number, *(one.title for one in said)]),
        body=stored_words(chain.from_iterable(map(texts, said))),
    )
    SearchDocument.objects.bulk_create([row], update_conflicts=True, unique_fields=["revision"], update_fields=["title", "body"])


def forget(revision: Revision) -> None:
    """Removes the row of a revision whose approval was taken back."""
    SearchDocument.objects.filter(revision=revision).delete()


def snippet(said: Sequence[Definition], words: list[str]) -> tuple[str, str]:
    """A piece of the text that holds the first of the words found, or else the beginning of the purpose; and in which translation.

    The authoritative content stands first, translations after it.
    """
    for definition, text in ((one, text) for one in said for text in texts(one)):
        folded = fold(text)
        place = next((folded.find(word) for word in words if word in folded), None)
        if place is not None:
            start = max(0, place - SNIPPET // 3)
            piece = f"{'…' if start else ''}{text[start : start + SNIPPET].strip()}{'…' if start + SNIPPET < len(text) else ''}"
            return piece, "" if definition is said[0] else definition.language
    return said[0].purpose[:SNIPPET], ""


def texts(definition: Definition) -> Iterator[str]:
    """Everything that people read, in reading order."""
    boundary = definition.boundary
    yield from (definition.purpose, definition.scope, boundary.trigger, boundary.first_step, boundary.last_step, boundary.result)
    for row in definition.sipoc:
        yield from (row.supplier, row.input, row.process, row.output, row.customer)
    yield from (role.title for role in definition.roles)
    for step in definition.steps:
        yield from (step.name, step.description, *step.inputs, *step.outputs, *step.records, step.system, step.link, step.trigger)
        yield from (step.form, step.instruction, *(text for risk in step.risks for text in (risk.risk, risk.control)))
        yield from (flow.label for flow in step.flows)
    for record in definition.records:
        yield from (record.name, record.kept_by, record.retention)
    for reference in definition.references:
        yield from (reference.label, reference.target)
    yield definition.notes


def _translated(revisions: Iterable[Revision]) -> dict[int, list[Definition]]:
    """Revision → its content in other languages, as released. One query."""
    found: dict[int, list[Definition]] = {}
    rows = Translation.objects.standing().filter(revision__in=revisions).order_by("language")
    for revision, content in rows.values_list("revision", "released__content"):
        found.setdefault(revision, []).append(parse(bytes(content)))
    return found


def _content(revision: Revision) -> Definition:
    frozen = revision.frozen or FrozenContent()
    return parse(bytes(frozen.content))
