"""Returns: asking for them, deciding about them, and saying what came."""
