"""Pages of the organization: looking up, and managing."""
