"""Pages of continuity: the proof, leaving, the bus factor, handovers."""
