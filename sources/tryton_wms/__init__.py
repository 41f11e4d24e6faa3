"""Tryton 6.0 as a warehouse system, by JSON-RPC: shipments, returns, transfers, items, places and stock are read.

Known limits (systems.md 5): header dates ignore children, so moves and packages are asked for as well; stock has no
date at all, so every figure is read each time; `reference` is not unique and only refers, it never decides sameness.
"""
