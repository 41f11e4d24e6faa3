"""Canonical values: entities in groups, observations, commands, intents, changes. Frozen, standard library only.

The docstrings here are the API documentation: GraphQL descriptions are derived from them (design D1).
"""
