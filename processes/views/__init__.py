"""Screens and JSON doors of the catalogue and of drafts: they translate HTTP and nothing else."""
