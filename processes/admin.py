"""Processes in Django's admin: to look at only. Documents live by their stories, in the portal."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from processes.models import (
    DraftEdit,
    FrozenContent,
    Link,
    Move,
    NumberSeries,
    Participation,
    Port,
    Process,
    ProcessGroup,
    Revision,
    Role,
    RoleUse,
)


@admin.register(DraftEdit, FrozenContent, Link, Move, NumberSeries, Participation, Port, ProcessGroup, Revision, Role, RoleUse)
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


@admin.register(Process)
class ReadOnlyProcess(ReadOnly):
    """With search by number and title."""

    search_fields = ("number", "title")
    list_filter = ("document_type", "level", "state")
