"""What is owed, what people are told of it, what wakes tasks, and what keeps work going when people go."""

from worklist.models.continuity import ContinuityProof, Handover, HandoverLine, Vacancy
from worklist.models.items import Happening, Snooze, WorkItem
from worklist.models.machinery import Heartbeat, OutboxEntry, ReminderPlan, UsualTime
from worklist.models.notices import DigestDue, KindPreference, MailSettings, Notice, Webhook, WebhookDelivery

__all__ = [
    "ContinuityProof",
    "DigestDue",
    "Handover",
    "HandoverLine",
    "Happening",
    "Heartbeat",
    "KindPreference",
    "MailSettings",
    "Notice",
    "OutboxEntry",
    "ReminderPlan",
    "Snooze",
    "UsualTime",
    "Vacancy",
    "Webhook",
    "WebhookDelivery",
    "WorkItem",
]
