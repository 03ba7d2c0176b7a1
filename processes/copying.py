"""A text that is used again elsewhere: everything gets a key of its own, so that nothing is taken for the same item. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from processes.definition import LISTS, Definition, Flow, Step, new_key, upgraded


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
    """The step under its new key; what it names that has none (a step that was removed) is named as before."""
    return replace(
        step,
        key=keys[step.key],
        role=keys.get(step.role, step.role),
        accountable=keys.get(step.accountable, step.accountable),
        consulted=tuple(keys.get(role, role) for role in step.consulted),
        informed=tuple(keys.get(role, role) for role in step.informed),
        flows=tuple(fresh_flow(flow, keys) for flow in step.flows),
        risks=tuple(replace(risk, key=new_key()) for risk in step.risks),
    )


def fresh_flow(flow: Flow, keys: Mapping[str, str]) -> Flow:
    """The arrow under a new key, to the copy of the step that it led to."""
    return replace(flow, key=new_key(), to=keys.get(flow.to, flow.to))
