"""Every cell of what came x what becomes of it x what the customer gets: `python -m tests.returns_matrix`."""
