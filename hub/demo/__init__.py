"""`make demo`: the hub from nothing, over rehearsed systems with live traffic (surface/README.md)."""
