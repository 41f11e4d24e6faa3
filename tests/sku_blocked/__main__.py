"""`python -m tests.sku_blocked [N]`: N orders of an item that nobody has mapped, and what comes of saying it once."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from tests.kit.pg import running_cluster
from tests.kit.proving import numbers
from tests.sku_blocked.proof import Findings, block

USUAL = 37


def main(arguments: Sequence[str]) -> int:
    """Block them, map it and print the table; 0 where each went on once and nothing is left open."""
    (orders,) = numbers("tests.sku_blocked", __doc__, arguments, orders=USUAL)
    with running_cluster() as cluster:
        found = asyncio.run(block(cluster, orders))
    print("\n".join(lines(found)))
    return 0 if found.holds_true else 1


def lines(found: Findings) -> list[str]:
    """The table."""
    return [
        f"sold {found.orders}, waiting for the mapping {found.blocked}, cases that say so {found.cases_before}",
        f"mapped once: {found.scheduled} orders go on, all at the warehouse after {found.seconds:.1f} s",
        f"orders by documents in the ERP {dict(found.sales)}, by requests at the warehouse {dict(found.requests)}",
        f"deliveries {found.states}; open: cases {found.cases}, holds {found.holds}, dead letters {found.letters}",
        "holds" if found.holds_true else "BROKEN",
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
