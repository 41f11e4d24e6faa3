"""The adapter of an ERP in a hurry: the product's own, its declared times made short. Loaded by entry point."""
