"""Who owes a translation: its keeper the text, a named person the check; asked for again when the process changes."""

import datetime as dt
from typing import Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from organization.calendar import add_working_days, today
from organization.models import Person, Position
from processes.languages import language
from processes.models import Process, Revision, Translation
from worklist.items import NewItem, give, raise_items, settle, withdraw_many
from worklist.models import Happening, WorkItem
from worklist.notices import tell

WORKING_DAYS: Final = 10
TRANSLATE, CHECK = "translate", "check"
"""What source keys begin with: "translate:<process>:<revision>:<language>", and for each further time ":<version>"."""


def to_translate(process: Process) -> Revision | None:
    """The approved revision that holds from now on or will: what is worth translating."""
    found: Revision | None = process.revisions.newest().select_related("process__owner", "process__department", "frozen").first()
    return found


def latest(process: Process) -> dict[str, Translation]:
    """Language → its translation of the newest revision that has one; of several the one begun last."""
    rows = Translation.objects.filter(revision__process=process).select_related("revision__process__owner", "keeper")
    return {one.language: one for one in rows.order_by("revision__ordinal", "pk")}


def ask(revision: Revision, now: dt.datetime) -> int:
    """An approved revision is to be translated into each language in which the process can be read so far; says how many.

    Asked once for each language, however often this runs. What was owed for earlier revisions is no longer needed.
    """
    last = [one for one in latest(revision.process).values() if one.state != Translation.State.WITHDRAWN and one.revision_id != revision.pk]
    withdraw_many(_owed(revision.process, exclude=revision), now=now)
    due_on = max(add_working_days(today(now), WORKING_DAYS), revision.planned_on or dt.date.min)
    raise_items(
        [
            NewItem(
                WorkItem.Kind.TRANSLATE, subject(one), "processes:translation", [revision.process.number, one.language], due_on,
                f"{TRANSLATE}:{revision.process_id}:{revision.pk}:{one.language}",
                position_id=_keeper(one, today(now)).pk,
            )
            for one in last
        ],
        now=now,
    )  # fmt: skip
    return len(last)


def ask_no_more(revision: Revision, now: dt.datetime) -> None:
    """The approval was taken back: nobody owes its translations."""
    withdraw_many(_owed(revision.process, revision), now=now)


def owe_text(translation: Translation, now: dt.datetime) -> None:
    """Its keeper has to go on."""
    _owe(translation, WorkItem.Kind.TRANSLATE, TRANSLATE, now)


def owe_check(translation: Translation, checker: Person, *, by: Person, now: dt.datetime) -> None:
    """The person named has to check it, and is told; should he or she leave, the keeper names somebody else."""
    item = _owe(translation, WorkItem.Kind.REVIEW, CHECK, now)
    give(item, checker, what=Happening.What.GIVEN, by=by, reason="", now=now)
    words = {"name": by.name, "subject": subject(translation)}
    asked = format_lazy(gettext_lazy("{name} asks you to check a translation: {subject}"), **words)
    body = gettext_lazy("Compare it with the source, then release it with your signature or return it with what is to be changed.")
    tell(checker, key=f"check:{item.pk}", subject=asked, body=body, url=_address(translation), now=now, work_item=item)


def close(translation: Translation, what: str, outcome: str, now: dt.datetime) -> None:
    """Nothing is owed (any more) for this translation."""
    for item in _items(translation, what):
        settle(item, outcome=outcome, now=now)


def tell_translator(translation: Translation, words: str | Promise, body: str, now: dt.datetime, *, due: bool = False) -> None:
    """Whoever handed it in hears what became of it."""
    tell(
        translation.handed_in_by or translation.begun_by, key=f"translation:{translation.pk}:{translation.version}",
        subject=words, body=body,
        url=_address(translation), now=now, kind=WorkItem.Kind.TRANSLATE, due=due,
    )  # fmt: skip


def subject(translation: Translation) -> str:
    """What items, notices and signatures call it."""
    process = translation.revision.process
    return f"{process.number} {process.title} · {language(translation.language).name}"


def _keeper(translation: Translation, day: dt.date) -> Position:
    """Whoever keeps it up to date; the owner of the process where that position was closed."""
    closed = translation.keeper.closed_on
    return translation.keeper if closed is None or closed > day else translation.revision.process.owner


def _owe(translation: Translation, kind: str, what: str, now: dt.datetime) -> WorkItem:
    new = NewItem(
        kind, subject(translation), "processes:translation", [translation.revision.process.number, translation.language],
        add_working_days(today(now), WORKING_DAYS), f"{what}:{_key(translation)}:{translation.version}",
        position_id=_keeper(translation, today(now)).pk,
    )  # fmt: skip
    return raise_items([new], now=now)[0]


def _address(translation: Translation) -> str:
    return reverse("processes:translation", args=[translation.revision.process.number, translation.language])


def _owed(process: Process, only: Revision | None = None, exclude: Revision | None = None) -> list[int]:
    """Ids of what is owed for translations of a process: of one revision, or of all but one."""

    def of(key: str) -> Q:
        return Q(source_key__startswith=f"{TRANSLATE}:{key}:") | Q(source_key__startswith=f"{CHECK}:{key}:")

    owed = WorkItem.objects.open().filter(of(f"{process.pk}:{only.pk}" if only else f"{process.pk}"))
    if exclude:
        owed = owed.exclude(of(f"{process.pk}:{exclude.pk}"))
    return list(owed.values_list("pk", flat=True))


def _items(translation: Translation, what: str) -> QuerySet[WorkItem]:
    begins = f"{what}:{_key(translation)}"
    owed: QuerySet[WorkItem] = WorkItem.objects.open()
    return owed.filter(source_key=begins) | owed.filter(source_key__startswith=f"{begins}:")


def _key(translation: Translation) -> str:
    return f"{translation.revision.process_id}:{translation.revision_id}:{translation.language}"
