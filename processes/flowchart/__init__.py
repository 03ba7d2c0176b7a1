"""The drawing of a process: lanes, steps and arrows laid out by ourselves, drawn by Graphviz, coloured by the page."""
