"""Governed writing: a command is accepted in one transaction and carried out by deliveries (design D4)."""
