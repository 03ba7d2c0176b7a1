"""Rows derived from a revision's content: its inputs and outputs, the roles it uses, the processes it names, the steps it shares."""

from collections import Counter
from collections.abc import Iterator

from processes.definition import Definition
from processes.models import Link, Port, Process, Revision, RoleUse, SharedStep, StepBlock
from processes.roles import catalogue_title, ensure_catalogue
from processes.sharing import BLOCK, shares


def rewrite(revision: Revision, definition: Definition) -> None:
    """Replaces all derived rows of the revision, inside the caller's transaction."""
    revision.ports.all().delete()
    revision.links.all().delete()
    revision.role_uses.all().delete()
    revision.shared_steps.all().delete()
    Port.objects.bulk_create(ports(revision, definition))
    Link.objects.bulk_create(_links(revision, definition))
    RoleUse.objects.bulk_create(_role_uses(revision, definition))
    SharedStep.objects.bulk_create(_shared_steps(revision, definition))


def ports(revision: Revision, definition: Definition) -> Iterator[Port]:
    """The table of suppliers and customers, and what steps name beyond it; each name once for each party."""
    found: dict[tuple[Port.Side, str, str], None] = {}
    for row in definition.sipoc:
        found[Port.Side.INPUT, row.input.strip(), row.supplier.strip()] = None
        found[Port.Side.OUTPUT, row.output.strip(), row.customer.strip()] = None
    named = {(side, name) for side, name, _party in found}
    for step in definition.steps:
        for side, names in ((Port.Side.INPUT, step.inputs), (Port.Side.OUTPUT, step.outputs)):
            found |= {(side, name.strip(), ""): None for name in names if (side, name.strip()) not in named}
    for side, name, party in found:
        if name:
            yield Port.of(revision, side, name, party)


def named(definition: Definition) -> list[tuple[str, str]]:
    """Numbers of processes that are named, each with the key of the step that does, "" for a reference."""
    found = [(step.link.strip(), step.key) for step in definition.steps if step.link.strip()]
    found += [(step.instruction.strip(), step.key) for step in definition.steps if _is_number(step.instruction)]
    return found + [(reference.target.strip(), "") for reference in definition.references if _is_number(reference.target)]


def _links(revision: Revision, definition: Definition) -> list[Link]:
    found = named(definition)
    known = dict(Process.objects.filter(number__in={number for number, _step in found}).values_list("number", "pk"))
    return [Link(revision=revision, number=number, target_id=known.get(number), step=step) for number, step in found]


def _is_number(target: str) -> bool:
    return bool(target.strip()) and "://" not in target


def _role_uses(revision: Revision, definition: Definition) -> list[RoleUse]:
    catalogue = ensure_catalogue(definition, revision.process.department)
    steps: Counter[int] = Counter()
    entries = {role.key: catalogue.get(catalogue_title(role.title).casefold()) for role in definition.roles if not role.external}
    for entry in entries.values():
        if entry:
            steps[entry.pk] += 0
    for step in definition.steps:
        entry = entries.get(step.role)
        if entry:
            steps[entry.pk] += 1
    return [RoleUse(revision=revision, role_id=role, steps=count) for role, count in steps.items()]


def _shared_steps(revision: Revision, definition: Definition) -> list[SharedStep]:
    """Copies of steps that are known here; a file from elsewhere may name others. A person's own block is nothing to depend on."""
    found = shares(definition)
    if not found:
        return []
    names = {share.source.name for share in found.values()}
    blocks = dict(StepBlock.objects.filter(key__in=names, person__isnull=True).values_list("key", "pk"))
    mains = dict(Process.objects.filter(number__in=names).exclude(pk=revision.process_id).values_list("number", "pk"))
    rows = []
    for step, share in found.items():
        block = blocks.get(share.source.name) if share.source.kind == BLOCK else None
        main = None if share.source.kind == BLOCK else mains.get(share.source.name)
        if block or main:
            rows.append(SharedStep(revision=revision, step=step, block_id=block, main_id=main, version=share.version))
    return rows
