"""Stories of interfaces: one side proposes terms, the other agrees or declines; a change on one side asks the other side again."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final, cast

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization import calendar
from organization.models import Person, Position
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.scope import scope
from processes import policy
from processes.canonical import parse
from processes.definition import Definition
from processes.models import FrozenContent, Interface, InterfaceTerms, Process, Revision
from worklist.items import raise_item, settle
from worklist.models import WorkItem
from worklist.notices import tell

WORKING_DAYS_TO_ANSWER: Final = 10
Side, Cause, Answer = InterfaceTerms.Side, InterfaceTerms.Cause, InterfaceTerms.Answer


@dataclass(frozen=True, slots=True)
class Terms:
    """What is handed over exactly, when it is good enough, and by when."""

    content: str = ""
    quality: str = ""
    deadline: str = ""


@transaction.atomic
def propose(giver: Process, taker: Process, name: str, terms: Terms, *, side: str, by: Person, now: dt.datetime) -> InterfaceTerms:
    """Asks the other side for these terms; whatever was open is replaced. Raises Refused."""
    view = scope(by, calendar.today(now))
    own, other = (giver, taker) if side == Side.GIVER else (taker, giver)
    insist(policy.may_contribute(by, own, view))
    if giver == taker:
        raise Refused(_("An interface lies between two processes."))
    if not Process.objects.visible_to(view).filter(pk=other.pk, state=Process.State.ACTIVE).exists():
        raise Refused(_("There is no process %(number)s that you may see.") % {"number": other.number})
    if not terms.content.strip():
        raise Refused(_("Say what exactly is handed over."))
    made, _created = Interface.objects.get_or_create(giver=giver, taker=taker, name=name.strip()[:300], defaults={"created_at": now})
    return _ask(made, side, Cause.WISH, terms, by=by, now=now)


@transaction.atomic
def answer(interface: Interface, *, seen: int, agreed: bool, by: Person, now: dt.datetime, reason: str = "") -> InterfaceTerms:
    """The other side agrees or declines the terms that it has seen. Raises Refused, Stale."""
    locked = _lock(interface)
    terms = locked.terms.filter(answer=Answer.OPEN).first()
    if terms is None or terms.ordinal != seen:
        raise Stale(_("These terms were answered or replaced meanwhile. Look at what holds now."))
    side = locked.taker if terms.waits_for == Side.TAKER else locked.giver
    if agreed:
        _insist_both_stay(locked)
    insist(policy.may_agree(by, side, scope(by, calendar.today(now))))
    if by.pk == terms.proposed_by_id and locked.giver.owner_id != locked.taker.owner_id:
        raise Refused(_("You proposed this. Somebody of the other side agrees."))
    if not agreed and not reason.strip():
        raise Refused(_("Say why you decline, so that the other side can propose something else."))
    terms.answer, terms.answered_by, terms.answered_at, terms.reason = Answer.AGREED if agreed else Answer.DECLINED, by, now, reason.strip()
    if agreed:
        terms.giver_content, terms.taker_content = _content_of(locked.giver, now), _content_of(locked.taker, now)
    terms.save()
    _settle(locked, WorkItem.Outcome.DONE, now)
    _tell_proposer(locked, terms, now)
    return terms


def lock_all(process: Process) -> list[Interface]:
    """The interfaces of a locked process, under their locks."""
    return list(Interface.objects.select_for_update().filter(Q(giver=process) | Q(taker=process)).order_by("pk"))


def ended(process: Process, *, by: Person, now: dt.datetime, reason: str) -> None:
    """The process is withdrawn: terms that wait for an answer are declined for that reason; called inside the withdrawal."""
    for interface in lock_all(process):
        interface.terms.filter(answer=Answer.OPEN).update(answer=Answer.DECLINED, answered_by=by, answered_at=now, reason=reason)
        _settle(interface, WorkItem.Outcome.MOOT, now)


def _insist_both_stay(interface: Interface) -> None:
    """Asked anew under the lock: a withdrawal locks the interfaces of its process before it looks at them."""
    gone = Process.objects.filter(pk__in=(interface.giver_id, interface.taker_id), withdrawn_from__isnull=False).first()
    if gone is not None:
        raise Refused(_("%(number)s is withdrawn or going to be; nothing is agreed with it any more.") % {"number": gone.number})


def revised(revision: Revision, now: dt.datetime) -> int:
    """Asks the other side again where the approved content says something else about what was agreed; says how often."""
    definition = parse(bytes(cast("FrozenContent", revision.frozen).content))  # what was approved is frozen
    asked = [last for last in agreed(revision.process) if says_otherwise(last, revision.process, definition)]
    for last in asked:
        side = side_of(last, revision.process)
        cause = Cause.CHANGED if said_about(definition, last.interface.name, side) else Cause.GONE
        by = revision.submitted_by or revision.created_by
        _ask(last.interface, side, cause, Terms(last.content, last.quality, last.deadline), by=by, now=now)
    return len(asked)


def agreed(process: Process) -> list[InterfaceTerms]:
    """The newest terms of each interface of a process, where both sides agree on them. One query."""
    newer = InterfaceTerms.objects.filter(interface=OuterRef("interface"), ordinal__gt=OuterRef("ordinal"))
    mine = Q(interface__giver=process) | Q(interface__taker=process)
    found = InterfaceTerms.objects.filter(mine, ~Exists(newer), answer=Answer.AGREED).order_by("interface_id")
    return list(found.select_related("interface__giver", "interface__taker", "giver_content", "taker_content"))


def side_of(terms: InterfaceTerms, process: Process) -> str:
    """On which side of the interface this process stands."""
    return Side.GIVER if terms.interface.giver_id == process.pk else Side.TAKER


def says_otherwise(terms: InterfaceTerms, process: Process, definition: Definition) -> bool:
    """Whether this definition of one side says something else about the interface than the content on which both agreed."""
    side = side_of(terms, process)
    agreed_on: FrozenContent | None = getattr(terms, f"{side}_content")
    if agreed_on is None:
        return False
    name = terms.interface.name
    return said_about(definition, name, side) != said_about(parse(bytes(agreed_on.content)), name, side)


def said_about(definition: Definition, name: str, side: str) -> list[Any]:
    """What a procedure says about an output (side "giver") or input of this name: rows of its table and the steps that name it."""
    field, wanted = ("output", name.casefold()) if side == Side.GIVER else ("input", name.casefold())
    rows = [[row.supplier, row.input, row.output, row.customer] for row in definition.sipoc if getattr(row, field).casefold() == wanted]
    steps = [step for step in definition.steps if wanted in _folded(step.outputs if side == Side.GIVER else step.inputs)]
    return [*rows, *([step.name, definition.role_title(step.role), step.description, step.duration] for step in steps)]


def _folded(names: Iterable[str]) -> set[str]:
    return {name.casefold() for name in names}


def _ask(interface: Interface, side: str, cause: str, terms: Terms, *, by: Person, now: dt.datetime) -> InterfaceTerms:
    """New terms; the other side owes an answer."""
    locked = _lock(interface)
    locked.terms.filter(answer=Answer.OPEN).update(answer=Answer.REPLACED, answered_by=by, answered_at=now)
    _settle(locked, WorkItem.Outcome.MOOT, now)
    last = locked.terms.order_by("-ordinal").values_list("ordinal", flat=True).first() or 0
    made = InterfaceTerms.objects.create(
        interface=locked, ordinal=last + 1, side=side, cause=cause, proposed_by=by, proposed_at=now,
        **{name: text.strip() for name, text in asdict(terms).items()},
    )  # fmt: skip
    other = locked.taker if side == Side.GIVER else locked.giver
    raise_item(
        kind=WorkItem.Kind.AGREE, subject=f"{other.number} {locked.name}", url_name="processes:interface",
        url_args=[other.number, locked.pk], position=answering(other, calendar.today(now)),
        due_on=calendar.add_working_days(calendar.today(now), WORKING_DAYS_TO_ANSWER),
        source_key=f"interface:{other.pk}:{locked.pk}:{made.ordinal}", now=now,
    )  # fmt: skip
    return made


def answering(process: Process, day: dt.date) -> Position:
    """The process manager of the department, who has the level; the owner where there is none."""
    managers = Position.objects.existing(day).filter(department=process.department, kind=Position.Kind.DEPARTMENT_PROCESS_MANAGER)
    return managers.order_by("pk").first() or process.owner


def _lock(interface: Interface) -> Interface:
    rows = Interface.objects.select_for_update(of=("self",)).select_related("giver__owner", "taker__owner")
    found: Interface = rows.get(pk=interface.pk)
    return found


def _settle(interface: Interface, outcome: str, now: dt.datetime) -> None:
    keys = Q()
    for process in (interface.giver_id, interface.taker_id):
        keys |= Q(source_key__startswith=f"interface:{process}:{interface.pk}:")
    for item in WorkItem.objects.open().filter(keys):
        settle(item, outcome=outcome, now=now)


def _content_of(process: Process, now: dt.datetime) -> FrozenContent | None:
    revision = process.revisions.in_force(now).select_related("frozen").first()
    return revision.frozen if revision else None


def _tell_proposer(interface: Interface, terms: InterfaceTerms, now: dt.datetime) -> None:
    own = interface.giver if terms.side == Side.GIVER else interface.taker
    words = {
        Answer.AGREED: gettext_lazy("{number}: the other side agrees on “{name}”"),
        Answer.DECLINED: gettext_lazy("{number}: the other side declines “{name}”"),
    }[Answer(terms.answer)]
    tell(
        terms.proposed_by, key=f"interface:{interface.pk}:{terms.ordinal}:{terms.answer}", body=terms.reason,
        subject=format_lazy(words, number=own.number, name=interface.name),
        url=reverse("processes:interface", args=[own.number, interface.pk]), now=now, kind=WorkItem.Kind.AGREE,
    )  # fmt: skip
