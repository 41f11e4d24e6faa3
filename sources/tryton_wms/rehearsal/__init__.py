"""A rehearsed Tryton 6.0 warehouse: small, stateful, and as awkward as the real one."""
