"""Django's SQLite with one thing more: the writers of one process take turns."""
