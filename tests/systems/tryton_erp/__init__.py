"""A real Tryton 8.2 ERP out of the Python package index: started, seeded, stopped."""
