"""Everything that happened to one process, gathered from every app as plain rows."""
