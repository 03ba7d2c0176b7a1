"""A flush that costs little: only tables with rows are emptied, and what Django derives from the models stays.

Most of a flush of ours was permissions written anew one by one, and on PostgreSQL a TRUNCATE of every table for the few that have rows.
"""

from typing import Any

from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.core.management.commands import flush
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate

KEPT = {"auth_permission", "django_content_type"}
"""Follows from the models alone, so no test changes it."""


def make_cheap() -> None:
    """From now on in this process, once the test database has been made."""
    post_migrate.disconnect(create_permissions, dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    flush.sql_flush = _of_tables_with_rows


def _of_tables_with_rows(_style: Any, connection: BaseDatabaseWrapper, **_options: Any) -> list[str]:
    """DELETE for each; foreign keys are looked at when the flush commits. Never nothing: then no trigger would come back."""
    quote = connection.ops.quote_name
    tables = sorted(set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"EXISTS (SELECT 1 FROM {quote(table)})" for table in tables))
        filled = cursor.fetchone()
    return [f"DELETE FROM {quote(table)}" for table, has_rows in zip(tables, filled, strict=True) if has_rows] or ["SELECT 1"]
