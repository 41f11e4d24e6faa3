"""`python -m tests.lost_replies [N]`: N replies lost after commit at a source of each idempotency class."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from hub.model.manifest import Idempotency
from hub.store.cluster import Cluster
from hub.store.roles import Role
from hub.store.store import open_store
from tests.kit.pg import fresh_database, running_cluster
from tests.kit.proving import numbers
from tests.lost_replies.proof import Tally, lose

USUAL = 500


def main(arguments: Sequence[str]) -> int:
    """Lose them and print the table; 0 where nothing was doubled and all ended as they may."""
    (count,) = numbers("tests.lost_replies", __doc__, arguments, count=USUAL)
    print(
        f"{'class':8}{'lost':>7}{'documents':>11}{'doubled':>9}{'missing':>9}{'DONE':>7}{'REVIEW':>8}{'seconds':>9}",
        flush=True,
    )
    with running_cluster() as cluster:
        tallies = [asyncio.run(_tally(cluster, one, count)) for one in Idempotency]
    return 0 if all(tally.holds for tally in tallies) else 1


async def _tally(cluster: Cluster, idempotency: Idempotency, count: int) -> Tally:
    async with fresh_database(cluster) as urls, open_store(urls, Role.WORK, size=8) as store:
        tally = await lose(store, idempotency, count)
    print(line(tally), flush=True)
    return tally


def line(tally: Tally) -> str:
    """One class of the table."""
    figures = (tally.lost, tally.documents, tally.doubled, tally.missing, tally.states["DONE"], tally.states["REVIEW"])
    places = zip(figures, (7, 11, 9, 9, 7, 8), strict=True)
    told = "".join(f"{figure:>{width}}" for figure, width in places)
    return f"{tally.idempotency.value:8}{told}{tally.seconds:>9.1f}{'' if tally.holds else '  BROKEN'}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
