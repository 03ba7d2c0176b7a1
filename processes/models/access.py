"""Who may see a process beyond its department: participations, and django-guardian's exceptions on one object."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from organization.models import Position
from processes.models.catalogue import Process
from processes.models.revisions import Revision


class Participation(models.Model):
    """A position or person takes part in a process (or in one revision's draft or review), maybe until a day."""

    class Part(models.TextChoices):
        """As what."""

        CONTRIBUTOR = "contributor", _("Contributor")
        APPROVER = "approver", _("Approver")
        READER = "reader", _("Reader")

    process = models.ForeignKey(Process, models.CASCADE, related_name="participations")
    revision = models.ForeignKey(Revision, models.CASCADE, null=True, blank=True, related_name="participations")
    position = models.ForeignKey(Position, models.CASCADE, null=True, blank=True, related_name="participations")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="participations")
    part = models.CharField(_("part"), max_length=12, choices=Part)
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        constraints = (
            models.CheckConstraint(
                condition=Q(person__isnull=True, position__isnull=False) | Q(person__isnull=False, position__isnull=True),
                name="participation_person_or_position",
            ),
            models.UniqueConstraint(
                "process",
                Coalesce(F("revision"), 0),
                Coalesce(F("position"), 0),
                Coalesce(F("person"), 0),
                "part",
                name="participation_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.process_id} {self.part}"


class ProcessUserGrant(UserObjectPermissionBase):  # type: ignore[misc]
    """An exception: this person may see this restricted process. Written by `processes/grants.py` alone."""

    content_object = models.ForeignKey(Process, models.CASCADE, related_name="user_grants")


class ProcessGroupGrant(GroupObjectPermissionBase):  # type: ignore[misc]
    """An exception for a group. Written by `processes/grants.py` alone."""

    content_object = models.ForeignKey(Process, models.CASCADE, related_name="group_grants")
