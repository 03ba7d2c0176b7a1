"""People, departments, positions, levels, signatures and evidence: the lowest app, which knows no other."""
