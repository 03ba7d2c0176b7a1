"""A process as files that other programs read: pictures of the chart, tables of steps, a text."""
