"""Tryton's words into the hub's: pure functions of the wire types, one module per sort of document (design D10)."""
