"""The soak: many subscribers, two hubs that are killed again and again, and not one event lost, doubled or leaked."""
