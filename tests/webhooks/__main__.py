"""`python -m tests.webhooks [N]`: N webhooks to a partner that fails, hangs and redirects, and 500 notices by mail,
from two workers that are killed with -9 every few seconds."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hub.store.cluster import Cluster
from hub.store.roles import Role
from hub.store.store import open_store
from tests.kit.pg import fresh_database, running_cluster
from tests.kit.proving import numbers
from tests.webhooks.proof import Run, prove

WEBHOOKS = ("wanted", "taken", "repeats", "misplaced", "strange", "wrong", "undone")
NOTICES = ("wanted", "letters", "doubles", "sent", "unknown", "lost")


def main(arguments: Sequence[str]) -> int:
    """Run and print the tables; 0 where both hold."""
    (webhooks,) = numbers("tests.webhooks", __doc__, arguments, webhooks=10_000)
    with running_cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        run = asyncio.run(_run(cluster, Path(folder), webhooks))
    for name, columns, part in (("webhooks", WEBHOOKS, run.found), ("notices", NOTICES, run.told)):
        print(f"{name:<10}" + "".join(f"{one:>11}" for one in columns))
        print(" " * 10 + "".join(f"{getattr(part, one):>11}" for one in columns) + ("" if part.holds else "  BROKEN"))
    print(f"{run.kills} workers killed, {run.seconds:.0f} s, {run.cpu:.0f} s of processor", flush=True)
    return 0 if run.found.holds and run.told.holds else 1


async def _run(cluster: Cluster, folder: Path, size: int) -> Run:
    async with fresh_database(cluster) as urls, open_store(urls, Role.WORK, size=4) as store:
        return await prove(store, urls, folder, size)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
