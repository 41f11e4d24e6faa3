"""How fast a hub under the harness lives: leases, calls and pauses of product settings made short."""

from __future__ import annotations

LEASE = 1.0  # seconds a worker holds a source
LONGEST_CALL = 1.2  # seconds within which the shop has carried out whatever reached it
SETTLE = 0.05  # seconds its own reads may lag
