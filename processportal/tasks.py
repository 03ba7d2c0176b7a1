"""What the scheduler and the outbox wake of what spans several apps."""

from celery import shared_task
from django.utils import timezone

from processportal.continuity import checking, handing_over
from processportal.work import about
from worklist import reminders, vacancies


@shared_task(name="processportal.tasks.remind")
def remind() -> int:
    """Reminds of what is due, each reader with the subjects that he or she may read; says of how many items."""
    return reminders.run(timezone.now(), hide=about.hidden_from)


@shared_task(name="processportal.tasks.check_continuity")
def check_continuity() -> int:
    """The nightly proof; says how many open items lead to nobody."""
    return checking.prove(timezone.now()).unowned


@shared_task(name="processportal.tasks.reconcile_vacancies")
def reconcile_vacancies(*positions: int) -> int:
    """Vacancies of these positions, of all without any; says how many are open."""
    return vacancies.reconcile(timezone.now(), positions or None)


@shared_task(name="processportal.tasks.reconcile_handovers")
def reconcile_handovers(*handovers: int) -> int:
    """These open handovers, all without any, with what every app knows; says how many are open."""
    return handing_over.reconcile_all(timezone.now(), handovers or None)
