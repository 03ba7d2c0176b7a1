"""One row for each procedure that was put on paper: what it says, who made it, where it hangs, and what became of it."""

import secrets
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organization.models import Position
from processes.models import Process, Revision
from processportal.copies.querysets import CopyQuerySet
from worklist.models import WorkItem

ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letter that is taken for another when somebody types the address from the paper."""
LENGTH: Final = 26
SHOWN: Final = 6


def new_token() -> str:
    """128 random bits: nobody finds another copy by guessing."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


class Copy(models.Model):
    """A copy on paper. What is printed on it does not change; only its way out of use is added."""

    class Kind(models.TextChoices):
        """Who answers for it."""

        UNCONTROLLED = "uncontrolled", _("Uncontrolled print")
        CONTROLLED = "controlled", _("Controlled copy")
        POSTED = "posted", _("Posted copy")

    class Outcome(models.TextChoices):
        """How it went out of use."""

        EXCHANGED = "exchanged", _("Exchanged")
        DESTROYED = "destroyed", _("Destroyed")

    token = models.CharField(max_length=LENGTH, unique=True, default=new_token, editable=False)
    process = models.ForeignKey(Process, models.PROTECT, related_name="copies", verbose_name=_("process"))
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="copies", verbose_name=_("revision"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    version = models.CharField(_("version"), max_length=24, blank=True, help_text=_("As printed; empty on a draft."))
    facts = models.JSONField(default=dict, help_text="What else stands in the head of the paper: owner, next review …")
    standards = models.CharField(max_length=40, blank=True, help_text="What the PDF keeps, such as a-2a,ua-1.")
    place = models.CharField(_("place"), max_length=160, blank=True)
    position = models.ForeignKey(
        Position, models.PROTECT, null=True, blank=True, related_name="posted_copies", verbose_name=_("responsible position")
    )
    printed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("printed by"))
    printed_at = models.DateTimeField(_("printed"))
    valid_until = models.DateField(_("valid until"))
    recall = models.OneToOneField(WorkItem, models.PROTECT, null=True, blank=True, related_name="recalled_copy")
    recalled_at = models.DateTimeField(_("called back"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)
    closed_at = models.DateTimeField(_("out of use since"), null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")

    objects: ClassVar[CopyQuerySet] = CopyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("copy")
        verbose_name_plural = _("copies")
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("process", "-id"), condition=~Q(kind="uncontrolled"), name="copy_registered"),
            models.Index(
                fields=("revision",), condition=Q(kind="posted", closed_at__isnull=True, recall__isnull=True), name="copy_posted_unasked"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(kind="posted") | (Q(position__isnull=False) & ~Q(place="")), name="copy_posted_has_place_and_position"
            ),
            models.CheckConstraint(condition=Q(kind="uncontrolled") | ~Q(version=""), name="copy_of_a_draft_is_uncontrolled"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="", closed_by__isnull=True)
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome="")),
                name="copy_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(recall__isnull=True, recalled_at__isnull=True) | Q(recall__isnull=False, recalled_at__isnull=False),
                name="copy_recalled_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """By what people tell one paper from another: the beginning of its token, printed large."""
        return self.token[:SHOWN].upper()
