"""The company that is measured: departments, people, processes with a revision in force, open readings; made in bulk."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from organization.models import Appointment, Department, HeldLevel, Level, Person, Position
from processes import search
from processes.canonical import canonical, sha256, to_json
from processes.definition import Definition, Flow, RoleRef, Step
from processes.models import FrozenContent, Process, Revision
from training.models import AudienceRule, HandOut, Reading
from worklist.items import NewItem, raise_items

BATCH = 500


@dataclass(frozen=True, slots=True)
class Made:
    """What the measures start from."""

    reader: Person
    author: Person
    process: Process
    items: int


def steps_of(count: int, lanes: int = 5) -> Definition:
    """A process of `count` steps over lanes, with a decision and a way back every ten steps."""
    roles = tuple(RoleRef(key=f"r{n}", title=f"Role {n}") for n in range(lanes))
    steps = [Step(key="s0", kind="start", name="Need arises", role="r0")]
    for n in range(1, count - 1):
        decision = n % 10 == 0
        back = (Flow(key=f"f{n}a", label="yes"), Flow(key=f"f{n}b", to=f"s{n - 4}", label="no")) if decision else ()
        name = f"Is step {n} in order?" if decision else f"Do what step {n} asks for with due care"
        steps.append(Step(key=f"s{n}", kind="decision" if back else "activity", name=name, role=f"r{n // 3 % lanes}", flows=back))
    steps.append(Step(key="end", kind="end", name="Need met", role="r0"))
    return Definition(purpose="What it is for. " * 20, scope="Where it holds. " * 10, roles=roles, steps=tuple(steps))


def build(processes: int) -> Made:
    """A company with this many processes in force and ten open readings for the reader."""
    now = timezone.now()
    root = Department.objects.create(code="CO", name="Bench company", kind="company")
    departments = [Department.objects.create(code=f"D{n:02d}", name=f"Department {n}", parent=root) for n in range(20)]
    people = [Person.objects.create_user(f"p{n}", f"Person {n}") for n in range(60)]
    heads = [Position.objects.create(department=d, title=f"Head of {d.name}", kind="head") for d in departments]
    staff = [Position.objects.create(department=d, title="Clerk") for d in departments]
    since = now.date() - dt.timedelta(days=400)
    for n, person in enumerate(people):
        position = heads[n] if n < len(heads) else staff[n % len(staff)]
        Appointment.objects.create(person=person, position=position, starts_on=since)
    level, _made = Level.objects.get_or_create(number=3, defaults={"name": "process analyst"})
    HeldLevel.objects.create(person=people[0], level=level, held_from=since, reason="bench", given_by=people[0], given_at=now)
    made = _processes(processes, departments, heads, people[0], now)
    reader = people[-1]
    items = _readings(made, people, now)
    return Made(reader, people[0], made[len(made) // 2 + 1], items)


def positions(count: int) -> list[Position]:
    """So many positions in the departments that are there; every other one is held, and its holder's department has a head."""
    since = timezone.now().date() - dt.timedelta(days=400)
    departments = list(Department.objects.exclude(kind="company").order_by("pk"))
    people = list(Person.objects.order_by("pk"))
    new = [
        Position(department=departments[n % len(departments)], title=f"Bench {n}", kind="head" if n % 10 == 0 else "staff")
        for n in range(count)
    ]
    made: list[Position] = bulk_create_with_history(new, Position, batch_size=BATCH)
    held = [Appointment(person=people[n % len(people)], position=made[n], starts_on=since) for n in range(0, count, 2)]
    bulk_create_with_history(held, Appointment, batch_size=BATCH)
    return made


def _processes(
    count: int, departments: Sequence[Department], owners: Sequence[Position], author: Person, now: dt.datetime
) -> list[Process]:
    content = steps_of(20)
    raw = canonical(content)
    frozen = FrozenContent.objects.create(sha256=sha256(raw), content=raw, created_at=now)
    new = [
        Process(
            number=f"{departments[n % len(departments)].code}-{n:05d}",
            title=f"Process {n} of the bench",
            department=departments[n % len(departments)],
            owner=owners[n % len(owners)],
            confidentiality="departments" if n % 10 == 0 else "company",
            created_at=now,
            created_by=author,
            next_review_on=now.date() + dt.timedelta(days=n % 700 - 60),
        )
        for n in range(count)
    ]
    made: list[Process] = bulk_create_with_history(new, Process, batch_size=BATCH)
    document = to_json(content)
    revisions = [
        Revision(
            process=process, ordinal=1, state="approved", content=document, frozen=frozen, major=1, minor=0, version=3,
            effective_from=now - dt.timedelta(days=200), created_at=now, created_by=author, submitted_by=author, approved_at=now,
        )
        for process in made
    ]  # fmt: skip
    Revision.objects.bulk_create(revisions, batch_size=BATCH)
    for revision in Revision.objects.filter(process__in=made[:: max(1, count // 500)]):
        search.index(revision)
    return made


def _readings(processes: Sequence[Process], people: Sequence[Person], now: dt.datetime) -> int:
    """Everybody owes ten readings; half of them are due for a reminder."""
    chosen = list(Revision.objects.filter(process__in=processes[:10]).select_related("process"))
    new = [
        NewItem(
            kind="read",
            subject=f"{revision.process.number} {revision.process.title}",
            url_name="process",
            url_args=[revision.process.number],
            due_on=now.date() + dt.timedelta(days=person.pk % 10 - 5),
            source_key=f"reading:{revision.pk}:{person.pk}",
            person_id=person.pk,
        )
        for revision in chosen
        for person in people
    ]
    items = raise_items(new, now=now)
    numbers = {revision.process.number: revision for revision in chosen}
    Reading.objects.bulk_create(
        [Reading(work_item=item, revision=numbers[item.url_args[0]], person_id=item.person_id or 0) for item in items], batch_size=BATCH
    )
    HandOut.objects.bulk_create([HandOut(revision=revision, handed_out_at=now) for revision in chosen])
    rules = [AudienceRule(process=one.process, department=one.process.department, starts_on=now.date()) for one in chosen]
    bulk_create_with_history(rules, AudienceRule)
    return len(items)
