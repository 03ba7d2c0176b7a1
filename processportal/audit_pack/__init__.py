"""What an auditor asks of a past day, as one archive: what held, who approved it, who had read it, how it was measured, and the proof."""
