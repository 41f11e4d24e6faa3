"""The way out to partners: who wants to hear of what, and telling them (Standard Webhooks)."""
