"""What processes, their revisions, reviews, requests, interfaces and translations tell of themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.models import Decision
from processes import languages
from processes.models import ChangeRequestMove, InterfaceTerms, Move, Process, ReviewAnswer, Revision, TranslationMove
from processportal.evidence.differences import changes, with_previous
from processportal.evidence.happened import Kind, Said, Source, Subject, Told, each, name_of, short, version_of

METADATA: Final = (
    "title", "document_type", "level", "department", "owner", "group", "confidentiality", "language", "next_review_on",
)  # fmt: skip
SAID: Final[Mapping[str, str | Promise]] = {
    "submit": gettext_lazy("%(version)s submitted for approval"),
    "return": gettext_lazy("%(version)s returned for changes"),
    "reject": gettext_lazy("%(version)s rejected"),
    "recall": gettext_lazy("%(version)s recalled by its author"),
    "approve": gettext_lazy("%(version)s approved"),
    "release": gettext_lazy("%(version)s released in an emergency, before its approval is complete"),
    "cancel": gettext_lazy("Approval of %(version)s cancelled before it took effect"),
    "discard": gettext_lazy("%(version)s discarded"),
    "remark": gettext_lazy("A change of %(version)s counts as substantive from now on"),
    "withdraw": gettext_lazy("Document withdrawn"),
    "review_keep": gettext_lazy("Periodic review: %(version)s is kept as it is"),
    "review_revise": gettext_lazy("Periodic review: %(version)s is to be revised"),
    "review_withdraw": gettext_lazy("Periodic review: the document is to be withdrawn"),
}
"""Moves by their names; others are said by their states."""
APPROVED: Final = Revision.State.APPROVED
_REVIEW: Final = Q(name__startswith="review_")
_PUBLIC: Final = ~_REVIEW & (Q(revision__isnull=True) | Q(from_state=APPROVED) | Q(to_state=APPROVED) | Q(to_state=Process.State.WITHDRAWN))
"""Moves that every reader is told of: what led to something approved or away from it, not what was said of a draft on the way."""


def _created(process: Process, _subject: Subject) -> Said:
    what = _("%(number)s created") % {"number": process.number}
    return Said(name_of(process.created_by), what)


def _metadata(rows: Sequence[Any], _subject: Subject) -> Told:
    said = changes(rows, METADATA, "participating")
    return [
        Said(name_of(row.history_user), "\n".join(said[row.history_id]), row.history_change_reason or "")
        if said.get(row.history_id)
        else None
        for row in rows
    ]


def _begun(revision: Revision, subject: Subject) -> Said:
    what = _("Draft begun")
    if revision.based_on:
        what = _("Draft begun from %(version)s") % {"version": version_of(revision.based_on)}
    return Said(name_of(revision.created_by), what, link=_page(revision, subject))


def _steps(subject: Subject) -> Any:
    """Moves of what this person works on. A return or rejection is told as the decision that it was; what came back with it is not one."""
    decided = Decision.objects.filter(case__revision=OuterRef("revision"), decided_at=OuterRef("at"), decided_by=OuterRef("by"))
    steps = _moves(subject, ~_PUBLIC & ~_REVIEW & Q(revision__in=subject.reviews))
    return steps.exclude(Q(name__in=("return", "reject")) & Exists(decided.exclude(verdict=Decision.Verdict.APPROVE)))


def _moves(subject: Subject, of: Q) -> Any:
    return Move.objects.filter(of, process=subject.process).select_related("revision", "by")


def _moved(move: Move, subject: Subject) -> Said:
    words = {"version": version_of(move.revision) if move.revision else subject.process.number}
    said = SAID.get(move.name)
    if said is None:
        states = {**dict(Process.State.choices), **dict(Revision.State.choices)}
        change = {"old": states.get(move.from_state, move.from_state), "new": states.get(move.to_state, move.to_state)}
        what = _("%(version)s: %(old)s → %(new)s") % {**words, **change}
    else:
        what = str(said) % words
    link = _page(move.revision, subject) if move.revision else ""
    return Said(name_of(move.by), _sentence(what), move.reason, link, short(move.sha256))


def _reviewed(move: Move, subject: Subject) -> Said:
    """With what was answered to each thing that had come up."""
    said = _moved(move, subject)
    return replace(said, what="\n".join([said.what, *(_answered(one, subject) for one in move.answers.all())]))


def _answered(one: ReviewAnswer, subject: Subject) -> str:
    """What a reader asked or reported is read by those who answer it; everybody else learns that it was dealt with."""
    asked, reported = one.source == ReviewAnswer.Source.REQUEST, one.source == ReviewAnswer.Source.PROBLEM
    if (asked and one.key not in subject.request_keys) or (reported and not subject.answers):
        return _("%(text)s: %(answer)s") % {"text": one.get_source_display(), "answer": one.get_answer_display()}
    said = _("%(text)s: %(answer)s (%(note)s)") if one.note else _("%(text)s: %(answer)s")
    return said % {"text": one.text, "answer": one.get_answer_display(), "note": one.note}


def _in_force(revision: Revision, subject: Subject) -> Said:
    what = _sentence(_("%(version)s took effect") % {"version": version_of(revision)})
    proof = short(revision.frozen.sha256 if revision.frozen else "")
    return Said("", what, link=_page(revision, subject), proof=proof)


def _ended(revision: Revision, subject: Subject) -> Said:
    what = _sentence(_("%(version)s is no longer in force") % {"version": version_of(revision)})
    return Said("", what, link=_page(revision, subject))


def _requested(subject: Subject) -> Any:
    return ChangeRequestMove.objects.filter(request__in=subject.requests().values("pk")).select_related("request", "by")


def _request(move: ChangeRequestMove, subject: Subject) -> Said:
    words = {"number": move.request_id, "what": move.get_name_display(), "text": str(move.request)}
    link = reverse("processes:change_request", args=[subject.process.number, move.request_id])
    return Said(name_of(move.by), _("Change request %(number)s: %(what)s (“%(text)s”)") % words, move.reason, link)


def _interfaces(subject: Subject) -> Any:
    either = Q(interface__giver=subject.process) | Q(interface__taker=subject.process)
    agreed = InterfaceTerms.objects.filter(either, answer=InterfaceTerms.Answer.AGREED, answered_at__isnull=False)
    return agreed.select_related("interface__giver", "interface__taker", "answered_by")


def _agreed(terms: InterfaceTerms, subject: Subject) -> Said:
    interface = terms.interface
    other = interface.taker if interface.giver_id == subject.process.pk else interface.giver
    what = _("Interface “%(name)s” with %(number)s agreed") % {"name": interface.name, "number": other.number}
    link = reverse("processes:interface", args=[subject.process.number, interface.pk])
    return Said(name_of(terms.answered_by), what, terms.reason, link)


def _translated(subject: Subject) -> Any:
    moves = TranslationMove.objects.filter(
        Q(to_state="released") | Q(from_state="released"), translation__revision__process=subject.process
    )
    return moves.select_related("translation__revision", "by")


def _translation(move: TranslationMove, subject: Subject) -> Said:
    one = move.translation
    words = {"language": languages.language(one.language).name, "version": version_of(one.revision)}
    released = _("Translation of %(version)s into %(language)s released") % words
    what = released if move.to_state == "released" else _("Translation of %(version)s into %(language)s withdrawn") % words
    return Said(name_of(move.by), what, move.reason, _page(one.revision, subject), short(move.sha256))


def _page(revision: Revision, subject: Subject) -> str:
    """Where the revision is read, for whoever may: approved, or a draft of one's own work."""
    if revision.state != APPROVED and revision.pk not in subject.reviews:
        return ""
    return reverse("revision", args=[subject.process.number, revision.ordinal])


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _revisions(subject: Subject) -> Any:
    return Revision.objects.filter(process=subject.process).defer("content")


SOURCES: Final = (
    Source(Kind.SETTINGS, "history_date", lambda s: with_previous(s.process.history.select_related("history_user")), _metadata),
    Source(Kind.SETTINGS, "created_at", lambda s: Process.objects.filter(pk=s.process.pk).select_related("created_by"), each(_created)),
    Source(Kind.DRAFT, "at", _steps, each(_moved)),
    Source(
        Kind.DRAFT,
        "created_at",
        lambda s: _revisions(s).filter(pk__in=s.reviews, emergency=False).select_related("created_by", "based_on"),
        each(_begun),
    ),
    Source(
        Kind.FORCE,
        "effective_from",
        lambda s: _revisions(s).filter(state=APPROVED, effective_from__lte=s.now).select_related("frozen"),
        each(_in_force),
    ),
    Source(Kind.FORCE, "effective_until", lambda s: _revisions(s).filter(state=APPROVED, effective_until__lte=s.now), each(_ended)),
    Source(Kind.FORCE, "at", lambda s: _moves(s, _PUBLIC), each(_moved)),
    Source(Kind.REVIEW, "at", lambda s: _moves(s, _REVIEW).prefetch_related("answers"), each(_reviewed)),
    Source(Kind.REQUEST, "at", _requested, each(_request)),
    Source(Kind.INTERFACE, "answered_at", _interfaces, each(_agreed)),
    Source(Kind.TRANSLATION, "at", _translated, each(_translation)),
)
