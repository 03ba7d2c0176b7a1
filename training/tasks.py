"""What the scheduler and the outbox wake."""

from celery import shared_task
from django.utils import timezone

from organization.models import Person
from processes.models import Process, Revision
from training import assignments, ending, turning
from training.competence import development, lapsing, opening
from training.courses import inviting, renewing, seats, sessions
from training.models import TrainingSession


@shared_task(name="training.tasks.hand_out")
def hand_out() -> int:
    """Readings of newly approved revisions."""
    return assignments.hand_out_new(timezone.now())


@shared_task(name="training.tasks.hand_out_all")
def hand_out_all() -> int:
    """Readings of everybody: once a night, and after very many people came, moved or left."""
    return assignments.hand_out_all(timezone.now())


@shared_task(name="training.tasks.hand_out_people")
def hand_out_people(*people: int) -> int:
    """Readings of people who came, moved, left or hold another level."""
    return turning.hand_out_people(people, timezone.now())


@shared_task(name="training.tasks.hand_out_turned")
def hand_out_turned() -> int:
    """Once an hour: days that came, and settings that changed."""
    return turning.hand_out_turned(timezone.now())


@shared_task(name="training.tasks.hand_out_process")
def hand_out_process(process: int) -> int:
    """Readings of one process, whose rules were changed."""
    now = timezone.now()
    revisions = assignments.newest_approved(now).filter(process=process).select_related("process", "frozen")
    return sum(assignments.hand_out(revision, now) for revision in revisions)


@shared_task(name="training.tasks.end_withdrawn")
def end_withdrawn(process: int) -> int:
    """Readers of a process that was withdrawn."""
    return ending.end(Process.objects.select_related("replaced_by").get(pk=process), timezone.now())


@shared_task(name="training.tasks.tell_released")
def tell_released(revision: int) -> int:
    """Readers of an emergency release that is over."""
    return ending.tell_released(Revision.objects.select_related("process").get(pk=revision), timezone.now())


@shared_task(name="training.tasks.tell_lapses")
def tell_lapses() -> int:
    """Who has to renew a level soon, and whose level has lapsed."""
    return lapsing.tell(timezone.now())


@shared_task(name="training.tasks.follow_leavers")
def follow_leavers() -> int:
    """Assessments and development plans of people who have left, and assessors who have."""
    now = timezone.now()
    return opening.follow_leavers(now) + development.follow_leavers(now)


@shared_task(name="training.tasks.follow_training")
def follow_training() -> int:
    """Places and sessions of people who left, invitations to what has begun, and what expires; says how many records expire soon."""
    now = timezone.now()
    seats.follow_leavers(now)
    seats.end_invitations(now)
    sessions.follow_trainers(now)
    renewing.end_over(now)
    return renewing.run(now)


@shared_task(name="training.tasks.invite")
def invite(session: int, kind: str, key: int, everybody: int, by: int) -> int:
    """Whom a rule selects is invited to a session, in batches."""
    found = TrainingSession.objects.select_related("course").get(pk=session)
    return inviting.carry_out(found, kind, key, everybody=bool(everybody), by=Person.objects.get(pk=by), now=timezone.now())
