"""Answers from the store, never from a source: find by any identifier, read whole, view as of now."""
