"""`python -m tests.erp_dead [N]`: N orders submitted while the ERP is dead, beside as many to one that lives."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from hub.store.cluster import Cluster
from sources.tryton_erp.manifest import MANIFEST
from tests.erp_dead.proof import Side, prove
from tests.erp_dead.site import DEAD, LIVE, standing
from tests.kit.pg import fresh_database, running_cluster
from tests.kit.proving import numbers

USUAL = 1000


def main(arguments: Sequence[str]) -> int:
    """Prove it and print the table; 0 where nothing failed, was lost or doubled."""
    (count,) = numbers("tests.erp_dead", __doc__, arguments, count=USUAL)
    began = time.monotonic()
    with running_cluster() as cluster, tempfile.TemporaryDirectory(prefix="erp-dead-") as room:
        sides = asyncio.run(_proved(cluster, Path(room), count))
    print("\n".join([*lines(sides), f"{time.monotonic() - began:.0f} s in all"]))
    return 0 if all(side.holds for side in sides.values()) else 1


async def _proved(cluster: Cluster, room: Path, count: int) -> Mapping[str, Side]:
    async with standing() as site, fresh_database(cluster) as urls:
        return await prove(site, urls, room, count)


def lines(sides: Mapping[str, Side]) -> list[str]:
    """The table."""
    head = f"{'ERP':6}{'accepted':>10}{'failed':>8}{'p50 ms':>8}{'p99 ms':>8}{'backlog':>9}  documents of an order"
    live, dead = sides[LIVE], sides[DEAD]
    declared = f"{MANIFEST.rate.at_most} at once" + (f", {each}/s" if (each := MANIFEST.rate.per_second) else "")
    told = [head, *(_line(side) for side in sides.values())]
    told += [
        f"accept p99, dead ERP to live: {dead.p(0.99) / max(live.p(0.99), 0.001):.2f} x",
        f"back: asked again after {dead.rested:.1f} s (its breaker rested), all {dead.backlog} there"
        f" after {dead.drained:.1f} s: {dead.pace:.1f} orders/s",
        f"back: {dead.requests} requests, {dead.most_at_once} at once at most (declared: {declared})",
    ]
    for side in sides.values():
        told += [f"{side.tenant}: {words}" for words in side.failed[:3]]
        told.append(f"{side.tenant}: deliveries {side.states}")
    return told


def _line(side: Side) -> str:
    figures = f"{len(side.numbers):>10}{len(side.failed):>8}{side.p(0.5):>8.1f}{side.p(0.99):>8.1f}{side.backlog:>9}"
    documents = ", ".join(f"{number} of {many}" for many, number in sorted(side.documents.items()))
    return f"{side.tenant:6}{figures}  {documents}{'' if side.holds else '  BROKEN'}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
