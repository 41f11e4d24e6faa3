"""Subscriptions: what each listens to, what its filter means, and the event that it delivers."""
