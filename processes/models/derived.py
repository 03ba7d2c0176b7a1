"""Rows derived from content, rewritten in the transaction that changes it, so that questions across processes stay cheap."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from processes.models.catalogue import Process, Role
from processes.models.revisions import Revision


class RoleUse(models.Model):
    """A revision uses a role of the catalogue in so many steps."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="role_uses")
    role = models.ForeignKey(Role, models.PROTECT, related_name="uses")
    steps = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("revision", "role"), name="role_use_once"),)

    def __str__(self) -> str:
        return f"{self.revision_id} {self.role_id}"


class Port(models.Model):
    """An input or output of a process, by name, so that the two sides of an interface can be matched."""

    class Side(models.TextChoices):
        """Into or out of the process."""

        INPUT = "input", _("Input")
        OUTPUT = "output", _("Output")

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="ports")
    side = models.CharField(max_length=6, choices=Side)
    name = models.CharField(max_length=300)
    folded = models.CharField(max_length=900, help_text="The name as it is compared: databases know small letters of ASCII only.")
    party = models.CharField(max_length=300, blank=True, help_text="Supplier of an input, customer of an output.")

    class Meta:
        indexes = (models.Index(fields=("side", "folded"), name="port_by_folded_name"),)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def of(cls, revision: Revision, side: str, name: str, party: str = "") -> Self:
        """A port, not saved yet."""
        return cls(revision=revision, side=side, name=name, folded=name.casefold(), party=party)


class Link(models.Model):
    """A step or reference of a revision names another process by its number."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="links")
    number = models.CharField(max_length=300)
    target = models.ForeignKey(Process, models.PROTECT, null=True, blank=True, related_name="linked_from")
    step = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = (models.Index(fields=("target",), condition=Q(target__isnull=False), name="link_by_target"),)

    def __str__(self) -> str:
        return self.number


class SearchDocument(models.Model):
    """Folded text of one approved revision; the database's own full-text index lies over it (`processes/search.py`)."""

    revision = models.OneToOneField(Revision, models.CASCADE, primary_key=True, related_name="search_document")
    title = models.TextField(_("title"))
    body = models.TextField(_("text"))

    def __str__(self) -> str:
        return self.title[:80]
