"""Whether each order of the demo is found by each identifier: `python -m bench.reach [ORDERS]`. 0 if all are."""

from __future__ import annotations

import asyncio
import sys
import time

from hub.demo.cast import parts
from hub.store.cluster import Cluster
from tests.kit.demo import playing
from tests.kit.pg import running_cluster
from tests.kit.reach import reach


async def measure(cluster: Cluster, orders: int) -> int:
    """Print how many are; 0 or 1."""
    began = time.perf_counter()
    async with playing(cluster, parts(orders)[0], patience=1800.0) as demo:
        loaded = time.perf_counter()
        print(f"{orders:,} orders of three systems loaded in {loaded - began:.1f} s", flush=True)
        reached = await reach(demo.rep, demo.demo.scene)
        print(f"{reached} ({time.perf_counter() - loaded:.1f} s)")
        for order, value in reached.missed[:20]:
            print(f"  {order} not by {value}")
    return 0 if reached.orders == reached.of else 1


def main() -> int:
    """0 if every order is reachable."""
    with running_cluster() as cluster:
        return asyncio.run(measure(cluster, int(sys.argv[1]) if len(sys.argv) > 1 else 1000))


if __name__ == "__main__":
    sys.exit(main())
