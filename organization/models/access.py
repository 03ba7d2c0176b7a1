"""Access: open sessions, and what protects signatures: codes that were used, attempts that failed."""

import uuid

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _


class OpenSession(AbstractBaseSession):
    """A browser in which a person is signed in (or somebody who looks at the sign-in page: without a person)."""

    handle = models.UUIDField(default=uuid.uuid4, unique=True, help_text="Names it on a page; the key itself would open it.")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="open_sessions", verbose_name=_("person"))
    device = models.CharField(_("device"), max_length=300, blank=True, help_text="What the browser calls itself.")
    began_at = models.DateTimeField(_("since"))
    seen_at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("open session")
        verbose_name_plural = _("open sessions")
        ordering = ("-seen_at",)

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        """What reads the data of a row."""
        return SessionStore


class UsedCode(models.Model):
    """A code of an authenticator app confirms once, in whichever process of the server it arrives. `step`: the half minute of it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    step = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "step"), name="code_used_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.step}"


class FailedSigning(models.Model):
    """An attempt to sign that was not confirmed. Append-only."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="failed_signings", verbose_name=_("person"))
    component = models.CharField(_("component"), max_length=12)
    address = models.CharField(_("address"), max_length=300)
    locked = models.BooleanField(_("locked"), default=False)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("failed signature")
        verbose_name_plural = _("failed signatures")
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=("person", "at")),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.at}"


class Pin(models.Model):
    """A person's PIN for shared tablets, hashed like a password. Only the person sets it."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="pin")
    hashed = models.CharField(max_length=128)
    set_at = models.DateTimeField(_("set"))

    class Meta:
        verbose_name = _("PIN")
        verbose_name_plural = _("PINs")

    def __str__(self) -> str:
        return str(self.person_id)
