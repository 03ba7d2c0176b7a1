"""A text that is used again elsewhere: everything gets a key of its own, so that nothing is taken for the same item. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from processes.definition import LISTS, Definition, Flow, Step, new_key, upgraded

UNSAID: Final = "n0"
"""Where an arrow leads as long as nobody has said it; the editor asks, and a finding says so."""


def fresh(definition: Definition) -> Definition:
    """The same text with new keys throughout; arrows and roles lead to the copies."""
    keys = {item.key: new_key() for name in LISTS for item in getattr(definition, name)}
    return replace(
        upgraded(definition),
        sipoc=tuple(replace(row, key=keys[row.key]) for row in definition.sipoc),
        roles=tuple(replace(role, key=keys[role.key]) for role in definition.roles),
        steps=tuple(fresh_step(step, keys) for step in definition.steps),
        records=tuple(replace(record, key=keys[record.key]) for record in definition.records),
        references=tuple(replace(reference, key=keys[reference.key]) for reference in definition.references),
    )


def fresh_step(step: Step, keys: Mapping[str, str]) -> Step:
    """The step under its new key, linked to nothing; what it names that has none (a step that was removed) is named as before."""
    return replace(
        step,
        key=keys[step.key],
        role=keys.get(step.role, step.role),
        accountable=keys.get(step.accountable, step.accountable),
        consulted=tuple(keys.get(role, role) for role in step.consulted),
        informed=tuple(keys.get(role, role) for role in step.informed),
        flows=tuple(fresh_flow(flow, keys) for flow in step.flows),
        risks=tuple(replace(risk, key=new_key()) for risk in step.risks),
        shared="",
    )


def fresh_flow(flow: Flow, keys: Mapping[str, str]) -> Flow:
    """The arrow under a new key, to the copy of the step that it led to."""
    return replace(flow, key=new_key(), to=keys.get(flow.to, flow.to))


def excerpt(definition: Definition, chosen: Collection[str], known: Mapping[str, str]) -> Definition:
    """The chosen steps with the roles that they name, as a text of their own with new keys; `known` gives keys that steps have there.

    An arrow that led out of them asks where to.
    """
    steps = [step for step in definition.steps if step.key in chosen]
    named = {role for step in steps for role in (step.role, step.accountable, *step.consulted, *step.informed)}
    roles = [role for role in definition.roles if role.key in named]
    keys = {role.key: new_key() for role in roles} | {step.key: known.get(step.key) or new_key() for step in steps}
    outside = {flow.to: UNSAID for step in steps for flow in step.flows if flow.to and flow.to not in chosen}
    return Definition(
        language=definition.language,
        roles=tuple(replace(role, key=keys[role.key]) for role in roles),
        steps=tuple(fresh_step(step, outside | keys) for step in steps),
    )


def alike(definition: Definition, chosen: Collection[str], before: Definition) -> dict[str, str]:
    """Which of the chosen steps are those of an earlier text: by name, each once."""
    waiting = {_folded(step): step.key for step in reversed(before.steps)}
    found = {step.key: waiting.pop(_folded(step), "") for step in definition.steps if step.key in chosen}
    return {mine: theirs for mine, theirs in found.items() if theirs}


def _folded(step: Step) -> str:
    return " ".join(step.name.split()).casefold()
