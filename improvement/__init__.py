"""Audits, findings and actions."""
