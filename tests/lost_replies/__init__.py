"""Replies lost after commit, class by class: what becomes of orders that were created and never confirmed (issue 6)."""
