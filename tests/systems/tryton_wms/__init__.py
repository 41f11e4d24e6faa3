"""A real Tryton 6.0 with its stock modules, and a database like the one the rehearsal seeds."""
