"""Views of the worklist."""
