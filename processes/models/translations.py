"""Translations of frozen content: their texts while they are written, who wrote what, and the moves up to the release."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from organization.models import Position, Signature
from processes.languages import LONGEST
from processes.models.revisions import FrozenContent, Revision
from processes.querysets import TranslationQuerySet


class Translation(models.Model):
    """The content of one revision in another language. Outdated is computed: the revision is no longer what is to be read."""

    class State(models.TextChoices):
        """Moved by `processes/translations.py` alone."""

        DRAFT = "draft", _("being translated")
        IN_CHECK = "in_check", _("being checked")
        RELEASED = "released", _("released")
        WITHDRAWN = "withdrawn", _("withdrawn")

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="translations")
    content = models.ForeignKey(FrozenContent, models.PROTECT, related_name="translated_as", help_text="The authoritative content.")
    language = models.CharField(_("language"), max_length=LONGEST)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    version = models.PositiveIntegerField(default=0, help_text="Rises with every text and every move.")
    texts = models.JSONField(default=dict, help_text="Key of a unit → its translation.")
    done = models.PositiveIntegerField(_("translated"), default=0)
    total = models.PositiveIntegerField(_("texts"))
    keeper = models.ForeignKey(Position, models.PROTECT, related_name="translations", verbose_name=_("keeps it up to date"))
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    handed_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    checker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("checked by")
    )
    released = models.ForeignKey(
        FrozenContent, models.PROTECT, null=True, blank=True, related_name="released_as", help_text="The content in this language."
    )
    released_at = models.DateTimeField(_("released"), null=True, blank=True)

    objects: ClassVar[TranslationQuerySet] = TranslationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        ordering = ("language", "revision", "id")
        constraints = (
            models.UniqueConstraint(fields=("content", "revision", "language"), condition=~Q(state="withdrawn"), name="translation_once"),
            models.CheckConstraint(
                condition=~Q(state="released") | Q(released__isnull=False, released_at__isnull=False, checker__isnull=False),
                name="translation_released_is_frozen",
            ),
            models.CheckConstraint(condition=~Q(state="in_check") | Q(checker__isnull=False), name="translation_in_check_has_checker"),
            models.CheckConstraint(
                condition=Q(checker__isnull=True) | ~Q(checker=F("handed_in_by")), name="translation_checked_by_somebody_else"
            ),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="translation_done_of_total"),
        )

    def __str__(self) -> str:
        return f"{self.revision_id} {self.language}"


class TranslationEdit(models.Model):
    """One text of a translation as somebody wrote it. Whoever wrote one never checks the translation."""

    translation = models.ForeignKey(Translation, models.CASCADE, related_name="edits")
    version = models.PositiveIntegerField(help_text="The translation's version after this edit.")
    key = models.CharField(max_length=20)
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("version",)
        constraints = (models.UniqueConstraint(fields=("translation", "version"), name="translation_edit_version"),)

    def __str__(self) -> str:
        return f"{self.translation_id} {self.key}"


class TranslationMove(models.Model):
    """One move of a translation: handed in, taken back, returned, released, withdrawn. Append-only."""

    translation = models.ForeignKey(Translation, models.PROTECT, related_name="moves")
    name = models.CharField(max_length=10)
    from_state = models.CharField(max_length=10)
    to_state = models.CharField(max_length=10)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the content in this language, where it was released.")
    signature = models.OneToOneField(Signature, models.PROTECT, null=True, blank=True, related_name="translation_move")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.name} {self.translation_id}"
