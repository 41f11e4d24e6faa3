"""The one writer: observations become records, entities, flow and outbox rows in one transaction (design section 5)."""
