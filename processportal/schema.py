"""Whether the tables of the database are those of this program: neither older nor newer."""

import sys
from pkgutil import iter_modules

from django.apps import apps
from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

Migration = tuple[str, str]
"""Label of the app, name of the migration."""
NOT_LOADED = 4
"""gunicorn's code for a program that cannot be loaded: it ends instead of trying again and again."""


def must_fit() -> None:
    """Ends this program with a line where they do not fit.

    A database that does not answer just now keeps nobody from starting: the pages say so until it is back.
    """
    try:
        why = misfit()
    except OperationalError:
        return
    finally:
        connection.close()
    if why:
        sys.stderr.write(f"Process Portal does not start. {why}\n")
        sys.exit(NOT_LOADED)


def ours() -> set[Migration]:
    """The migrations that this program brings, read off the names of its files; those of the libraries are left to them."""
    return {
        (app.label, one.name)
        for app in apps.get_app_configs()
        if settings.ROOT in (folder := settings.ROOT.joinpath(app.path, "migrations")).parents and "site-packages" not in folder.parts
        for one in iter_modules([str(folder)])
        if one.name[0].isdigit()
    }


def applied() -> set[Migration]:
    """What was carried out in this database."""
    return set(MigrationRecorder(connection).applied_migrations())


def misfit() -> str:
    """Why this program must not run on this database, as a line for whoever runs it; "" where they fit."""
    known, done = ours(), applied()
    labels = {label for label, _name in known}
    newer = sorted(one for one in done - known if one[0] in labels)
    older = sorted(known - done)
    if newer:
        return (
            f"The database is newer than this program, which does not know {_named(newer)}. "
            "Start the version that was last used with it, or restore the backup that belongs to this one."
        )
    if older:
        return f"The database is older than this program, which needs {_named(older)}. Run: python manage.py migrate"
    return ""


def _named(migrations: list[Migration]) -> str:
    named = ", ".join(".".join(one) for one in migrations[:3])
    return named if len(migrations) <= 3 else f"{named} and {len(migrations) - 3} more"
