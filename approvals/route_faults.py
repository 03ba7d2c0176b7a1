"""Why a route could never end, in sentences: what has to be mended before a stage is kept, or a route takes effect. Pure."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.models import Mode, RouteRule, RouteStage
from organization.gate import level_name
from organization.models import Position
from processes.models import Process

Rule, Kind = RouteRule.Kind, Position.Kind
LONGEST_DAYS = 60
# The level that whoever holds the office has to have anyway.
BY_RULE = {Rule.COMPANY: 5, Rule.ADVISOR: 4, Rule.DEPARTMENT: 3}
BY_OFFICE = {Kind.COMPANY_PROCESS_MANAGER: 5, Kind.TOP_MANAGEMENT: 5, Kind.DEPARTMENT_PROCESS_MANAGER: 3}


@dataclass(frozen=True, slots=True)
class StageTerms:
    """One stage as it is typed or as it stands; `rules` are the kinds besides the named positions."""

    title: str
    rules: Collection[str] = ()
    positions: Sequence[Position] = ()
    mode: str = Mode.ALL
    quorum: int | None = None
    working_days: int = 5
    needs_signature: bool = True
    required_level: int = 0
    group: str = ""


def terms_of(stage: RouteStage) -> StageTerms:
    """A stage of a route with its rules."""
    rules = list(stage.rules.all())
    return StageTerms(
        title=stage.title,
        rules=tuple(rule.kind for rule in rules if rule.position is None),
        positions=tuple(rule.position for rule in rules if rule.position is not None),
        mode=stage.mode,
        quorum=stage.quorum,
        working_days=stage.working_days,
        needs_signature=stage.needs_signature,
        required_level=stage.required_level,
        group=stage.group,
    )


def of_stage(terms: StageTerms, today: dt.date) -> list[str]:
    """What is wrong with one stage, wherever it stands."""
    words, found = {"stage": terms.title}, []
    if not terms.title:
        found.append(_("Give the stage a title."))
    if not terms.rules and not _open(terms, today):
        found.append(_("Nobody would be asked in the stage “%(stage)s”: choose at least one rule or an open position.") % words)
    if terms.mode == Mode.QUORUM:
        found += _of_quorum(terms, today)
    if not 1 <= terms.working_days <= LONGEST_DAYS:
        found.append(_("A stage is due after 1 to %(most)d working days.") % {"most": LONGEST_DAYS})
    if not 0 <= terms.required_level <= 5:
        found.append(_("Levels go from 1 to 5; 0 asks for none."))
    return found


def of_route(level: str, stages: Sequence[StageTerms], today: dt.date) -> list[str]:
    """What is wrong with a route for documents of this level ("" is any)."""
    if not stages:
        return [_("The route has no stage yet: nobody would ever decide.")]
    found = [fault for stage in stages for fault in of_stage(stage, today)]
    needed = 3 if level == Process.Level.DEPARTMENT else 5
    if office_level(stages[-1], today) < needed:
        words = {"stage": stages[-1].title, "level": level_name(needed)}
        found.append(
            _("The last stage “%(stage)s” names no office of %(level)s, which has the last word on these documents. Add one.") % words
        )
    return found


def office_level(terms: StageTerms, today: dt.date) -> int:
    """The highest level that an office of this stage brings along; an office that may be nobody's brings none."""
    by_rule = [BY_RULE.get(Rule(kind), 0) for kind in terms.rules]
    by_position = [max(one.required_level, BY_OFFICE.get(Kind(one.kind), 0)) for one in _open(terms, today)]
    return max([*by_rule, *by_position], default=0)


def _of_quorum(terms: StageTerms, today: dt.date) -> list[str]:
    if terms.quorum is None or terms.quorum < 1:
        return [_("Say how many have to approve in the stage “%(stage)s”.") % {"stage": terms.title}]
    most = len(terms.rules) + len(_open(terms, today))
    if Rule.NEIGHBOURS in terms.rules or terms.quorum <= most:
        return []
    words = {"stage": terms.title, "quorum": terms.quorum, "seats": most}
    return [
        ngettext(
            "The stage “%(stage)s” wants %(quorum)d approvals, but asks %(seats)d position at most: it would never end.",
            "The stage “%(stage)s” wants %(quorum)d approvals, but asks %(seats)d positions at most: it would never end.",
            most,
        )
        % words
    ]


def _open(terms: StageTerms, today: dt.date) -> list[Position]:
    return [one for one in terms.positions if one.closed_on is None or one.closed_on > today]
