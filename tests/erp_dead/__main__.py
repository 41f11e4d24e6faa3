"""`python -m tests.erp_dead [N]`: N orders submitted while the ERP is dead, beside as many to one that lives."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from hub.store.cluster import Cluster
from sources.tryton_erp.manifest import MANIFEST
from tests.erp_dead.proof import Side, prove
from tests.erp_dead.site import DEAD, LIVE, standing
from tests.kit.pg import fresh_database, running_cluster

USUAL = 1000


def main(arguments: Sequence[str]) -> int:
    """Prove it and print the table; 0 where nothing failed, was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m tests.erp_dead", description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=USUAL)
    count: int = parser.parse_args(arguments).count
    with running_cluster() as cluster, tempfile.TemporaryDirectory(prefix="erp-dead-") as room:
        sides = asyncio.run(_proved(cluster, Path(room), count))
    print("\n".join(lines(sides)))
    return 0 if all(side.holds for side in sides.values()) else 1


async def _proved(cluster: Cluster, room: Path, count: int) -> Mapping[str, Side]:
    async with standing() as site, fresh_database(cluster) as urls:
        return await prove(site, urls, room, count)


def lines(sides: Mapping[str, Side]) -> list[str]:
    """The table."""
    head = f"{'ERP':6}{'accepted':>10}{'failed':>8}{'p50 ms':>8}{'p99 ms':>8}{'backlog':>9}{'missing':>9}{'doubled':>9}"
    told = [head, *(_line(side) for side in sides.values())]
    live, dead = sides[LIVE], sides[DEAD]
    rate = dead.backlog / dead.drained if dead.drained else 0.0
    told.append(f"accept p99, dead ERP to live: {dead.p(0.99) / max(live.p(0.99), 0.001):.2f} x")
    told.append(
        f"back: {dead.backlog} drained in {dead.drained:.1f} s, {rate:.1f} orders/s,"
        f" at most {dead.most_at_once} requests at once (declared: {MANIFEST.rate.at_most} calls)"
    )
    for side in sides.values():
        told += [f"{side.tenant}: {words}" for words in side.failed[:3]]
        told.append(f"{side.tenant}: deliveries {side.states}")
    return told


def _line(side: Side) -> str:
    figures = (len(side.numbers), len(side.failed))
    told = f"{side.tenant:6}{figures[0]:>10}{figures[1]:>8}{side.p(0.5):>8.1f}{side.p(0.99):>8.1f}"
    return f"{told}{side.backlog:>9}{side.missing:>9}{side.doubled:>9}{'' if side.holds else '  BROKEN'}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
