"""Processes: catalogue, revisions and their lifecycle, content, flowcharts, comparison, search."""
