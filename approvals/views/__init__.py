"""Pages of approval."""
