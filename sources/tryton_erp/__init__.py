"""Tryton 8.2, an ERP: read over REST with an application key, logged into over JSON-RPC; drafts are cancelled.

Known limits (systems.md 5): `write_date` is the start of a transaction, so what takes longer than a minute to commit is
found by the `open` sweep only; a header does not move with its children, so children are asked for in the same breath;
lines that are services are part of totals only; a sale with goods both ways is told as an order of its positive lines.
"""
