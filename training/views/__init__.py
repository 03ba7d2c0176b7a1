"""Pages of reading and training."""
