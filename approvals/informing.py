"""Acts that ask nothing of the case: a copy lets somebody read along, a nudge reminds whose turn it is."""

import datetime as dt

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import act_policy, taking_part, talk_policy, workflow
from approvals.acting import opened, tell
from approvals.models import ApprovalCase, CaseAct
from organization.calendar import today
from organization.models import Person
from organization.policy import insist
from organization.refusals import Refused
from organization.scope import scope
from processes.access import participate
from processes.models import Participation

Kind = CaseAct.Kind


def copy(case: ApprovalCase, person: Person, *, by: Person, now: dt.datetime, note: str = "") -> CaseAct:
    """Lets somebody read the review and tells them; nothing is owed. Twice is as good as once. Raises Refused or Stale."""
    with transaction.atomic():
        case, day, note = opened(case), today(now), workflow.typed(note)
        insist(act_policy.may_copy(by, case, scope(by, day)))
        if earlier := case.acts.filter(kind=Kind.COPY, person=person).first():
            return earlier
        insist(act_policy.may_be_brought_in(person, by, case, day))
        if talk_policy.was_asked(person, case.revision):
            raise Refused(_("%(name)s was asked already, and reads along.") % {"name": person.name})
        participate(case.revision.process, revision=case.revision, person=person, part=Participation.Part.READER)
        act = CaseAct.objects.create(case=case, kind=Kind.COPY, person=person, text=note, by=by, at=now)
        body = note or gettext_lazy("You may read along and comment; nothing is asked of you.")
        tell(act, [person], gettext_lazy("{document}: {person} sends you a copy for information"), body, now=now)
        return act


def nudge(case: ApprovalCase, *, by: Person, now: dt.datetime) -> list[CaseAct]:
    """Reminds everybody whose turn it is and who was not nudged on this working day yet. Raises Refused where that is nobody."""
    with transaction.atomic():
        case, day = opened(case), today(now)
        people = {pk: person for pk, person in taking_part.asked(case, day).items() if pk != by.pk}
        if not people:
            raise Refused(_("Nobody else is asked at present."))
        rows = case.acts.filter(kind=Kind.NUDGE).values("person").annotate(last=Max("day"))
        last = {row["person"]: row["last"] for row in rows}
        answers = {pk: act_policy.may_be_nudged(person, last.get(pk), day) for pk, person in people.items()}
        free = [people[pk] for pk, answer in answers.items() if answer]
        if not free:
            insist(next(iter(answers.values())))
        made = []
        for person in free:
            act = CaseAct.objects.create(case=case, kind=Kind.NUDGE, person=person, day=day, by=by, at=now)
            subject = gettext_lazy("{document}: {person} reminds you that it is your turn")
            tell(act, [person], subject, gettext_lazy("The review waits for your decision."), now=now, due=True)
            made.append(act)
        return made
