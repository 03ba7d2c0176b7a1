"""What the scheduler and the outbox wake of what spans several apps."""

from celery import shared_task
from django.utils import timezone

from processportal.continuity import checking, handing_over
from worklist import vacancies
from worklist.models import Handover


@shared_task(name="processportal.tasks.check_continuity")
def check_continuity() -> int:
    """The nightly proof; says how many open items lead to nobody."""
    return checking.prove(timezone.now()).unowned


@shared_task(name="processportal.tasks.reconcile_vacancies")
def reconcile_vacancies(*positions: int) -> int:
    """Vacancies of these positions, of all without any; says how many are open."""
    return vacancies.reconcile(timezone.now(), positions or None)


@shared_task(name="processportal.tasks.reconcile_handover")
def reconcile_handover(handover: int) -> None:
    """One handover, with what every app knows of it."""
    found = Handover.objects.filter(pk=handover).select_related("person").first()
    if found is not None:
        handing_over.reconcile(found, timezone.now())


@shared_task(name="processportal.tasks.reconcile_handovers")
def reconcile_handovers() -> int:
    """Every open handover; says how many are open."""
    return handing_over.reconcile_all(timezone.now())
