"""Stories of translations: written, checked by somebody else, released; asked for again when the process changes.

The only module that writes `Translation.state`. A translation belongs to the content of one revision and changes nothing of it;
when a newer revision takes its place it is outdated, which is computed and never written.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from organization.calendar import today
from organization.models import Person, Position, Signature
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import scope
from organization.signing import sign
from processes import languages, policy, search
from processes import translation_work as work
from processes.canonical import canonical, clean, parse, sha256
from processes.models import FrozenContent, Process, Revision, Translation, TranslationEdit, TranslationMove
from processes.translating import Unit, apply, done, taken_over, units
from processes.translation_work import CHECK, TRANSLATE, latest, to_translate
from worklist.models import WorkItem

State = Translation.State
MOVES: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        (State.DRAFT.value, "hand_in"): State.IN_CHECK.value,
        (State.IN_CHECK.value, "hand_in"): State.IN_CHECK.value,  # another checker is named
        (State.IN_CHECK.value, "take_back"): State.DRAFT.value,
        (State.IN_CHECK.value, "return"): State.DRAFT.value,
        (State.IN_CHECK.value, "release"): State.RELEASED.value,
        (State.DRAFT.value, "withdraw"): State.WITHDRAWN.value,
        (State.IN_CHECK.value, "withdraw"): State.WITHDRAWN.value,
        (State.RELEASED.value, "withdraw"): State.WITHDRAWN.value,
    }
)
LONGEST_REASON: Final = 4_000


@dataclass(frozen=True, slots=True)
class Typed:
    """A text as it was typed, and the version of the translation that whoever typed it had seen."""

    text: str
    seen: int


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one sending, by the keys of its texts: as it is kept; what somebody else wrote there and who; why not."""

    version: int
    done: int
    kept: Mapping[str, str]
    conflicts: Mapping[str, tuple[str, str]]
    refused: Mapping[str, str]


def is_outdated(translation: Translation, now: dt.datetime) -> bool:
    """Whether a newer revision is in force, so that this one is no longer to be read."""
    until = translation.revision.effective_until
    return until is not None and until <= now


def stands(revision: Revision, language: str) -> bool:
    """Whether the revision has a released translation into this language."""
    return Translation.objects.standing().filter(revision=revision, language=language).exists()


@transaction.atomic
def begin(revision: Revision, language: str, *, by: Person, now: dt.datetime) -> Translation:
    """The translation into this language that is there, or a new one with all texts of the last one whose source is the same."""
    process = Process.objects.select_for_update(of=("self",)).select_related("owner", "department").get(pk=revision.process_id)
    view = scope(by, today(now))
    insist(policy.may_translate(by, process, view))
    current = to_translate(process)
    if current is None or current.frozen is None or current.pk != revision.pk:
        raise Stale(_("This revision is not the newest approved one. Translate that one."))
    definition = parse(bytes(current.frozen.content))
    if not languages.is_known(language) or language == definition.language:
        raise Refused(_("Choose a language other than that of the document."))
    living: Translation | None = Translation.objects.living().filter(revision=current, language=language).first()
    if living is not None:
        return living
    wanted = units(definition)
    last = latest(process).get(language)
    texts = taken_over(last.texts, wanted) if last else {}
    keeper = Position.objects.filter(pk__in=view.held, department=process.department).order_by("pk").first() or process.owner
    made = Translation.objects.create(
        revision=current, content=current.frozen, language=language, version=len(texts), texts=texts, done=len(texts), total=len(wanted),
        keeper=last.keeper if last else keeper, begun_by=by, begun_at=now,
    )  # fmt: skip
    if last:
        _remember_writers(made, last, now)
    return made


@transaction.atomic
def write(translation: Translation, texts: Mapping[str, Typed], *, by: Person, now: dt.datetime) -> Written:
    """Keeps the texts of these units that nobody else has changed since they were seen. Raises Refused or Stale."""
    locked = _lock(translation)
    insist(policy.may_translate(by, locked.revision.process, scope(by, today(now))))
    if locked.state != State.DRAFT:
        raise Stale(_("This translation is no longer being written (%(state)s).") % {"state": locked.get_state_display()})
    wanted = {unit.key: unit for unit in units(parse(bytes(locked.content.content)))}
    theirs = {edit.key: edit for edit in locked.edits.filter(key__in=texts).exclude(by=by).select_related("by")}
    kept, conflicts, refused = dict[str, str](), dict[str, tuple[str, str]](), dict[str, str]()
    for key, typed in texts.items():
        unit, other = wanted.get(key), theirs.get(key)
        if unit is None or len(text := unit.tidy(typed.text)) > unit.limit:
            refused[key] = _why_not(unit, typed.text)
        elif other is not None and other.version > typed.seen and other.text != text:
            conflicts[key] = (other.text, other.by.name)
        else:
            kept[key] = text
    new = {key: text for key, text in kept.items() if text != locked.texts.get(key, "")}
    if new:
        _keep(locked, new, list(wanted.values()), by=by, now=now)
    return Written(locked.version, locked.done, kept, conflicts, refused)


@transaction.atomic
def hand_in(translation: Translation, checker: Person, *, by: Person, now: dt.datetime) -> Translation:
    """Asks somebody to check the finished translation; done again, asks somebody else. Raises Refused or Stale."""
    locked = _lock(translation)
    insist(policy.may_translate(by, locked.revision.process, scope(by, today(now))))
    _still_current(locked)
    if locked.done < locked.total:
        left = locked.total - locked.done
        raise Refused(
            ngettext("%(count)d text has no translation yet.", "%(count)d texts have no translation yet.", left) % {"count": left}
        )
    if checker.pk == by.pk:
        raise Refused(_("Name somebody else: nobody checks what they wrote or hand in."))
    insist(policy.may_be_checker(checker, locked, today(now)))
    work.close(locked, CHECK, WorkItem.Outcome.MOOT, now)
    _move(locked, "hand_in", {"checker": checker, "handed_in_by": by}, by=by, now=now)
    work.close(locked, TRANSLATE, WorkItem.Outcome.DONE, now)
    work.owe_check(locked, checker, by=by, now=now)
    return locked


@transaction.atomic
def take_back(translation: Translation, *, by: Person, now: dt.datetime) -> Translation:
    """Out of the check, to go on writing. Raises Refused or Stale."""
    locked = _lock(translation)
    insist(policy.may_translate(by, locked.revision.process, scope(by, today(now))))
    _move(locked, "take_back", {"checker": None}, by=by, now=now)
    work.close(locked, CHECK, WorkItem.Outcome.MOOT, now)
    return locked


@transaction.atomic
def give_back(translation: Translation, *, by: Person, now: dt.datetime, seen: int, reason: str) -> Translation:
    """The checker returns it with a reason; whoever keeps this language goes on. Raises Refused or Stale."""
    locked = _checked(translation, by, now, seen)
    reason = _reason(reason, _("Say what is to be changed."))
    _move(locked, "return", {"checker": None}, by=by, now=now, reason=reason)
    work.close(locked, CHECK, WorkItem.Outcome.DONE, now)
    work.owe_text(locked, now)
    work.tell_translator(
        locked, format_lazy(gettext_lazy("{subject}: the translation came back"), subject=work.subject(locked)), reason, now, due=True
    )
    return locked


@transaction.atomic
def release(translation: Translation, *, by: Person, now: dt.datetime, seen: int) -> Translation:
    """The checker releases it, signed for exactly this text: readers find it from now on. Raises Refused or Stale."""
    locked = _checked(translation, by, now, seen)
    _still_current(locked)
    raw = canonical(apply(parse(bytes(locked.content.content)), locked.texts, locked.language))
    frozen, _created = FrozenContent.objects.get_or_create(sha256=sha256(raw), defaults={"content": raw, "created_at": now})
    held = Position.objects.filter(pk__in=scope(by, today(now)).held).order_by("pk").first()
    signature = sign(
        by, position=held, meaning=Signature.Meaning.REVIEWED, subject=work.subject(locked), content_sha256=frozen.sha256, now=now,
        reason=_("Translation of content %(sha256)s.") % {"sha256": locked.content.sha256},
    )  # fmt: skip
    _move(locked, "release", {"released": frozen, "released_at": now}, by=by, now=now, sha256=frozen.sha256, signature=signature)
    work.close(locked, CHECK, WorkItem.Outcome.DONE, now)
    search.index(locked.revision)
    work.tell_translator(locked, format_lazy(gettext_lazy("{subject}: the translation is released"), subject=work.subject(locked)), "", now)
    return locked


@transaction.atomic
def withdraw(translation: Translation, *, by: Person, now: dt.datetime, reason: str) -> Translation:
    """Takes a translation away from readers, or gives up one that is being written. Raises Refused or Stale."""
    locked = _lock(translation)
    insist(policy.may_withdraw(by, locked, scope(by, today(now))))
    reason = _reason(reason, _("Say why it is withdrawn."))
    _end(locked, by, now, reason)
    return locked


def cancelled(revision: Revision, *, by: Person, now: dt.datetime) -> None:
    """The approval was taken back: its translations are of nothing, and nobody owes them."""
    for translation in Translation.objects.filter(revision=revision).exclude(state=State.WITHDRAWN):
        _end(_lock(translation), by, now, _("The approval was cancelled."))
    work.ask_no_more(revision, now)


def _lock(translation: Translation) -> Translation:
    rows = Translation.objects.select_for_update(of=("self",)).select_related(
        "revision__process__owner", "revision__process__department", "revision__frozen", "content", "keeper", "checker", "handed_in_by"
    )
    locked: Translation = rows.get(pk=translation.pk)
    return locked


def _checked(translation: Translation, by: Person, now: dt.datetime, seen: int) -> Translation:
    locked = _lock(translation)
    if locked.version != seen:
        raise Stale(_("The translation is not the one that you were shown. Nothing was recorded; look at it again."))
    insist(policy.may_check(by, locked, scope(by, today(now))))
    return locked


def _still_current(translation: Translation) -> None:
    current = to_translate(translation.revision.process)
    if current is None or current.pk != translation.revision_id or current.frozen_id != translation.content_id:
        raise Stale(_("A newer revision was approved meanwhile. Translate that one; everything that is still the same is taken over."))


def _keep(locked: Translation, new: Mapping[str, str], wanted: list[Unit], *, by: Person, now: dt.datetime) -> None:
    texts = {key: text for key, text in {**locked.texts, **new}.items() if text}
    seen = Translation.objects.filter(pk=locked.pk, version=locked.version)
    version, count = locked.version + len(new), done(wanted, texts)
    if not seen.update(texts=texts, done=count, version=version):
        raise Stale(_("Somebody was faster. Nothing was done; look at it again."))
    TranslationEdit.objects.bulk_create(
        TranslationEdit(translation=locked, version=n, key=key, text=text, by=by, at=now)
        for n, (key, text) in enumerate(new.items(), locked.version + 1)
    )
    locked.texts, locked.done, locked.version = texts, count, version


def _remember_writers(made: Translation, last: Translation, now: dt.datetime) -> None:
    """Whoever wrote a text that was taken over wrote it here too: they check neither."""
    writers = {edit.key: edit.by_id for edit in last.edits.all()}
    TranslationEdit.objects.bulk_create(
        TranslationEdit(translation=made, version=n, key=key, text=text, by_id=writers[key], at=now)
        for n, (key, text) in enumerate(made.texts.items(), 1)
    )


def _move(
    locked: Translation, name: str, changes: Mapping[str, Any], *, by: Person, now: dt.datetime, reason: str = "", sha256: str = "",
    signature: Signature | None = None,
) -> None:  # fmt: skip
    before, to = locked.state, MOVES.get((locked.state, name))
    if to is None:
        raise Stale(_("This cannot be done now: the translation is in the state “%(state)s”.") % {"state": locked.get_state_display()})
    seen = Translation.objects.filter(pk=locked.pk, state=before, version=locked.version)
    if not seen.update(state=to, version=F("version") + 1, **changes):
        raise Stale(_("Somebody was faster. Nothing was done; look at it again."))
    TranslationMove.objects.create(
        translation=locked, name=name, from_state=before, to_state=to, by=by, at=now, reason=reason, sha256=sha256, signature=signature
    )
    for field, value in changes.items():
        setattr(locked, field, value)
    locked.refresh_from_db(fields=("state", "version"))


def _end(locked: Translation, by: Person, now: dt.datetime, reason: str) -> None:
    read = locked.state == State.RELEASED
    _move(locked, "withdraw", {}, by=by, now=now, reason=reason)
    for what in (CHECK, TRANSLATE):
        work.close(locked, what, WorkItem.Outcome.MOOT, now)
    if read and locked.revision.state == Revision.State.APPROVED:
        search.index(locked.revision)


def _why_not(unit: Unit | None, typed: str) -> str:
    if unit is None:
        return _("This text is not in the document any more. Reload the page; what you typed is kept.")
    return _("%(length)d characters; at most %(limit)d are kept. Shorten it.") % {"length": len(typed), "limit": unit.limit}


def _reason(reason: str, why: str) -> str:
    reason = clean(reason).strip()[:LONGEST_REASON]
    if not reason:
        raise Refused(why)
    return reason
