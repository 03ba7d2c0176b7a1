"""What was said about a revision as a page shows it: threads where they stand in the document, and what this reader may do with each."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from approvals import comments, quoting, talk_policy
from approvals.models import Comment, CommentMove, Correction
from approvals.timeline import moment
from organization.models import Person
from organization.scope import Scope
from processes.definition import Definition
from processes.models import Revision

What = CommentMove.What


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in a thread."""

    comment: Comment
    written: str
    may_change: bool


@dataclass(frozen=True, slots=True)
class Remark:
    """A thread. `at` is its place where the document still has it, else ""; `moved` says that the words it is about are not there any more.

    `became` are sentences about what happened to it; what this reader may do is offered only while it is talked about.
    """

    comment: Comment
    place: str
    at: str
    moved: bool
    written: str
    answers: Sequence[Answer]
    became: Sequence[str]
    may_answer: bool = False
    may_resolve: bool = False
    may_reopen: bool = False
    may_change: bool = False
    may_overrule: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """All threads of a revision, open ones first; what this reader may do: stand in the way, say something (`live`); who `wrote` it."""

    threads: Sequence[Remark] = ()
    may_block: bool = False
    wrote: bool = False
    live: bool = False

    @property
    def open(self) -> Sequence[Remark]:
        """Threads that nobody has settled yet."""
        return [remark for remark in self.threads if remark.comment.is_open]

    @property
    def blocking(self) -> Sequence[Remark]:
        """What stands in the way of approval."""
        return [remark for remark in self.open if remark.comment.blocking]

    @property
    def undecided(self) -> Sequence[Remark]:
        """Open ones of which nobody has said what becomes of them."""
        return [remark for remark in self.open if not remark.comment.blocking and remark.comment.action_position is None]


@dataclass(frozen=True, slots=True)
class _Reader:
    who: talk_policy.Standing
    now: dt.datetime
    live: bool
    decides: bool


def talk_about(
    revision: Revision, definition: Definition, person: Person, scope: Scope, now: dt.datetime, *, live: bool, decides: bool = False
) -> Talk:
    """The threads of a revision in reading order, in a fixed number of queries.

    `live`: it can still be talked about; `decides`: this person may decide now.
    """
    reader = _Reader(talk_policy.standing(person, revision, scope), now, live, decides)
    corrections = Correction.objects.select_related("answered_by")
    found = comments.threads(revision).select_related("author", "resolved_by", "action_position", "action")
    found = found.prefetch_related(
        Prefetch("replies", Comment.objects.select_related("author")),
        Prefetch("moves", CommentMove.objects.select_related("by")),
        Prefetch("corrections", corrections),
    )
    texts: dict[str, str] = {}
    remarks = [_remark(comment, definition, texts, reader) for comment in found]
    remarks.sort(key=lambda r: (not r.comment.is_open, quoting.order(definition, r.comment.anchor), r.comment.quote_at, r.comment.pk))
    return Talk(remarks, wrote=reader.who.wrote, live=live)


def _remark(comment: Comment, definition: Definition, texts: dict[str, str], reader: _Reader) -> Remark:
    replies, is_open = list(comment.replies.all()), comment.is_open
    answered = bool(replies or comment.moves.all() or comment.corrections.all())
    return Remark(
        comment=comment,
        place=quoting.label(definition, comment.anchor),
        at=comment.anchor if quoting.exists(definition, comment.anchor) else "",
        moved=bool(comment.quote) and not _stands(comment, definition, texts),
        written=moment(comment.created_at),
        answers=[Answer(reply, moment(reply.created_at), _may_change(reply, reader, answered=False)) for reply in replies],
        became=_became(comment),
        may_answer=reader.live,
        may_resolve=reader.live and is_open and bool(talk_policy.may_settle(reader.who, comment)),
        may_reopen=reader.live and not is_open and bool(talk_policy.may_reopen(reader.who, comment)),
        may_change=_may_change(comment, reader, answered=answered),
        may_overrule=reader.live and is_open and comment.blocking and reader.decides and comment.author_id != reader.who.person.pk,
    )


def _stands(comment: Comment, definition: Definition, texts: dict[str, str]) -> bool:
    """Whether the quoted words are still at their place; each place is read once."""
    if comment.anchor not in texts:
        there = quoting.exists(definition, comment.anchor)
        texts[comment.anchor] = quoting.text_at(definition, comment.anchor) if there else ""
    return quoting.find(comment.quote, comment.quote_at, texts[comment.anchor]) is not None


def _may_change(comment: Comment, reader: _Reader, *, answered: bool) -> bool:
    return reader.live and bool(talk_policy.may_change_words(reader.who.person, comment, reader.now, answered=answered))


def _became(comment: Comment) -> list[str]:
    """What happened to it, and what the author answered where a return named it, in the order of time."""
    lines = [(move.at, " · ".join(filter(None, [_moved(comment, move), move.reason]))) for move in comment.moves.all()]
    lines += [
        (row.answered_at, " · ".join(filter(None, [_answered(row), row.word])))
        for row in comment.corrections.all()
        if row.answered_at is not None
    ]
    named = [_("To be corrected before it is submitted again.")] if any(not row.answer for row in comment.corrections.all()) else []
    return [line for _at, line in sorted(lines)] + named


def _moved(comment: Comment, move: CommentMove) -> str:
    words: Mapping[str, object] = {"name": move.by.name, "when": moment(move.at), "position": comment.action_position or ""}
    sentences = {
        What.SETTLED: _("Settled by %(name)s, %(when)s"),
        What.REOPENED: _("Opened again by %(name)s, %(when)s"),
        What.DECLINED: _("Declined by %(name)s, %(when)s"),
        What.OVERRULED: _("Overruled by %(name)s, %(when)s"),
        What.ACTION: _("Made an action for “%(position)s” by %(name)s, %(when)s"),
        What.DONE: _("Action done: %(name)s, %(when)s"),
    }
    return sentences[What(move.what)] % words


def _answered(row: Correction) -> str:
    words = {"name": row.answered_by.name if row.answered_by else "", "when": moment(row.answered_at)}
    return (
        _("Corrected, says %(name)s, %(when)s") if row.answer == row.Answer.DONE else _("Not corrected, says %(name)s, %(when)s")
    ) % words
