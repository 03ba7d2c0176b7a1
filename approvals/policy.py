"""Who may decide in a seat, recall a case, name an approver, comment; each answer says why not."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, Exists, OuterRef, Q, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from approvals import route_office
from approvals.models import ApprovalCase, CaseStage, ChangePackage, Decision, Route, Seat
from organization import acting_words
from organization.gate import Answer, check_level, highest, level_name, level_of
from organization.ladder import Action
from organization.models import Appointment, Person, Position
from organization.resolution import Assignee, Question, resolve_each
from organization.scope import Scope
from organization.scope import scope as scope_on
from processes import policy as process_policy
from processes.access import may_see_revision
from processes.models import Revision
from worklist.querysets import available

# The gate's rows for the last stage; a level that a route asks of another stage is taken as it stands.
GATED = {3: Action.APPROVE_DEPARTMENT, 5: Action.APPROVE_COMPANY}
YES = Answer(True)


@dataclass(frozen=True, slots=True)
class Turn:
    """How one person stands to one seat today: who is to decide in it, whether this person may, and how he or she would sign.

    `lent`: the person may decide here, but has lent it to somebody else, who is asked.
    """

    seat: Seat
    who: Assignee | None
    answer: Answer
    position: Position | None = None
    acting_for: str = ""
    lent: bool = False


@dataclass(frozen=True, slots=True)
class Decider:
    """Somebody about to decide, as they are now: the level they hold, whether they wrote it, and whether they hold all the positions."""

    person: Person
    level: int
    wrote: bool
    holds: bool


def decider(person: Person, seats: Sequence[Seat], case: ApprovalCase, day: dt.date) -> Decider:
    """The account as it is on this day, before the positions of these seats. One query."""
    positions = {seat.position_id for seat in seats}
    wrote = ApprovalCase.contributors.through.objects.filter(approvalcase=case.pk, person=OuterRef("pk"))
    mine = Appointment.objects.on(day).filter(person=OuterRef("pk"), position__in=positions).order_by().values("person")
    held = mine.annotate(held=Count("position", distinct=True)).values("held")
    people = Person.objects.annotate(wrote=Exists(wrote), positions_held=Coalesce(Subquery(held), 0), level_held=highest(day))
    one = people.get(pk=person.pk)
    return Decider(one, one.level_held, one.wrote or one.pk == case.submitted_by_id, one.positions_held == len(positions))


def authors(case: ApprovalCase) -> frozenset[int]:
    """Ids of everybody who wrote this content or submitted it, as frozen at submission. None of them ever decides on it."""
    return frozenset(person.pk for person in case.contributors.all()) | {case.submitted_by_id}


def deciders(case: ApprovalCase) -> frozenset[int]:
    """Ids of the people who have decided in this case."""
    return frozenset(Decision.objects.filter(case=case).values_list("decided_by", flat=True))


def has_turn(seat: Seat, case: ApprovalCase) -> bool:
    """Whether the seat is to be decided now: case and stage open, and nothing decided in it yet."""
    stage = seat.stage
    return case.state == ApprovalCase.State.OPEN and is_current(stage) and not seat.decisions.exists()


def is_current(stage: CaseStage) -> bool:
    """Whether the stage has been opened and neither ended nor replaced since."""
    return stage.opened_at is not None and not is_over(stage)


def is_over(stage: CaseStage) -> bool:
    """Whether nobody is asked in this stage any more: it has ended, a re-route has replaced it, or a waiver skips it."""
    return stage.closed_at is not None or stage.replaced_at is not None or stage.waiver_id is not None


def assignee(seat: Seat, case: ApprovalCase, day: dt.date) -> Assignee | None:
    """Who is to decide in this seat on this day and why; None where nobody independent is left."""
    return assignees([seat], case, day)[0]


def assignees(seats: Sequence[Seat], case: ApprovalCase, day: dt.date) -> list[Assignee | None]:
    """Who is to decide in each of these seats, in a fixed number of queries and some for each that is lent. Needs `Seat.NEEDED`."""
    return [delegate(seat, who, day) or who for seat, who in zip(seats, principals(seats, case, day), strict=True)]


def principals(seats: Sequence[Seat], case: ApprovalCase, day: dt.date, decided: frozenset[int] | None = None) -> list[Assignee | None]:
    """Who is to decide in each of these seats if nothing is lent, in a fixed number of queries. `decided`: `deciders`, where known."""
    wrote, decided = authors(case), deciders(case) if decided is None else decided
    found = resolve_each([Question(seat.position, wrote, decided, seat.stage.required_level) for seat in seats], day)
    return [_named(seat, day) or who for seat, who in zip(seats, found, strict=True)]


def _named(seat: Seat, day: dt.date) -> Assignee | None:
    if seat.named is None or not seat.named.has_access(day):
        return None
    reason = _(acting_words.NAMED) % {"position": seat.position.title}
    return Assignee(seat.named, seat.position, reason, acting=True)


def delegate(seat: Seat, principal: Assignee | None, day: dt.date) -> Assignee | None:
    """To whom the decision in this seat is lent on this day.

    Only as long as the delegation holds, the delegate is there, and whoever gave it could still decide: nobody lends what is not theirs.
    """
    lent = seat.lent
    if lent is None or lent.person is None or (lent.day is not None and lent.day < day):
        return None
    if not available(day).filter(pk=lent.person.pk).exists() or not may_lend(lent.by, seat, principal, scope_on(lent.by, day)):
        return None
    words = {"position": seat.position.title, "name": lent.by.name}
    return Assignee(lent.person, seat.position, _(acting_words.LENT) % words, acting=True)


def may_lend(person: Person, seat: Seat, principal: Assignee | None, scope: Scope) -> Answer:
    """Whether the decision in this seat is this person's own: by holding the position or acting for it, not by having been named."""
    stands = _as_whom(person, seat, principal, scope)
    if stands.answer and person.pk == seat.named_id:
        return _no(_("Top management named you for this decision; it is not handed on. Ask top management to name somebody else."))
    return stands.answer and _level_suffices(person, seat.stage, scope.today)


def turns(person: Person, seats: Sequence[Seat], case: ApprovalCase, scope: Scope, decided: frozenset[int] | None = None) -> list[Turn]:
    """How this person stands to each of these seats of the case, in a fixed number of queries for each stage."""
    wrote = person.pk in authors(case)
    levels: dict[int, Answer] = {}
    found = []
    for seat, principal in zip(seats, principals(seats, case, scope.today, decided), strict=True):
        who = delegate(seat, principal, scope.today) or principal
        stands = _as_author(seat, who, case) if wrote else _as_either(person, seat, who, principal, scope)
        if stands.answer:
            if seat.stage_id not in levels:
                levels[seat.stage_id] = _level_suffices(person, seat.stage, scope.today)
            stands = replace(stands, answer=levels[seat.stage_id])
        found.append(stands)
    return found


def turns_to_decide(one: Decider, seats: Sequence[Seat], case: ApprovalCase, day: dt.date, decided: frozenset[int]) -> list[Turn]:
    """The same for seats of one stage and somebody about to decide in the first.

    Whoever holds all of their positions decides as their holder, whoever else might: then nobody else is looked for.
    """
    lent = any(seat.lent_id is not None for seat in seats)
    if lent or not one.person.is_active or one.wrote or not one.holds:
        prefetch_related_objects([case], "contributors")
        return turns(one.person, seats, case, scope_on(one.person, day), decided)
    answer = _suffices(one.level, seats[0].stage)
    return [Turn(seat, None, answer, seat.position) for seat in seats]


def together(turns: Sequence[Turn]) -> list[Turn]:
    """The first of these turns of one stage, and the others in which the same person is asked: all are decided by one signature."""
    return [turns[0], *(turn for turn in turns[1:] if turn.answer and not turn.lent)]


def in_whose_place(turns: Sequence[Turn]) -> str:
    """For whom somebody signs who decides in all these seats at once: "" where a holder signs for one seat."""
    others = [turn.acting_for or _("for %(position)s") % {"position": turn.seat.position.title} for turn in turns[1:]]
    said = [turns[0].acting_for, *(_(acting_words.ALSO) % {"for_whom": other} for other in others)]
    return acting_words.joined([one for one in said if one])


def _as_either(person: Person, seat: Seat, who: Assignee | None, principal: Assignee | None, scope: Scope) -> Turn:
    """As the delegate, where it is lent; else as whoever decides without that."""
    stands = _as_whom(person, seat, who, scope)
    if who is principal or who is None or who.person.pk == person.pk:
        return stands
    return replace(_as_whom(person, seat, principal, scope), who=who, lent=True)


def _as_author(seat: Seat, who: Assignee | None, case: ApprovalCase) -> Turn:
    if case.kind == ApprovalCase.Kind.WITHDRAW:
        return Turn(seat, who, _no(_("You asked for this withdrawal. Nobody decides on what they asked for; somebody else is asked.")))
    return Turn(seat, who, _no(_("You wrote or submitted this content. Nobody decides on what they wrote; somebody independent is asked.")))


def _as_whom(person: Person, seat: Seat, who: Assignee | None, scope: Scope) -> Turn:
    if not person.is_active:
        return Turn(seat, who, _no(_("This account is no longer active.")))
    if seat.position_id in scope.held:
        return Turn(seat, who, YES, seat.position)
    if who is not None and (who.person.pk == person.pk or who.position.pk in scope.held):
        return Turn(seat, who, YES, who.position, who.acting_for)
    words = {"position": seat.position.title}
    if seat.position_id in scope.acting:
        return Turn(seat, who, YES, seat.position, _("for %(position)s") % words)
    return Turn(seat, who, _no(_("The position “%(position)s” decides here; you neither hold it nor act for it today.") % words))


def _level_suffices(person: Person, stage: CaseStage, day: dt.date) -> Answer:
    return _suffices(level_of(person, day), stage)


def _suffices(held: int, stage: CaseStage) -> Answer:
    if stage.required_level in GATED:
        return check_level(GATED[stage.required_level], held)
    if held >= stage.required_level:
        return YES
    words = {"needed": level_name(stage.required_level), "held": level_name(held)}
    return Answer(False, reason=_("This stage needs %(needed)s; you hold %(held)s.") % words, missing=stage.required_level)


def may_recall(person: Person, case: ApprovalCase) -> Answer:
    """The submitter, until somebody has decided; of a package, in none of its cases."""
    if case.submitted_by_id != person.pk:
        return _no(_("Only whoever submitted the revision recalls it."))
    of_package = Q(case__package=case.package_id, case__submitted_at=case.submitted_at) if case.package_id else Q()
    if Decision.objects.filter(Q(case=case) | of_package).exists():
        return _no(_("Somebody has decided already, so this can no longer be recalled. Ask the approver to return it."))
    return YES


def may_keep_package(person: Person, package: ChangePackage, scope: Scope) -> Answer:
    """Change, submit and dissolve a change package: whoever sees and may submit all its members; an empty one, who began it."""
    processes = [member.revision.process for member in package.members.select_related("revision__process__department")]
    if not processes and package.created_by_id != person.pk:
        return _no(_("Only whoever began this package puts drafts into it."))
    alike = {(process.department_id, process.owner_id): process for process in processes}  # for these the answer is the same
    answers = (process_policy.may_submit(person, process, scope) for process in alike.values())
    refusal = next((answer for answer in answers if not answer), None)
    if refusal is None and Revision.objects.visible_to(scope).filter(packages__package=package).count() < len(processes):
        return _no(_("There are documents in this package that you may not see. Somebody who sees all of them keeps it."))
    return YES if refusal is None else refusal


def top_management(day: dt.date) -> Position | None:
    """The position that names a second approver where nobody independent is left."""
    return Position.objects.existing(day).filter(kind=Position.Kind.TOP_MANAGEMENT).order_by("pk").first()


def may_name(person: Person, seat: Seat, case: ApprovalCase, scope: Scope) -> Answer:
    """Top management, for a seat in which nobody independent is left."""
    top = top_management(scope.today)
    if top is None or top.pk not in scope.positions:
        return _no(_("Only top management names a second approver."))
    if assignee(seat, case, scope.today) is not None:
        return _no(_("Somebody independent can decide in this seat; nobody needs to be named."))
    return YES


def may_be_named(person: Person, seat: Seat, case: ApprovalCase, day: dt.date) -> Answer:
    """An active person who did not write the content and holds the level that the stage asks."""
    if not person.has_access(day) or person.pk in authors(case):
        return _no(_("%(person)s cannot decide: the account is closed, or the content is partly theirs.") % {"person": person})
    return _level_suffices(person, seat.stage, day)


def may_comment(case: ApprovalCase, scope: Scope) -> Answer:
    """Whoever may see the revision."""
    return YES if may_see_revision(case.revision, scope) else _no(_("You do not take part in this review."))


def wrote_revision(person: Person, revision: Revision) -> bool:
    """Whether the person began, edited or submitted this revision."""
    return person.pk in {revision.created_by_id, revision.submitted_by_id} or revision.edits.filter(by=person).exists()


def may_set_routes(person: Person, scope: Scope) -> Answer:
    """Write, propose and retire routes."""
    return route_office.may_set_routes(person, scope)


def may_confirm_routes(person: Person, scope: Scope) -> Answer:
    """See what is proposed and confirm what others proposed: whoever may set routes, and top management."""
    if route_office.has_office(scope, Position.Kind.TOP_MANAGEMENT):
        return YES
    answer = may_set_routes(person, scope)
    return answer or _no(_("Only the company process manager and top management confirm changes of approval routes."))


def may_see_route(person: Person, route: Route, scope: Scope) -> Answer:
    """Everybody sees what holds and what held; what is being written only those who may set or confirm it."""
    if route.state in {Route.State.IN_FORCE, Route.State.RETIRING, Route.State.RETIRED}:
        return YES
    return may_confirm_routes(person, scope)


def may_confirm(person: Person, route: Route, scope: Scope) -> Answer:
    """Let a proposed change take effect: never one's own proposal."""
    if route.proposed_by_id == person.pk:
        return _no(_("You proposed this change. A second person confirms it: another company process manager, or top management."))
    return may_confirm_routes(person, scope)


def may_reroute(person: Person, case: ApprovalCase, scope: Scope) -> Answer:
    """Give an open case other stages: whoever may set routes and did not write what is to be decided."""
    answer = may_set_routes(person, scope)
    if answer and person.pk in authors(case):
        return _no(_("You wrote or submitted this content. Somebody else of the process office re-routes it."))
    return answer


def _no(reason: str) -> Answer:
    return Answer(False, reason=reason)
