"""Bringing in content from outside: a BPMN file becomes a process with a draft, its drawn sub-processes become processes of their own."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from organization.models import Department, Person, Position
from organization.refusals import Refused, Stale
from processes import pictures
from processes.bpmn.index import Lost
from processes.bpmn.reading import Imported, NotImported, read_bpmn
from processes.bpmn.writing import write_bpmn
from processes.canonical import from_json, to_json
from processes.catalogue import create_process
from processes.definition import Definition, InvalidDefinition, explicit_flows
from processes.models import DraftEdit, OriginalFile, Process, Revision
from processes.role_matching import renamed


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one file, as `import_bpmn --json` prints it.

    Every flow node of the file is a step (here or in a sub-process), or stands under `lost` or `folded`. `partly`: kept, and not wholly.
    """

    file: str
    status: str
    reason: str = ""
    process: str = ""
    steps: int = 0
    flows: int = 0
    roles: int = 0
    sub_processes: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()
    lost: tuple[Mapping[str, str], ...] = ()
    partly: tuple[Mapping[str, str], ...] = ()
    folded: tuple[Mapping[str, str], ...] = ()
    roundtrip: str = ""
    diff: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    """Processes of the other pools, where each became one."""


def check_file(data: bytes, name: str) -> Report:
    """What importing the file would give; nothing is written."""
    try:
        found = read_bpmn(data)
    except NotImported as refusal:
        return Report(name, "refused", str(refusal))
    return _report(found, name)


def with_roundtrip(report: Report, data: bytes) -> Report:
    """Whether every definition of an imported file comes back from our own export as it was; else where it differs."""
    found = read_bpmn(data)
    diff: list[str] = []
    for definition in (found.definition, *(child for _key, child in found.children)):
        again = read_bpmn(write_bpmn(definition)).definition
        diff += differences(to_json(definition), to_json(again), definition.title)
    return replace(report, roundtrip="different" if diff else "identical", diff=tuple(diff))


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """The paths at which two JSON values differ, such as "Order/steps/3/name"."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [p for name in sorted({*one, *other}) for p in differences(one.get(name), other.get(name), f"{path}/{name}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [p for n, (a, b) in enumerate(zip(one, other, strict=True)) for p in differences(a, b, f"{path}/{n}")]
    return [] if one == other else [path]


def import_file(
    data: bytes,
    name: str,
    *,
    department: Department,
    owner: Position,
    by: Person,
    now: dt.datetime,
    apart: bool = False,
    roles: Mapping[str, str] = MappingProxyType({}),
) -> Report:
    """One file into drafts of this department, all of it or nothing. `apart`: one for each pool; `roles`: lane → title of its role."""
    try:
        found = read_bpmn(data, apart=apart)
        with transaction.atomic():
            return _write(found, data, name, roles, department=department, owner=owner, by=by, now=now)
    except (NotImported, Refused) as refusal:
        return Report(name, "refused", str(refusal))


def _write(
    found: Imported,
    data: bytes,
    name: str,
    roles: Mapping[str, str],
    *,
    department: Department,
    owner: Position,
    by: Person,
    now: dt.datetime,
) -> Report:
    """Sub-processes first, so that the steps that stand for them can name their numbers; then the pools."""
    numbers: dict[str, str] = {}

    def drafted(definition: Definition) -> Revision:
        content = renamed(_linked(definition, numbers), roles)
        return _draft(content, department=department, owner=owner, by=by, now=now)

    for key, child in reversed(found.children):
        numbers[key] = drafted(child).process.number
    revisions = [drafted(definition) for definition in (found.definition, *found.beside)]
    own, *beside = (revision.process.number for revision in revisions)
    report = replace(_report(found, name), process=own, sub_processes=tuple(reversed(numbers.values())), beside=tuple(beside))
    for revision in revisions:
        OriginalFile.objects.create(
            revision=revision,
            name=name.rpartition("/")[2][:255],
            sha256=hashlib.sha256(data).hexdigest(),
            content=data,
            report=asdict(report),
            imported_at=now,
        )
    return report


def _linked(definition: Definition, numbers: Mapping[str, str]) -> Definition:
    steps = tuple(replace(step, link=numbers[step.key]) if step.key in numbers else step for step in definition.steps)
    return replace(definition, steps=steps)


def _draft(definition: Definition, *, department: Department, owner: Position, by: Person, now: dt.datetime) -> Revision:
    process = create_process(
        title=definition.title or _("Imported process"),
        document_type=Process.Type.PROCESS,
        level=Process.Level.DEPARTMENT,
        department=department,
        owner=owner,
        by=by,
        now=now,
    )
    revision: Revision = process.revisions.get()
    fill(revision, definition, by=by, now=now)
    return revision


def fill(revision: Revision, definition: Definition, *, by: Person, now: dt.datetime) -> None:
    """The whole content of a draft that nobody has edited yet. Raises Stale where somebody has."""
    process = revision.process
    content = definition.with_metadata(
        number=process.number, title=process.title, document_type=process.document_type, language=process.language
    )
    insist_on_room(content)
    changed = Revision.objects.filter(pk=revision.pk, state=Revision.State.DRAFT, version=revision.version)
    if revision.edits.exists() or not changed.update(content=to_json(content), version=revision.version + 1):
        raise Stale(_("Somebody has begun to write this draft; import into a new one."))
    revision.refresh_from_db()
    pictures.take_over(revision, pictures.named_in(content), by=by, now=now)
    DraftEdit.objects.create(
        revision=revision, version=revision.version, client_key="import", operation="import", target="content", by=by, at=now
    )


def insist_on_room(definition: Definition) -> None:
    """Raises Refused where it says more than a document holds: nobody could open such a draft."""
    try:
        from_json(to_json(definition))
    except InvalidDefinition as fault:
        raise Refused(
            _("The file says more than a document holds (%(fault)s). Divide it, and bring in the parts.") % {"fault": fault}
        ) from fault


def _report(found: Imported, name: str) -> Report:
    charts = (found.definition, *found.beside)
    return Report(
        file=name,
        status="imported",
        steps=sum(len(definition.steps) for definition in charts),
        flows=sum(1 for definition in charts for _flow in explicit_flows(definition.steps)),
        roles=sum(len(definition.roles) for definition in charts),
        repairs=found.repairs,
        lost=_told(found.fated("lost")),
        partly=_told(found.fated("partly")),
        folded=_told(found.fated("folded")),
    )


def _told(some: Sequence[Lost]) -> tuple[Mapping[str, str], ...]:
    return tuple({"element": one.element, "id": one.id, "name": one.name, "why": one.why} for one in some)
