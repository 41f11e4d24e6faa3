"""`python -m tests.crash run --seeds 100 [--first N] [--returns]`, `bugs [NAME ...]`, `one SEED`, `relay`."""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from tests.crash.campaign import Report, campaign, line_of, run_in, say, say_until_caught
from tests.crash.chance import RETURNS, plan
from tests.crash.lane import lane
from tests.crash.plan import Plan
from tests.crash.planted import Bug, Caught, bugs, caught, necessary, planted
from tests.crash.processes import ROOT
from tests.crash.seed import Outcome
from tests.crash.shrink import shrunk, whole
from tests.crash.succession import prove

LANES = 2 * max(2, os.cpu_count() or 2)
"""Two for each processor, for half of its life a seed waits; with more they wait for each other while their hubs go on
looking for work (5.0 s a seed by four on two processors, 8.2 by two, 8.0 by six)."""


def main(arguments: Sequence[str]) -> int:
    """Run one command; 0 where everything holds."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("run", help="a campaign of seeds")
    run.add_argument("--seeds", type=int, default=100)
    run.add_argument("--first", type=int, default=1)
    run.add_argument("--lanes", type=int, default=LANES)
    run.add_argument("--returns", action="store_true", help="in each of them goods come back")
    run.set_defaults(act=_run)
    planted_ = commands.add_parser("bugs", help="planted bugs, to prove the judge")
    planted_.add_argument("names", nargs="*")
    planted_.add_argument("--lanes", type=int, default=LANES)
    planted_.set_defaults(act=_bugs)
    single = commands.add_parser("one", help="one seed again, or what was left of it")
    single.add_argument("seed", type=int)
    single.add_argument("--faults", type=_numbers, help="indexes of the faults to keep; - for none")
    single.add_argument("--orders", type=_numbers, help="numbers of the orders to keep")
    single.add_argument("--bug", help="run it on the hub with this planted bug")
    single.add_argument("--shrink", action="store_true", help="cut it smaller while it fails")
    single.set_defaults(act=_one)
    leaders = commands.add_parser("relay", help="the relay killed under load")
    leaders.add_argument("--kills", type=int, default=20)
    leaders.set_defaults(act=_relay)
    given = parser.parse_args(arguments)
    home = Path(tempfile.mkdtemp(prefix="opshub-crash-"))
    print(f"logs and histories: {home}")
    act: Callable[[argparse.Namespace, Path], bool] = given.act
    return 0 if act(given, home) else 1


def _run(given: argparse.Namespace, home: Path) -> bool:
    given.first += RETURNS if given.returns and given.first < RETURNS else 0
    began, end = time.monotonic(), given.first + given.seeds
    outcomes: list[Outcome] = []

    def keep(outcome: Outcome) -> bool:
        outcomes.append(outcome)
        return say(outcome)

    with suppress(KeyboardInterrupt):
        asyncio.run(campaign(range(given.first, end), home, given.lanes, keep))
    wall, own = time.monotonic() - began, time.process_time()
    report = Report(outcomes=outcomes, wall=wall, cpu=_processor(), own=own)
    print("\n".join(report.lines()))
    done = {outcome.seed for outcome in outcomes}
    left = next((seed for seed in range(given.first, end) if seed not in done), end)
    if left < end:
        print(f"interrupted; go on with: python -m tests.crash run --first {left} --seeds {end - left}")
        return False
    for outcome in report.failed[:3]:
        asyncio.run(_shrink(outcome, home, None))
    return report.passes


def _processor() -> float:
    """Seconds that this process and all that it has waited for have used."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _bugs(given: argparse.Namespace, home: Path) -> bool:
    chosen = [bug for bug in bugs() if not given.names or bug.name in given.names]
    found = [asyncio.run(_catch(bug, home, given.lanes)) for bug in chosen]
    for one in found:
        print(_sentence(one))
    missed = [one.bug.name for one in found if one.first is None]
    alone = necessary(found)
    for rule, names in alone.items():
        print(f"without {rule} a seed would hold with: {', '.join(names) or 'NONE'}")
    return not missed and (bool(given.names) or all(alone.values()))


async def _catch(bug: Bug, home: Path, lanes: int) -> Caught:
    code = await asyncio.to_thread(planted, bug, home / "code")
    print(f"{bug.name}: {bug.words}")
    outcomes = await campaign(bug.tried, home / bug.name, lanes, say_until_caught, code)
    done = {outcome.seed: outcome for outcome in outcomes}
    return caught(bug, [done[seed] for seed in bug.tried if seed in done])


def _sentence(one: Caught) -> str:
    if one.first is None:
        return f"{one.bug.name}: NOT CAUGHT in {len(one.noticed)} seeds"
    return f"{one.bug.name}: caught within {one.first} of {len(one.noticed)} seeds by {', '.join(sorted(one.rules))}"


def _relay(given: argparse.Namespace, home: Path) -> bool:
    proof = asyncio.run(prove(given.kills, home))
    print("\n".join(proof.lines()))
    return proof.holds


def _one(given: argparse.Namespace, home: Path) -> bool:
    outcome = asyncio.run(_again(given, home))
    print(line_of(outcome))
    if outcome.violations and given.shrink:
        asyncio.run(_shrink(outcome, home, given.bug))
    return not outcome.violations


async def _again(given: argparse.Namespace, home: Path) -> Outcome:
    wanted = plan(given.seed).cut(faults=given.faults, orders=given.orders)
    async with lane(await asyncio.to_thread(_code, given.bug, home)) as where:
        return await run_in(where, wanted, home)


async def _shrink(outcome: Outcome, home: Path, bug: str | None) -> None:
    """Print the smallest way to see the same failure again."""
    original = plan(outcome.seed)
    rules = {one.invariant for one in outcome.violations}
    print(f"shrinking seed {outcome.seed} ({len(original.faults)} faults, {len(original.orders)} orders) ...")
    async with lane(await asyncio.to_thread(_code, bug, home)) as where:

        async def still_fails(tried: Plan) -> bool:
            again = await run_in(where, tried, home)
            return bool(rules & {one.invariant for one in again.violations})

        cut = await shrunk(original, still_fails)
    print(cut.command(outcome.seed, bug) if cut != whole(original) else f"python -m tests.crash one {outcome.seed}")


def _code(bug: str | None, home: Path) -> Path:
    if bug is None:
        return ROOT
    place = home / "code" / bug
    return place if place.exists() else planted(next(one for one in bugs() if one.name == bug), home / "code")


def _numbers(text: str) -> tuple[int, ...]:
    return () if text == "-" else tuple(int(part) for part in text.split(","))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
