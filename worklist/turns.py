"""Whose turn it is: who acts and why, since when, how long it usually takes, and when it escalates to whom."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from organization.calendar import today, working_days_between
from organization.models import Person
from organization.resolution import Assignee
from organization.scope import shared_among
from worklist.mine import in_shared_queue, who_acts
from worklist.models import UsualTime, WorkItem
from worklist.plans import escalations
from worklist.querysets import DECISIONS

# Fewer than this say nothing about what is usual.
ENOUGH = 5
WHOM = {
    "substitute": gettext_lazy("the substitute"),
    "superior": gettext_lazy("the superior"),
    "office": gettext_lazy("the process office"),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One open item: `days` are working days since it was raised, `usual` those its kind usually takes (None: not known).

    `escalations`: the days on which somebody else will hear of it for the first time, and who (a key of WHOM), in order.
    """

    item: WorkItem
    person: Person | None
    why: str
    days: int
    usual: int | None
    reminder_on: dt.date | None
    escalations: Sequence[tuple[dt.date, str]]

    @property
    def who(self) -> str:
        """Name and reason: "Victor Lindqvist, for Process manager of Purchasing"."""
        if self.person is None:
            return _("Nobody can act on it at present")
        if not self.why:
            return self.person.name
        return _("%(name)s, %(reason)s") % {"name": self.person.name, "reason": self.why}

    @property
    def since(self) -> str:
        """Since how many working days it has been waiting."""
        if self.days <= 0:
            return _("waiting since today")
        return ngettext("waiting for %(days)d working day", "waiting for %(days)d working days", self.days) % {"days": self.days}

    @property
    def usually(self) -> str:
        """How long its kind usually takes; "" where too little is known."""
        if self.usual is None:
            return ""
        if self.usual == 0:
            return _("usually done on the same day")
        return ngettext("usually %(days)d working day", "usually %(days)d working days", self.usual) % {"days": self.usual}

    @property
    def is_slow(self) -> bool:
        """Whether it takes longer than usual."""
        return self.usual is not None and self.days > self.usual

    @property
    def escalates(self) -> str:
        """When it goes to somebody else next; "" where everybody has been told."""
        if not self.escalations:
            return ""
        day, whom = self.escalations[0]
        return _("escalates on %(day)s to %(whom)s") % {"day": short(day), "whom": WHOM[whom]}

    @property
    def words(self) -> str:
        """All of it in one line."""
        first = _("%(who)s, %(since)s") % {"who": self.who, "since": self.since}
        return pgettext("between clauses", "; ").join(filter(None, (first, self.usually, self.escalates)))


def turn(item: WorkItem, day: dt.date) -> Turn:
    """Whose turn an open item is on this day."""
    return turns([item], day)[item.pk]


def turns(items: Sequence[WorkItem], day: dt.date, who: Mapping[int, Assignee | None] | None = None) -> dict[int, Turn]:
    """Item id → whose turn it is, in a fixed number of queries. `who`: what an app above knows better than the chain alone."""
    acting = who_acts([item for item in items if who is None or item.pk not in who], day) | dict(who or {})
    queue = shared_among((item.position for item in items if _may_be_shared(item, acting.get(item.pk)) and item.position), day)
    measured = dict(UsualTime.objects.filter(measured__gte=ENOUGH).values_list("kind", "working_days"))
    people = Person.objects.in_bulk({item.person_id for item in items if item.person_id})
    return {
        item.pk: Turn(
            item=item,
            person=_person(item, acting, people, day),
            why=_why(item, acting.get(item.pk), queue),
            days=working_days_between(today(item.raised_at), day),
            usual=measured.get(item.kind),
            reminder_on=max(today(item.next_reminder_at), day) if item.next_reminder_at else None,
            escalations=[(max(on, day), str(whom)) for on, whom in escalations(item)],
        )
        for item in items
    }


def short(day: dt.date) -> str:
    """`Mon 23 Nov`; in Chinese `11月23日 周一`."""
    return date_format(day, pgettext("day format", "D j M"))


def _may_be_shared(item: WorkItem, who: Assignee | None) -> bool:
    return item.kind not in DECISIONS and who is not None and who.acting and who.person.pk != item.assigned_to_id


def _person(item: WorkItem, acting: Mapping[int, Assignee | None], people: Mapping[int, Person], day: dt.date) -> Person | None:
    """Who acts; what is owed in person is that person's, as long as he or she has access."""
    if item.person_id is not None and acting.get(item.pk) is None:
        owner = people[item.person_id]
        return owner if owner.has_access(day) else None
    who = acting.get(item.pk)
    return who.person if who else None


def _why(item: WorkItem, who: Assignee | None, queue: frozenset[int]) -> str:
    if who is None:
        return ""
    if item.position_id in queue and _may_be_shared(item, who) and item.position:
        return in_shared_queue(item.position, who)
    return who.reason
