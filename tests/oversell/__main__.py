"""`python -m tests.oversell [ORDERS] [UNITS]`: orders at once, from two processes' desks, for the last units."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from hub.store.cluster import Cluster
from hub.store.roles import Role
from hub.store.store import open_store
from tests.kit.pg import fresh_database, running_cluster
from tests.kit.proving import numbers
from tests.oversell.proof import Tally, contest

ORDERS, UNITS = 200, 10
COLUMNS = ("orders", "units", "accepted", "allocated", "promised", "complete", "waiting")


def main(arguments: Sequence[str]) -> int:
    """Let them contest and print the table; 0 where exactly what there is was given."""
    orders, units = numbers("tests.oversell", __doc__, arguments, orders=ORDERS, units=UNITS)
    print("".join(f"{name:>11}" for name in (*COLUMNS, "seconds", "slowest")), flush=True)
    with running_cluster() as cluster:
        tally = asyncio.run(_contested(cluster, orders, units))
    print(line(tally), flush=True)
    return 0 if tally.holds else 1


async def _contested(cluster: Cluster, orders: int, units: int) -> Tally:
    async with (
        fresh_database(cluster) as urls,
        open_store(urls, Role.WORK, size=8) as one,
        open_store(urls, Role.WORK, size=8) as other,
    ):
        return await contest((one, other), orders, units)


def line(tally: Tally) -> str:
    """The figures, one under each name."""
    told = "".join(f"{getattr(tally, name):>11}" for name in COLUMNS)
    return f"{told}{tally.seconds:>11.1f}{tally.slowest:>11.2f}{'' if tally.holds else '  BROKEN'}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
