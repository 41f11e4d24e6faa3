"""The store: PostgreSQL, embedded or somebody's own. The only room that speaks SQL."""
