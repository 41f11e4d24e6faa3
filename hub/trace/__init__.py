"""The story of an id: every boundary crossed, from any identifier (design section 6)."""
