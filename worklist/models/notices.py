"""What people are told, in the portal, by mail and by webhook, and how they want to be told."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from worklist.models.items import WorkItem


class Notice(models.Model):
    """One message to one person, in the portal and by mail, once: `key` is unique."""

    class Mail(models.TextChoices):
        """Where the mail stands."""

        NONE = "none", _("No mail")
        WAITING = "waiting", _("Waiting")
        DIGEST = "digest", _("Waits for the daily summary")
        IN_DIGEST = "in_digest", _("In the daily summary")
        CLAIMED = "claimed", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(_("kind"), max_length=16, blank=True, help_text='A kind of work item, "news" or "digest".')
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices", verbose_name=_("person"))
    work_item = models.ForeignKey(WorkItem, models.SET_NULL, null=True, blank=True, related_name="notices")
    subject = models.CharField(_("subject"), max_length=300)
    body = models.TextField(_("text"), blank=True)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"))
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)
    mail = models.CharField(_("mail"), max_length=10, choices=Mail, default=Mail.WAITING)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    digest = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="parts")

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=("person", "-created_at", "-id"), name="notice_of_person"),
            # Not a partial index: SQLite takes one only for conditions without parameters.
            models.Index(fields=("mail", "id"), name="notice_to_mail"),
        )

    def __str__(self) -> str:
        return self.subject


class MailSettings(models.Model):
    """When a person wants the daily summary. Without a row: 8 o'clock of the company's day."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="mail_settings")
    digest_hour = models.PositiveSmallIntegerField(_("hour of the daily summary"), default=8)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, help_text=_("Empty: the company's."))

    class Meta:
        verbose_name = _("mail settings")
        verbose_name_plural = _("mail settings")
        constraints = (models.CheckConstraint(condition=Q(digest_hour__lte=23), name="mail_settings_hour"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.digest_hour}"


class KindPreference(models.Model):
    """How a person wants to hear of one kind of notice. Without a row: what is due or blocks somebody at once, the rest in the summary."""

    class Mode(models.TextChoices):
        """By mail at once, in the daily summary, or in the portal only."""

        INSTANT = "instant", _("Mail at once")
        DIGEST = "digest", _("In the daily summary")
        PORTAL = "portal", _("In the portal only")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="kind_preferences")
    kind = models.CharField(_("kind"), max_length=16)
    mode = models.CharField(_("mode"), max_length=8, choices=Mode)

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = (models.UniqueConstraint(fields=("person", "kind"), name="kind_preference_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.mode}"


class DigestDue(models.Model):
    """A person has something for the next summary, which is made at this instant; so the sweeper looks at nobody else."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="digest_due")
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.person_id} {self.at}"


class Webhook(models.Model):
    """An address of the company that is told of notices, such as a chat robot; each call is signed with the secret."""

    name = models.CharField(_("name"), max_length=120)
    url = models.URLField(_("address"), max_length=500)
    secret = models.CharField(_("secret"), max_length=120)
    kinds = models.JSONField(_("kinds"), default=list, help_text="Kinds of notices; empty: all.")
    is_active = models.BooleanField(_("active"), default=True)

    history = HistoricalRecords(excluded_fields=["secret"])

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(models.Model):
    """One notice on its way to one webhook, claimed and given back like a mail."""

    webhook = models.ForeignKey(Webhook, models.PROTECT, related_name="deliveries")
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="webhook_deliveries")
    delivery = models.CharField(_("delivery"), max_length=10, choices=Notice.Mail, default=Notice.Mail.WAITING)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ("id",)
        indexes = (models.Index(fields=("delivery", "id"), name="webhook_to_deliver"),)
        constraints = (models.UniqueConstraint(fields=("webhook", "notice"), name="webhook_delivery_once"),)

    def __str__(self) -> str:
        return f"{self.webhook_id} {self.notice_id}"
