"""The demo company as data: reads the TOML files beside this module and checks that they fit together. Pure."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
STATES = ("effective", "draft", "in_review", "approved_future", "returned")


class ContentFault(ValueError):
    """A file names something that does not exist; the message says which."""


@dataclass(frozen=True, slots=True)
class DepartmentData:
    """A department; `parent` is a code, "" for the company itself."""

    code: str
    name: str
    kind: str = "department"
    parent: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class PositionData:
    """A position; `deputy` is another position's id."""

    id: str
    title: str
    department: str
    kind: str = "staff"
    required_level: int = 0
    deputy: str = ""


@dataclass(frozen=True, slots=True)
class PersonData:
    """A person, the positions held, level, and absence. Offsets are days from today, negative is past.

    `positions` are ids, or [id, mode, percent]; `away` is [from, until, login of the substitute or ""].
    `demo_login` says what to try with this account, `demo_order` its place among them; "" for everybody else.
    """

    login: str
    name: str
    language: str = "en"
    positions: tuple[Any, ...] = ()
    level: int = 0
    level_reason: str = ""
    since: int = -900
    away: tuple[Any, ...] = ()
    is_staff: bool = False
    demo_login: str = ""
    demo_order: int = 0


@dataclass(frozen=True, slots=True)
class RoleData:
    """A catalogue role and the positions that fill it."""

    title: str
    positions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProcessData:
    """A process with its content (`steps` in the outline notation) and the state it is brought to.

    `effective_offset`, `review_offset` are days from today; `previous` describes an older revision: pairs of a present step name and
    its earlier name, where "" means that the step is new; `signed` counts signatures given so far in review;
    `comments` are [step name, text, login].
    """

    slug: str
    title: str
    department: str
    owner: str
    group: str
    document_type: str = "process"
    level: str = "department"
    participating: tuple[str, ...] = ()
    confidentiality: str = "company"
    language: str = "en"
    purpose: str = ""
    scope: str = ""
    trigger: str = ""
    result: str = ""
    sipoc: tuple[tuple[str, ...], ...] = ()
    records: tuple[tuple[str, ...], ...] = ()
    references: tuple[tuple[str, ...], ...] = ()
    steps: str = ""
    state: str = "effective"
    effective_offset: int = -200
    review_offset: int | None = None
    previous: tuple[tuple[str, str], ...] = ()
    signed: int = 0
    comments: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class IndicatorData:
    """An indicator with its last months, oldest first; None is a month without a value. `assessments` are [quarters ago, rating, text]."""

    process: str
    name: str
    unit: str
    direction: str
    target: str
    limit: str
    values: tuple[float | None, ...]
    decimals: int = 1
    assessments: tuple[tuple[Any, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class DemoCompany:
    """Everything."""

    departments: tuple[DepartmentData, ...]
    positions: tuple[PositionData, ...]
    people: tuple[PersonData, ...]
    roles: tuple[RoleData, ...]
    groups: tuple[tuple[str, str], ...]
    processes: tuple[ProcessData, ...] = field(default=())
    indicators: tuple[IndicatorData, ...] = field(default=())


@cache
def load() -> DemoCompany:
    """The demo company. Raises ContentFault."""
    company = _toml(FOLDER / "company.toml")
    processes = [item for path in sorted((FOLDER / "processes").glob("*.toml")) for item in _toml(path).get("process", [])]
    made = DemoCompany(
        departments=tuple(_read(DepartmentData, item) for item in company["department"]),
        positions=tuple(_read(PositionData, item) for item in company["position"]),
        people=tuple(_read(PersonData, item) for item in company["person"]),
        roles=tuple(_read(RoleData, item) for item in company["role"]),
        groups=tuple((kind, name) for kind, names in company["groups"].items() for name in names),
        processes=tuple(_read(ProcessData, item) for item in processes),
        indicators=tuple(_read(IndicatorData, item) for item in _toml(FOLDER / "indicators.toml")["indicator"]),
    )
    _check(made)
    return made


def _toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        return tomllib.load(stream)


def _read(kind: type, item: Mapping[str, Any]) -> Any:
    unknown = set(item) - {f.name for f in fields(kind)}
    if unknown:
        raise ContentFault(f"{kind.__name__} {item.get('slug') or item.get('title') or item}: no field {min(unknown)}")
    return kind(**{name: _frozen(value) for name, value in item.items()})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _check(company: DemoCompany) -> None:
    codes, positions = {d.code for d in company.departments}, {p.id for p in company.positions}
    groups, logins = {name for _kind, name in company.groups}, {p.login for p in company.people}
    slugs = {p.slug for p in company.processes}
    _known("department", codes, (p.department for p in company.positions))
    _known("position", positions, (p.deputy for p in company.positions if p.deputy))
    held = (position if isinstance(position, str) else position[0] for person in company.people for position in person.positions)
    _known("position", positions, held)
    _known("position", positions, (position for role in company.roles for position in role.positions))
    for process in company.processes:
        _known("department", codes, (process.department, *process.participating))
        _known("position", positions, (process.owner,))
        _known("group", groups, (process.group,))
        _known("state", set(STATES), (process.state,))
        _known("person", logins, (login for _step, _text, login in process.comments))
    _known("process", slugs, (indicator.process for indicator in company.indicators))


def _known(what: str, known: set[str], named: Iterable[str]) -> None:
    missing = set(named) - known
    if missing:
        raise ContentFault(f"There is no {what} {min(missing)!r}.")
