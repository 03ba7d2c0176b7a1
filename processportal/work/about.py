"""Which process a work item is about, and so who may read its subject and who may be asked to do it.

Giving an item opens nothing: it is refused where the person may not see what it is about. What a position may do with its own
item, whoever it is given to may do too (`worklist.mine.is_given`); the policies of the apps above ask that for themselves.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from django.utils.translation import gettext as _

from approvals.models import ApprovalCase, Comment
from kpis.models import Indicator
from organization.gate import Answer, check
from organization.ladder import Action
from organization.models import Person
from organization.refusals import Refused
from organization.scope import Scope, scope
from processes.models import Process
from processes.policy import may_contribute
from worklist.models import WorkItem


class Owed(Protocol):
    """An item, or a line of a handover: its id, and the address that it leads to."""

    pk: int
    url_name: str
    url_args: Sequence[str | int]


Numbers = Callable[[Sequence[str | int]], Mapping[str | int, str]]


def _itself(given: Sequence[str | int]) -> Mapping[str | int, str]:
    return {number: str(number) for number in given}


def _of_indicators(given: Sequence[str | int]) -> Mapping[str | int, str]:
    return dict(Indicator.objects.filter(pk__in=given).values_list("pk", "process__number"))


def _of_cases(given: Sequence[str | int]) -> Mapping[str | int, str]:
    return dict(ApprovalCase.objects.filter(pk__in=given).values_list("pk", "revision__process__number"))


def _of_comments(given: Sequence[str | int]) -> Mapping[str | int, str]:
    return dict(Comment.objects.filter(pk__in=given).values_list("pk", "revision__process__number"))


def _unknown(_given: Sequence[str | int]) -> Mapping[str | int, str]:
    return {}


# By the name of the address that an item or a line of a handover leads to: its first argument → the number of the process.
# A test holds that every address of an item stands here or below.
ABOUT: Mapping[str, Numbers] = {
    "process": _itself,
    "revision": _itself,
    "revision_changes": _itself,
    "effect": _itself,
    "processes:draft": _itself,
    "processes:metadata": _itself,
    "processes:interface": _itself,
    "processes:translation": _itself,
    "processes:shared_change": _itself,
    "processes:change_request": _itself,
    "processes:problem": _itself,
    "kpis:indicator": _of_indicators,
    "approvals:case": _of_cases,
    "approvals:comment_action": _of_comments,
    "approvals:withdraw": _itself,
    "copies:copy": _itself,
    "training:quiz_unlock": _itself,
}
# About people, positions and courses, which everybody in the company sees.
ABOUT_NO_PROCESS = frozenset(
    {
        "home",
        "approvals:route",
        "continuity:handover",
        "continuity:take_over",
        "organization:position",
        "organization:proposal",
        "organization:person",
        "organization:department",
        "training:assessment",
        "training:person_competence",
        "training:course",
        "training:session",
    }
)


def numbers(items: Sequence[Owed]) -> dict[int, str]:
    """Item id → number of the process that it is about; "?" where it should be about one that is not there (any more)."""
    found: dict[int, str] = {}
    for url_name in {item.url_name for item in items} - ABOUT_NO_PROCESS:
        alike = [item for item in items if item.url_name == url_name]
        known = ABOUT.get(url_name, _unknown)([item.url_args[0] for item in alike if item.url_args])
        found |= {item.pk: known.get(item.url_args[0], "?") if item.url_args else "?" for item in alike}
    return found


def hidden(items: Sequence[Owed], view: Scope) -> dict[int, str]:
    """Item id → the number that stands for its subject, where this reader may not see the process."""
    about = numbers(items)
    visible = Process.objects.visible_to(view).filter(number__in=set(about.values())) if about else Process.objects.none()
    seen = set(visible.values_list("number", flat=True))
    return {pk: number for pk, number in about.items() if number not in seen}


def hidden_from(items: Sequence[Owed], reader: Person, day: dt.date) -> dict[int, str]:
    """The same for somebody who is told of them on a day."""
    return hidden(items, scope(reader, day))


def insist_on_sight(items: Sequence[Owed], to: Person, day: dt.date) -> None:
    """Raises Refused where this person, who is to do them, may not see what they are about."""
    if hidden_from(items, to, day):
        raise Refused(_("%(name)s may not see what this is about. Giving work opens no process.") % {"name": to.name})


class Check:
    """Whether a person may be given items: sees what they are about, and has the level to revise where that is asked."""

    def __init__(self, to: Person, view: Scope) -> None:
        self.theirs = scope(to, view.today)

    def __call__(self, item: WorkItem, to: Person) -> Answer:
        """Yes, or why not."""
        if hidden([item], self.theirs):
            return Answer(False, reason=_("%(name)s may not see what this is about. Giving work opens no process.") % {"name": to.name})
        if item.kind in {WorkItem.Kind.REVISE, WorkItem.Kind.CHANGE_REQUEST}:
            return may_contribute(to, Process.objects.get(number=numbers([item])[item.pk]), self.theirs)
        if item.kind == WorkItem.Kind.REVIEW and item.url_name == "processes:translation":
            return Answer(False, reason=_("Who checks a translation is named on its own page."))
        if item.kind == WorkItem.Kind.TRANSLATE:
            return check(Action.CONTRIBUTE, to, self.theirs.today)
        return Answer(True)
