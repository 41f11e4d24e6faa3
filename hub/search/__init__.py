"""Searches by words, mistyped ones too: by OpenSearch where there is one, by PostgreSQL always (engines.md 4.5)."""
