"""The sizes of everything in the chart, in px at scale 1. No text is smaller than 11 px."""

from typing import Final

STEP_FONT: Final = 13.0
NAME_FONT: Final = 12.0  # names beside circles and diamonds
LABEL_FONT: Final = 12.0  # branch labels
DOC_FONT: Final = 11.0
LANE_FONT: Final = 13.0
LINE: Final = 1.25  # line height in ems
BOLD: Final = 1.08  # bold letters are wider than the table of widths says

STEP_WIDTH: Final = 160.0
STEP_TEXT: Final = 138.0
STEP_HEIGHT: Final = 48.0
STEP_PADDING: Final = 22.0  # above and below the text together
STEP_LINES: Final = 5
MARKER: Final = 18.0  # the ⊞ of a sub-process
DIAMOND: Final = 44.0
CIRCLE: Final = 34.0
NAME_WIDTH: Final = 128.0
NAME_LINES: Final = 3
LABEL_WIDTH: Final = 112.0
LABEL_LINES: Final = 2
DOC_WIDTH: Final = 88.0
DOC_LINES: Final = 2
DOC_PADDING: Final = 8.0
DOC_GAP: Final = 5.0
DOCS_SHOWN: Final = 2

MARGIN: Final = 12.0  # round the whole chart
GUTTER: Final = 38.0  # between two ranks; room for an arrow head on both sides of a track
GUTTER_EDGE: Final = 20.0  # from the boxes to the nearest track
CHANNEL: Final = 20.0  # between two rows of a lane
LANE_EDGE: Final = 16.0  # between a lane's border and its first row
TRACK: Final = 12.0  # between two parallel arrows
LANE_MIN: Final = 96.0
HEAD_WIDTH: Final = 136.0  # lane headers at the left (LR)
HEAD_HEIGHT: Final = 40.0  # lane headers on top (TB), at least
HEAD_LINES: Final = 4
RADIUS: Final = 7.0  # of an arrow's corners
ARROW: Final = 8.0  # length of the head
