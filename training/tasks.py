"""What the scheduler and the outbox wake."""

from celery import shared_task
from django.utils import timezone

from processes.models import Process, Revision
from training import assignments, ending, turning
from training.competence import development, lapsing, opening


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
