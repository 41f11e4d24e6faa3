"""`python -m tests.soak run --subscribers 500 --rate 50 --minutes 5`, `python -m tests.soak bugs [NAME ...]`."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from hub.store.roles import RoleUrls
from tests.crash.planted import bugs, planted
from tests.crash.processes import ROOT
from tests.kit.pg import running_cluster
from tests.soak import crowd, traffic
from tests.soak.run import Outcome, soak
from tests.soak.scale import Scale
from tests.soak.table import lines

BUGS = Path(__file__).parent / "bugs"
SMALL = Scale(subscribers=60, rate=40.0, seconds=24.0, orders=40, kills=1, life=5.0, deaf=14.0, patience=15.0)
"""Enough to catch a planted bug."""


def main(arguments: Sequence[str]) -> int:
    """Run one command; 0 where everything holds."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("run", help="one soak")
    run.add_argument("--subscribers", type=int, default=500)
    run.add_argument("--rate", type=float, default=50.0)
    run.add_argument("--minutes", type=float, default=5.0)
    run.add_argument("--kills", type=int, default=3, help="of each hub")
    run.add_argument("--seed", type=int, default=1)
    run.set_defaults(act=_run)
    planted_ = commands.add_parser("bugs", help="planted bugs, to prove the judge")
    planted_.add_argument("names", nargs="*")
    planted_.set_defaults(act=_bugs)
    for name, process in (("traffic", _traffic), ("crowd", _crowd)):
        inner = commands.add_parser(name, help="a process of a soak")
        inner.add_argument("file", type=Path)
        inner.set_defaults(act=process)
    given = parser.parse_args(arguments)
    act: Callable[[argparse.Namespace], bool] = given.act
    return 0 if act(given) else 1


def _run(given: argparse.Namespace) -> bool:
    seconds = 60 * given.minutes
    scale = Scale(
        subscribers=given.subscribers, rate=given.rate, seconds=seconds, kills=given.kills, seed=given.seed,
        life=min(60.0, seconds / 4), deaf=min(70.0, seconds / 3),
    )  # fmt: skip
    outcome = _soaked(scale, _room())
    print("\n".join(lines(outcome)))
    return not outcome.failures


def _bugs(given: argparse.Namespace) -> bool:
    chosen = [bug for bug in bugs(BUGS) if not given.names or bug.name in given.names]
    room = _room()
    missed = 0
    for bug in chosen:
        place = room / bug.name
        place.mkdir()
        outcome = _soaked(SMALL, place, planted(bug, room / "code"))
        noticed = {failure.partition(":")[0] for failure in outcome.verdict.failures}
        caught = noticed & bug.breaks
        missed += not caught
        words = f"caught by {', '.join(sorted(caught))}" if caught else f"NOT CAUGHT ({', '.join(noticed)})"
        print(f"{bug.name}: {bug.words} {words}", flush=True)
    return not missed


def _soaked(scale: Scale, room: Path, code: Path = ROOT) -> Outcome:
    with running_cluster() as cluster:
        return asyncio.run(soak(scale, cluster, room, code))


def _room() -> Path:
    room = Path(tempfile.mkdtemp(prefix="opshub-soak-"))
    print(f"logs and histories: {room}", flush=True)
    return room


def _traffic(given: argparse.Namespace) -> bool:
    scale, urls = msgspec.json.decode(given.file.read_bytes(), type=tuple[Scale, RoleUrls])
    asyncio.run(traffic.run(scale, urls))
    return True


def _crowd(given: argparse.Namespace) -> bool:
    asyncio.run(crowd.run(msgspec.json.decode(given.file.read_bytes(), type=crowd.Brief)))
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
