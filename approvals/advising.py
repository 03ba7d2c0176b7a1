"""Advice: a person or position is asked by a day and answers in words. Advice is no vote, and nobody has to wait for it."""

import datetime as dt
from typing import cast

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import act_policy, policy, workflow
from approvals.acting import opened, reasoned, tell
from approvals.models import ApprovalCase, CaseAct
from organization.calendar import today
from organization.models import Person, Position
from organization.policy import insist
from organization.refusals import Refused, Stale
from organization.resolution import resolve
from organization.scope import scope
from processes.access import participate
from processes.models import Participation
from worklist.items import raise_item, settle, withdraw
from worklist.models import WorkItem

Kind = CaseAct.Kind


def ask_advice(case: ApprovalCase, whom: Person | Position, *, by: Person, now: dt.datetime, question: str, due_on: dt.date) -> CaseAct:
    """Asks a person, or whoever acts for a position, to say something by this day; they see the review. Raises Refused or Stale."""
    with transaction.atomic():
        case, day = opened(case), today(now)
        insist(act_policy.has_part(by, case, scope(by, day)))
        person, position = (whom, None) if isinstance(whom, Person) else (None, whom)
        who = person or _acting(position, case, day)
        insist(act_policy.may_be_asked(who, by, case, day, position))
        question = reasoned(workflow.typed(question))
        if due_on < day:
            raise Refused(_("This day has passed. Choose today or a later day."))
        if _pending(case).filter(person=person, position=position).exists():
            raise Refused(_("%(name)s has been asked already and has not answered yet.") % {"name": whom})
        participate(case.revision.process, revision=case.revision, position=position, person=person, part=Participation.Part.READER)
        item = raise_item(
            kind=WorkItem.Kind.ADVISE, subject=case.subject, url_name="approvals:case", url_args=[case.pk], due_on=due_on,
            source_key=f"advice:{case.pk}:{case.acts.count()}", now=now, person=person, position=position,
            excluded=policy.authors(case),
        )  # fmt: skip
        act = CaseAct.objects.create(
            case=case, kind=Kind.ASK, person=person, position=position, day=due_on, text=question, by=by, at=now, work_item=item
        )
        tell(act, [who], gettext_lazy("{document}: {person} asks for your advice"), question, now=now)
        return act


def advise(asked: CaseAct, *, by: Person, now: dt.datetime, text: str) -> CaseAct:
    """What was answered, for everybody in the review; whoever asked is told. Raises Refused, or Stale where it is not wanted any more."""
    with transaction.atomic():
        asked, text = _still_wanted(asked), reasoned(workflow.typed(text))
        insist(act_policy.may_advise(by, asked, scope(by, today(now))))
        act = CaseAct.objects.create(case=asked.case, kind=Kind.ADVISE, of=asked, text=text, by=by, at=now)
        _item_of(asked, done=True, now=now)
        tell(act, [asked.by], gettext_lazy("{document}: {person} gave advice"), text, now=now)
        return act


def drop(asked: CaseAct, *, by: Person, now: dt.datetime) -> CaseAct:
    """The question is withdrawn: nothing is owed any more. Raises Refused, or Stale where it is not open any more."""
    with transaction.atomic():
        asked = _still_wanted(asked)
        insist(act_policy.may_drop(by, asked, asked.case, scope(by, today(now))))
        act = CaseAct.objects.create(case=asked.case, kind=Kind.DROP, of=asked, by=by, at=now)
        _item_of(asked, done=False, now=now)
        return act


def _pending(case: ApprovalCase) -> QuerySet[CaseAct]:
    return case.acts.filter(kind=Kind.ASK, answered_by__isnull=True)


def _still_wanted(asked: CaseAct) -> CaseAct:
    case = opened(asked.case)
    found: CaseAct | None = _pending(case).select_related("work_item", "by").filter(pk=asked.pk).first()
    if found is None:
        raise Stale(_("This advice has been given or is not wanted any more. Nothing was recorded."))
    found.case = case
    return found


def _acting(position: Position | None, case: ApprovalCase, day: dt.date) -> Person:
    who = resolve(position, day) if position else None
    if who is None:
        raise Refused(_("Nobody acts for this position today. Ask a person."))
    return who.person


def _item_of(asked: CaseAct, *, done: bool, now: dt.datetime) -> None:
    item = cast("WorkItem", asked.work_item)  # a question has its item
    if done:
        settle(item, outcome=WorkItem.Outcome.DONE, now=now)
    else:
        withdraw(item, now=now)
