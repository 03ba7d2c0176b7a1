"""The organization in Django's admin: to look at only. It is managed on the portal's own pages, through the stories."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from organization.models import (
    Ability,
    Absence,
    Appointment,
    CompanySettings,
    Department,
    GateRule,
    HeldLevel,
    Level,
    Person,
    Position,
    Signature,
)


@admin.register(Ability, Absence, Appointment, CompanySettings, Department, GateRule, HeldLevel, Level, Position, Signature)
class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows rows; nothing is added, changed or deleted here."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never."""
        return False


@admin.register(Person)
class ReadOnlyPerson(ReadOnly):
    """Without the hash of the password."""

    exclude = ("password",)
    search_fields = ("login", "name")
