"""Change packages: drafts that are submitted, approved and made effective together, or not at all."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from approvals.querysets import PackageQuerySet
from processes.models import Revision


class ChangePackage(models.Model):
    """Several drafts with one reason and one outcome. Each member has its own case while the package is in review."""

    class State(models.TextChoices):
        """`approvals/moving.py` alone moves it."""

        GATHERING = "gathering", pgettext_lazy("of a change package", "Being put together")
        IN_REVIEW = "in_review", pgettext_lazy("of a change package", "In review")
        APPROVED = "approved", pgettext_lazy("of a change package", "Approved")
        DISSOLVED = "dissolved", pgettext_lazy("of a change package", "Dissolved")

    title = models.CharField(_("title"), max_length=160)
    reason = models.TextField(_("why they belong together"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.GATHERING, editable=False)
    version = models.PositiveIntegerField(default=0, help_text="Rises with every move.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="packages_begun")
    created_at = models.DateTimeField(_("begun"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects: ClassVar[PackageQuerySet] = PackageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("change package")
        verbose_name_plural = _("change packages")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title


class PackageMember(models.Model):
    """A draft belongs to a package, to at most one that is not closed yet."""

    package = models.ForeignKey(ChangePackage, models.PROTECT, related_name="members")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="packages")
    closed_at = models.DateTimeField(null=True, blank=True, help_text="With the package.")

    class Meta:
        verbose_name = _("member of a change package")
        verbose_name_plural = _("members of change packages")
        ordering = ("revision__process", "id")
        constraints = (
            models.UniqueConstraint(fields=("package", "revision"), name="package_member_once"),
            models.UniqueConstraint(fields=("revision",), condition=Q(closed_at__isnull=True), name="package_one_for_a_draft"),
        )

    def __str__(self) -> str:
        return f"{self.package_id} {self.revision_id}"
