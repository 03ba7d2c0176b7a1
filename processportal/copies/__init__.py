"""Procedures on paper: prints, controlled copies, copies posted at a place, and what the code on them says for years."""
