"""Short words that make what a test needs, and no more: people, positions, processes, revisions.

purchasing = make.department("PUR")
anna = make.head(of=purchasing)
"""

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import TypeVar

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.models import Model
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from organization import proposals
from organization.models import Absence, Appointment, Department, HeldLevel, Level, Person, Position, Proposal
from processes.canonical import canonical, sha256, to_json
from processes.definition import Definition, Flow, RoleRef, Step
from processes.models import DraftEdit, FrozenContent, Process, Revision

NOW = dt.datetime(2026, 3, 4, 9, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
LONG_AGO = dt.date(2020, 1, 1)
PASSWORD = "correct horse battery"
_count = itertools.count(1)
Row = TypeVar("Row", bound=Model)


def day(offset: int) -> dt.date:
    """The date so many days after TODAY."""
    return TODAY + dt.timedelta(days=offset)


def company() -> Department:
    """The root of the tree."""
    return Department.objects.get_or_create(kind="company", defaults={"code": "CO", "name": "The company"})[0]


def department(code: str, *, name: str = "", parent: Department | None = None) -> Department:
    """A department below the company (or below `parent`); the same code gives the same department."""
    found = Department.objects.filter(code=code).first()
    return found or Department.objects.create(code=code, name=name or f"Department {code}", parent=parent or company())


def person(login: str = "", *, level: int = 0, password: str = "", **fields: object) -> Person:
    """A person, maybe with a level and a password."""
    login = login or f"person{next(_count)}"
    found = Person.objects.filter(login=login).first()
    if found is None:
        name = fields.pop("name", login.replace(".", " ").title())
        fields.setdefault("email", f"{login}@example.com")
        found = Person.objects.create_user(login, str(name), password or None, **fields)
    if level:
        hold(found, level)
    return found


def hold(who: Person, level: int, *, since: dt.date = LONG_AGO) -> HeldLevel:
    """The person holds this level."""
    rung = Level.objects.get_or_create(number=level, defaults={"name": f"level {level}"})[0]
    return HeldLevel.objects.create(person=who, level=rung, held_from=since, reason="for the test", given_by=who, given_at=NOW)


def position(
    title: str = "", *, of: Department | None = None, kind: str = "staff", holder: Person | None = None, deputy: Position | None = None
) -> Position:
    """A position, maybe held by somebody since long ago."""
    made = Position.objects.create(department=of or company(), title=title or f"Position {next(_count)}", kind=kind, deputy=deputy)
    if holder:
        appoint(holder, made)
    return made


def appoint(who: Person, to: Position, *, since: dt.date = LONG_AGO, until: dt.date | None = None, mode: str = "full") -> Appointment:
    """The person holds the position on [since, until)."""
    return Appointment.objects.create(person=who, position=to, starts_on=since, ends_before=until, mode=mode)


def confirmed(proposal: object, *, by: Person, at: dt.datetime = NOW) -> Appointment:
    """The appointment that a second person confirmed."""
    assert isinstance(proposal, Proposal)
    proposals.confirm(proposal, by=by, now=at)
    made: Appointment = Appointment.objects.get(person=proposal.person, position=proposal.position, starts_on=proposal.starts_on)
    return made


def head(of: Department, login: str = "", *, level: int = 2) -> Person:
    """The head of a department, appointed."""
    who = person(login, level=level)
    position(f"Head of {of.name}", of=of, kind="head", holder=who)
    return who


def staff(of: Department, login: str = "", *, level: int = 0) -> Person:
    """Somebody who works in a department."""
    who = person(login, level=level)
    position(f"Clerk {next(_count)}", of=of, kind="staff", holder=who)
    return who


def away(who: Person, *, since: dt.date = TODAY, until: dt.date | None = None, substitute: Person | None = None) -> Absence:
    """The person is away on [since, until); two weeks where nothing is said."""
    return Absence.objects.create(person=who, starts_on=since, ends_before=until or since + dt.timedelta(days=14), substitute=substitute)


def definition(*names: str, role: str = "Buyer") -> Definition:
    """Start, the named activities in one lane, end; a name that ends in "?" becomes a decision with two branches."""
    names = names or ("Check offer", "Sign order")
    lane = RoleRef(key="r1", title=role)
    steps = [Step(key="start", kind="start", name="Need arises", role="r1")]
    for n, name in enumerate(names, 1):
        flows = (Flow(key=f"f{n}y", to="", label="yes"), Flow(key=f"f{n}n", to="end", label="no")) if name.endswith("?") else ()
        steps.append(Step(key=f"s{n}", kind="decision" if flows else "activity", name=name, role="r1", flows=flows))
    steps.append(Step(key="end", kind="end", name="Need met", role="r1"))
    return Definition(purpose="Why we do it.", scope="Where it holds.", roles=(lane,), steps=tuple(steps))


def process(
    of: Department | None = None, *, number: str = "", title: str = "Purchase to pay", owner: Position | None = None, **fields: object
) -> Process:
    """A process without revisions, owned by a position of its department."""
    home = of or department("PUR")
    owner = owner or Position.objects.filter(department=home).first() or position(of=home, kind="head")
    participating = fields.pop("participating", ())
    fields.setdefault("created_by", person("maker"))
    made = Process.objects.create(
        number=number or f"{home.code}-{next(_count):03d}", title=title, department=home, owner=owner, created_at=NOW, **fields
    )
    made.participating.set(participating)  # type: ignore[arg-type]
    return made


def draft(of: Process, content: Definition | None = None, *, by: Person | None = None) -> Revision:
    """An open draft with this content, written by `by`; where none is given, it says other notes than the revisions before it."""
    author = by or of.created_by
    ordinal = of.revisions.count() + 1
    content = content or replace(definition(), notes=f"Draft {ordinal}." if ordinal > 1 else "")
    made = Revision.objects.create(process=of, ordinal=ordinal, content=to_json(content), created_at=NOW, created_by=author, version=1)
    DraftEdit.objects.create(
        revision=made, version=1, client_key="first", operation="set", target="purpose", before="", after="Why we do it.", by=author, at=NOW
    )
    return made


def frozen(content: Definition) -> FrozenContent:
    """The canonical bytes, kept once."""
    raw = canonical(content)
    return FrozenContent.objects.get_or_create(sha256=sha256(raw), defaults={"content": raw, "created_at": NOW})[0]


def effective(
    of: Process, content: Definition | None = None, *, since: dt.datetime = NOW - dt.timedelta(days=100), by: Person | None = None
) -> Revision:
    """An approved revision, in force since then; what was in force before ends there."""
    author = by or of.created_by
    of.revisions.filter(effective_from__isnull=False, effective_until__isnull=True).update(effective_until=since)
    last = of.revisions.filter(major__isnull=False).order_by("-major").first()
    content = replace(content or definition(), number=of.number, title=of.title, document_type=of.document_type, language=of.language)
    return Revision.objects.create(
        process=of, ordinal=of.revisions.count() + 1, state="approved", content=to_json(content), frozen=frozen(content), version=3,
        major=(last.major or 0) + 1 if last else 1, minor=0, effective_from=since, created_at=since, created_by=author,
        submitted_by=author, submitted_at=since, approved_at=since,
    )  # fmt: skip


@dataclass(frozen=True)
class Cast:
    """The same few people in every test: each name says what they are to the process PUR-001."""

    purchasing: Department
    stores: Department
    author: Person
    """Head of purchasing, level 2: owns and writes."""
    approver: Person
    """Department process manager of purchasing, level 3."""
    manager: Person
    """Company process manager, level 5."""
    boss: Person
    """General manager (top management), level 5."""
    reader: Person
    """Clerk in purchasing, no level."""
    stranger: Person
    """Clerk in stores: no part in purchasing."""
    admin: Person
    """Administrator without any position."""


OFFICES = (  # login, level, title, code of the department, kind
    ("author", 2, "Head of Purchasing", "PUR", "head"),
    ("approver", 3, "Process manager, Purchasing", "PUR", "department_process_manager"),
    ("manager", 5, "Company process manager", "CO", "company_process_manager"),
    ("boss", 5, "General manager", "CO", "top_management"),
    ("storekeeper", 2, "Head of Stores", "STO", "head"),
    ("reader", 0, "Buyer", "PUR", "staff"),
    ("stranger", 0, "Storeman", "STO", "staff"),
)


def cast() -> Cast:
    """A small company that can approve, in a few statements: most tests begin with it."""
    departments = {one.code: one for one in (company(), department("PUR", name="Purchasing"), department("STO", name="Stores"))}
    logins = [*(office[0] for office in OFFICES), "admin"]
    password = make_password(PASSWORD)
    made = _kept(
        Person(login=login, name=login.title(), email=f"{login}@example.com", password=password, is_staff=login == "admin")
        for login in logins
    )
    people = {one.login: one for one in made}
    HeldLevel.objects.bulk_create(
        HeldLevel(person=people[login], level_id=level, held_from=LONG_AGO, reason="for the test", given_by=people[login], given_at=NOW)
        for login, level, *_rest in OFFICES
        if level
    )
    positions = _kept(Position(department=departments[code], title=title, kind=kind) for _login, _level, title, code, kind in OFFICES)
    _kept(
        Appointment(person=people[office[0]], position=position, starts_on=LONG_AGO, mode="full")
        for office, position in zip(OFFICES, positions, strict=True)
    )
    named = {field.name: people[field.name] for field in fields(Cast) if field.name in people}
    return Cast(departments["PUR"], departments["STO"], **named)


def _kept(rows: Iterable[Row]) -> list[Row]:
    """Written with their history, as `save` would."""
    rows = list(rows)
    bulk_create_with_history(rows, type(rows[0]))
    return rows


def now() -> dt.datetime:
    """The real present, for tests that go through a browser or a client."""
    return timezone.now()


def past_the_rows(table: str) -> str:
    """A statement by which rows go that no DELETE names; PostgreSQL wants what is deferred to be looked at before."""
    if connection.vendor == "sqlite":
        return f"REPLACE INTO {table} SELECT * FROM {table}"
    return f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE"
