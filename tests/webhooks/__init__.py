"""The proof that webhooks out and notices reach whom they are for: once by id, in order per root, whatever dies."""
