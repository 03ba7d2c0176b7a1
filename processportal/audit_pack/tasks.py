"""What the scheduler and the outbox wake."""

from celery import shared_task
from django.utils import timezone

from processportal.audit_pack import making


@shared_task(name=making.TASK)
def make_pack(pack: int) -> int:
    """The documents of one pack; says how many were taken up."""
    return making.work_on(pack)


@shared_task(name="processportal.audit_pack.tasks.go_on")
def go_on() -> int:
    """Packs that a lost worker left."""
    return making.go_on()


@shared_task(name="processportal.audit_pack.tasks.forget_old")
def forget_old() -> int:
    """Archives whose days are over."""
    return making.forget_old(timezone.now())
