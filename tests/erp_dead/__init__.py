"""An ERP that is dead while orders are submitted, and what becomes of them when it is back (issue 6, to be shown 3)."""
