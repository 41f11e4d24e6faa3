"""`python -m tests.connect_existing [N]`: a hub that captures is connected to a trio that holds N orders already."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence

from tests.connect_existing.proof import AGES, ROUNDS, Findings, connect
from tests.kit.pg import running_cluster
from tests.kit.proving import numbers

USUAL = 200
SYSTEMS = ("shop", "erp", "wms")


def main(arguments: Sequence[str]) -> int:
    """Connect it and print the table; 0 where it touched nothing and carried the one new order to its end."""
    (orders,) = numbers("tests.connect_existing", __doc__, arguments, orders=USUAL)
    began = time.monotonic()
    with running_cluster() as cluster:
        found = asyncio.run(connect(cluster, orders))
    print("\n".join(lines(found)))
    print(f"{time.monotonic() - began:.0f} s")
    return 0 if found.holds else 1


def lines(found: Findings) -> list[str]:
    """The table."""
    before = ", ".join(f"{number} {stage}" for stage, number in found.stages.items())
    return [
        f"before: {sum(found.stages.values())} orders: {before}",
        f"known to the hub: {found.loaded} orders; looked at {ROUNDS} times, {AGES} apart;"
        f" {found.worked} taken a step further by people meanwhile",
        f"{'':24}" + "".join(f"{name:>8}" for name in SYSTEMS),
        _row("requests that read", found.reads),
        _row("requests that write", found.writes),
        f"deliveries {found.deliveries}, orders managed {found.managed}, commands {found.commands}",
        "cases: " + (", ".join(f"{code} {number}" for code, number in found.cases.items()) or "none"),
        f"then {found.code} is sold, and carried to its invoice:",
        _row("requests that write", found.then),
        f"deliveries of it {found.states}, of others {found.others}; documents of before that changed: {found.changed}",
        "holds" if found.holds else "BROKEN",
    ]


def _row(name: str, counts: dict[str, int]) -> str:
    return f"{name:24}" + "".join(f"{counts.get(system, 0):>8}" for system in SYSTEMS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
