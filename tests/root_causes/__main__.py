"""`python -m tests.root_causes [N]`: N orders stopped for six reasons or none, and what their traces say."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence

from hub.clock import SystemClock
from hub.settings import LogSettings
from hub.telemetry import configure
from tests.kit.pg import running_cluster
from tests.root_causes.proof import NOTHING, SCENARIOS, Findings, prove

USUAL = 1000


def main(arguments: Sequence[str]) -> int:
    """Stop them, read their traces and print the table; 0 where each says why it stands and lacks no crossing."""
    parser = argparse.ArgumentParser(prog="python -m tests.root_causes", description=__doc__)
    parser.add_argument("orders", nargs="?", type=int, default=USUAL)
    parser.add_argument("--only", choices=[one.cause for one in SCENARIOS], help="one of the reasons")
    asked = parser.parse_args(arguments)
    orders: int = asked.orders
    scenarios = [one for one in SCENARIOS if asked.only in (None, one.cause)]
    configure(LogSettings(level="error"), SystemClock(), sys.stderr)
    told: list[tuple[str, Findings]] = []
    with running_cluster() as cluster:
        for number, scenario in enumerate(scenarios):
            share = len(range(number, orders, len(scenarios)))
            began = time.monotonic()
            told.append((scenario.cause, asyncio.run(prove(cluster, scenario, share))))
            print(f"{line(*told[-1])}  ({time.monotonic() - began:.0f} s)", flush=True)
    print("\n".join(total(told)))
    return 0 if all(found.is_right(cause) for cause, found in told) else 1


def line(cause: str, found: Findings) -> str:
    """What is printed of one trouble."""
    others = ", ".join(f"{name} {number}" for name, number in found.said.items() if name != cause)
    said = (
        f"{named(cause):20} {found.said[cause]} of {found.orders}; mandatory hops whole {found.whole} of {found.orders}"
    )
    said += f", systems reached {found.crossed} of {found.orders}"
    return said + (f"; else {others}" if others else "")


def named(cause: str) -> str:
    """What a cause is called in the table."""
    return "(nothing wrong)" if cause == NOTHING else cause


def total(told: Sequence[tuple[str, Findings]]) -> list[str]:
    """The last lines."""
    orders = sum(found.orders for _, found in told)
    right = sum(found.said[cause] for cause, found in told)
    whole, crossed = sum(found.whole for _, found in told), sum(found.crossed for _, found in told)
    holds = all(found.is_right(cause) for cause, found in told)
    return [
        f"classified right {right} of {orders}; mandatory hops whole {whole} of {orders}, systems reached {crossed}",
        "holds" if holds else "BROKEN",
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
