"""Procedures that others wrote, as definitions: Word documents and tables of steps. What was not understood is listed."""
