"""Orders that the hub carries, of an item that nobody has mapped: said once, each goes on once (issue 6, proof 8)."""
