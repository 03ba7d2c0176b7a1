"""Indicators, measurements and performance assessments."""
