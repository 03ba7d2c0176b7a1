"""Routes in words for the pages: for which documents, and each stage with who approves, how many of them, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext as _

from approvals.expecting import how_many
from approvals.models import Mode, Route, RouteRule, RouteStage
from approvals.offices import ADVISOR
from approvals.routes import COMPANY, COUNTERSIGN, DEPARTMENT
from organization.gate import level_name
from organization.sentences import listed

Rule = RouteRule.Kind


@dataclass(frozen=True, slots=True)
class ShownStage:
    """One stage in words; `stage` is None in the built-in route. `how` is empty where one position decides."""

    title: str
    who: Sequence[str]
    how: str
    working_days: int
    level: str
    signed: bool
    stage: RouteStage | None = None


@dataclass(frozen=True, slots=True)
class ShownRoute:
    """One route in words."""

    route: Route
    conditions: Sequence[str]
    stages: Sequence[ShownStage]


def shown(route: Route) -> ShownRoute:
    """A route of the company's, loaded by `with_stages`."""
    stages = list(route.stages.all())
    return ShownRoute(route, [words for _name, words in route.conditions], [_stage(one, one == stages[-1]) for one in stages])


def shown_default() -> list[tuple[str, list[ShownStage]]]:
    """The built-in route: (for which documents, its stages)."""
    heads = [Rule.HEAD.label, _("Heads of the participating departments")]
    return [
        (
            _("What stays in its department"),
            [ShownStage(gettext(DEPARTMENT), [str(Rule.DEPARTMENT.label)], "", 5, level_name(3), signed=True)],
        ),
        (
            _("What is the company's, or reaches into another department"),
            [
                ShownStage(gettext(COUNTERSIGN), [str(words) for words in heads], how_many(Mode.ALL, None, None), 5, "", signed=True),
                ShownStage(gettext(COMPANY), [str(Rule.COMPANY.label)], "", 5, level_name(5), signed=True),
            ],
        ),
    ]


def _stage(stage: RouteStage, is_last: bool) -> ShownStage:  # noqa: FBT001
    rules = list(stage.rules.all())
    several = len(rules) > 1 or any(rule.kind == Rule.NEIGHBOURS for rule in rules)
    return ShownStage(
        title=stage.title,
        who=_who(stage, rules),
        how=how_many(stage.mode, stage.quorum, None) if several else "",
        working_days=stage.working_days,
        level=_last_level(stage) if is_last else _level(stage, rules),
        signed=stage.needs_signature or is_last,
        stage=stage,
    )


def _who(stage: RouteStage, rules: Sequence[RouteRule]) -> list[str]:
    """Each rule in words; named positions in one line behind the name of their group, where they have one."""
    found = [rule.get_kind_display() for rule in rules if rule.position is None]
    named = [f"{rule.position.title} ({rule.position.department.code})" for rule in rules if rule.position]
    if stage.group and named:
        return [*found, _("%(group)s: %(positions)s") % {"group": stage.group, "positions": listed(named)}]
    return [*found, *named]


def _level(stage: RouteStage, rules: Sequence[RouteRule]) -> str:
    level = max(stage.required_level, ADVISOR if any(rule.kind == Rule.ADVISOR for rule in rules) else 0)
    return level_name(level) if level else ""


def _last_level(stage: RouteStage) -> str:
    if stage.required_level >= 5 or stage.route.level == "company":
        return level_name(5)
    words = {"level": level_name(max(stage.required_level, 3)), "five": level_name(5)}
    return _("%(level)s; %(five)s where it is the company's or reaches into another department") % words
