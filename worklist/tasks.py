"""What the scheduler runs."""

from celery import shared_task
from django.utils import timezone

from worklist import calling, confirmations, digests, items, notices, outbox, usual
from worklist.models import Heartbeat


@shared_task(name="worklist.tasks.beat")
def beat() -> None:
    """Says that scheduler and worker are alive."""
    Heartbeat.objects.update_or_create(part="beat", defaults={"at": timezone.now()})


@shared_task(name="worklist.tasks.deliver_outbox")
def deliver_outbox() -> None:
    """Wakes what the moment after commit could not."""
    outbox.deliver(timezone.now())


@shared_task(name="worklist.tasks.summarize")
def summarize() -> None:
    """Makes the daily summaries that are due."""
    digests.run(timezone.now())


@shared_task(name="worklist.tasks.expect_summaries")
def expect_summaries() -> None:
    """Sees to it that whatever waits for a summary has a day for it."""
    digests.expect_all(timezone.now())


@shared_task(name="worklist.tasks.send_mail")
def send_mail() -> None:
    """Sends the mail that waits."""
    notices.deliver(timezone.now())


@shared_task(name="worklist.tasks.call_webhooks")
def call_webhooks() -> None:
    """Calls the webhooks that something waits for."""
    calling.deliver(timezone.now())


@shared_task(name="worklist.tasks.pause")
def pause(*person_ids: int) -> None:
    """Brings the due days of what these people owe in person to their absences."""
    items.pause_for(person_ids, now=timezone.now())


@shared_task(name="worklist.tasks.measure_usual_times")
def measure_usual_times() -> None:
    """How long work of each kind usually takes."""
    usual.measure(timezone.now())


@shared_task(name="worklist.tasks.ask_to_confirm")
def ask_to_confirm() -> int:
    """Whatever waits for a second person is owed by somebody who may answer; says how many wait."""
    return confirmations.reconcile(timezone.now())
