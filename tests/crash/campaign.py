"""Many seeds in a few lanes, and what they amount to."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.crash.chance import POINTS, plan
from tests.crash.fleet import Stop
from tests.crash.judge.evidence import Evidence, Phase
from tests.crash.lane import Lane, lane
from tests.crash.meter import shared_out
from tests.crash.plan import Plan
from tests.crash.processes import ROOT
from tests.crash.seed import Outcome, run_seed
from tests.crash.tempo import LEASE

LEAST, OF = 20, 300  # kills at each point in so many seeds; in more, as many more
MOST_AGAIN = 2  # times that a seed is run again on a slow machine
WHOLE = 300  # seeds from which on it is judged: chance has its say in fewer
TOTALS = {
    "lost": ("I1",),
    "duplicated": ("I2", "I4"),
    "oversold": ("I5",),
    "gaps": ("I6", "I7"),
    "untraceable": ("I8",),
}
"""What an owner asks of a campaign, and the rules that say it."""

IsEnough = Callable[[Outcome], bool]


def say(outcome: Outcome) -> bool:
    """Print it, and go on."""
    print(line_of(outcome), flush=True)
    return False


def say_until_caught(outcome: Outcome) -> bool:
    """Print it, and go on while everything holds."""
    say(outcome)
    return bool(outcome.violations)


async def campaign(
    seeds: Iterable[int], home: Path, lanes: int, is_enough: IsEnough, code: Path = ROOT
) -> list[Outcome]:
    """Run every seed, *lanes* at a time, until one is enough; each leaves logs and history in a folder under *home*."""
    waiting = list(seeds)[::-1]
    done: list[Outcome] = []

    opening = asyncio.Lock()  # migrations go one at a time in a process

    async def work_off() -> None:
        async with AsyncExitStack() as stack:
            async with opening:
                where = await stack.enter_async_context(lane(code))
            while waiting:
                outcome = await run_in(where, plan(waiting.pop()), home)
                done.append(outcome)
                if is_enough(outcome):
                    waiting.clear()

    async with asyncio.TaskGroup() as group:
        for _ in range(min(lanes, len(waiting))):
            group.create_task(work_off())
    return sorted(done, key=lambda outcome: outcome.seed)


async def run_in(where: Lane, wanted: Plan, home: Path) -> Outcome:
    """Run one plan in a folder of its own; again where the machine was too slow for anybody to keep a lease."""
    outcome = await run_seed(wanted, where, _room(home, wanted.seed))
    for _ in range(MOST_AGAIN):
        if not outcome.is_starved:
            break
        print(f"seed {wanted.seed} is run again: the machine was late by {outcome.lag:.1f} s", flush=True)
        outcome = await run_seed(wanted, where, _room(home, wanted.seed))
    return outcome


def _room(home: Path, seed: int) -> Path:
    names = (f"seed-{seed:05}", *(f"seed-{seed:05}-{number}" for number in range(1, 1000)))
    room = next(place for name in names if not (place := home / name).exists())
    room.mkdir(parents=True)
    return room


def line_of(outcome: Outcome) -> str:
    """A seed in one line, its violations below."""
    points = " ".join(end.point or "-" for end in outcome.ends if end.signal == signal.SIGKILL)
    head = (
        f"seed {outcome.seed}: {outcome.seconds:.1f} s, {outcome.kills} kills ({points}), {len(outcome.pauses)} pauses"
    )
    verdict = "holds" if not outcome.violations else f"{len(outcome.violations)} VIOLATIONS"
    return "\n".join([f"{head}, {verdict}", *(f"    {one}" for one in outcome.violations)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a campaign amounts to."""

    outcomes: Sequence[Outcome]
    wall: float
    cpu: float = 0.0
    """Seconds of processor time: hub, PostgreSQL and harness together, lanes set up included."""
    own: float = 0.0
    """Of these, the harness's own: sources, callers, subscribers and the judge."""

    @property
    def struck(self) -> Mapping[str, int]:
        """Kills at each point, as the kernel confirmed them."""
        found = Counter(end.point for one in self.outcomes for end in one.ends if end.signal == signal.SIGKILL)
        return {point: found[point] for point in POINTS}

    @property
    def reached(self) -> Mapping[str, int]:
        """How often each point was passed."""
        return Counter({point: sum(one.hits.get(point, 0) for one in self.outcomes) for point in POINTS})

    @property
    def failed(self) -> Sequence[Outcome]:
        """Seeds that do not hold."""
        return [one for one in self.outcomes if one.violations]

    @property
    def rare(self) -> Sequence[str]:
        """Points at which too few were killed; judged of whole campaigns only."""
        least = LEAST * min(OF, len(self.outcomes)) // OF
        return [point for point, count in self.struck.items() if count < least] if self._is_whole else []

    @property
    def totals(self) -> Mapping[str, int]:
        """How much was lost, doubled, sold twice, left out or cannot be traced, over all seeds; the rest beside."""
        broken = Counter(each.invariant for one in self.outcomes for each in one.violations)
        found = {name: sum(broken[rule] for rule in rules) for name, rules in TOTALS.items()}
        return found | {"other": broken.total() - sum(found.values())}

    @property
    def used(self) -> Mapping[str, float]:
        """Seconds of processor time by role."""
        roles = sorted({role for one in self.outcomes for role in one.used})
        return {role: sum(one.used.get(role, 0.0) for one in self.outcomes) for role in roles} | {"harness": self.own}

    @property
    def two_workers(self) -> Sequence[Outcome]:
        """Seeds of two workers, each paused past its lease at least once."""
        return [one for one in self.outcomes if len({stop.name for stop in _past_lease(one)}) > 1]

    @property
    def passes(self) -> bool:
        """Every seed holds, every point was struck often enough, half of the seeds had two paused workers."""
        return not self.failed and not self.rare and (not self._is_whole or self._share_paused >= 0.5)

    @property
    def _is_whole(self) -> bool:
        return len(self.outcomes) >= WHOLE

    @property
    def _share_paused(self) -> float:
        return len(self.two_workers) / max(1, len(self.outcomes))

    def lines(self) -> Sequence[str]:
        """The report in words."""
        seen = [one.evidence for one in self.outcomes]
        phases = Counter(one.phase for each in seen for one in each.asked)
        ends = [end for one in self.outcomes for end in one.ends]
        made = [
            f"{len(self.outcomes)} seeds in {self.wall:.0f} s ({self.wall / max(1, len(self.outcomes)):.1f} s each, "
            f"{self.cpu / max(1, len(self.outcomes)):.1f} of a processor), "
            f"{len(self.failed)} do not hold",
            f"of a processor, a seed: {shared_out(self.used, self.cpu, len(self.outcomes))}",
            f"{sum(end.signal == signal.SIGKILL for end in ends)} processes killed by signal 9, "
            f"{sum(one.store_kills for one in self.outcomes)} times PostgreSQL, "
            f"{sum(len(_past_lease(one)) for one in self.outcomes)} pauses past the lease; "
            f"{len(self.two_workers)} seeds of two workers, each paused past its lease",
            f"sources taken {sum(one.epochs for one in self.outcomes)} times, the relay led "
            f"{sum(one.terms for one in self.outcomes)} times, "
            f"{sum(one.drops for one in self.outcomes)} subscribers cut",
            f"{sum(len(each.shop) for each in seen)} orders, {phases.total()} cancels sent ({phases[Phase.OK]} ok, "
            f"{phases[Phase.FAIL]} refused, {phases[Phase.INFO]} unanswered), "
            f"{sum(len(each.commands) for each in seen)} commands, "
            f"{sum(len(each.committed) for each in seen)} carried out, "
            f"{sum(len(each.called) for each in seen)} calls of the shops",
            f"{sum(paper.kind == 'ORDER' for each in seen for paper in each.papers)} orders beside the shop alone, "
            f"{sum(row.redirect_to is not None for each in seen for row in each.entities)} entities merged away, "
            f"{sum(one.outages for one in self.outcomes)} outages, "
            f"{sum(call.role != 'shop' for each in seen for call in each.called)} calls of ERP and warehouse",
            entered_in(seen),
            f"{sum(len(each.log) for each in seen)} events, "
            f"{sum(len(segment.events) for each in seen for segment in each.segments)} pushed over "
            f"{sum(len(each.segments) for each in seen)} connections",
            *_table(self.struck, self.reached),
        ]
        made += [f"killed too rarely at {', '.join(self.rare)}"] if self.rare else []
        made += [line_of(one) for one in self.failed]  # again, for of a long output the end is what is kept
        made.append(", ".join(f"{name} {count}" for name, count in self.totals.items()))
        return made


def _table(struck: Mapping[str, int], reached: Mapping[str, int]) -> Sequence[str]:
    """Three points a row: its name, kills there, how often it was passed."""
    head = f"{'point':<13}{'kills':>6}{'reached':>10}"
    cells = [f"{point:<13}{count:>6}{reached[point]:>10}" for point, count in struck.items()]
    return ["   ".join([head] * 3), *("   ".join(cells[at : at + 3]) for at in range(0, len(cells), 3))]


def _past_lease(outcome: Outcome) -> Sequence[Stop]:
    return [stop for stop in outcome.pauses if stop.seconds > LEASE and stop.name != "serve"]


def entered_in(seen: Sequence[Evidence]) -> str:
    """What became of the orders that were submitted to the hub."""
    phases = Counter(one.phase for each in seen for one in each.submitted if not one.dry_run)
    known = {(index, one.role, one.reference) for index, each in enumerate(seen) for one in each.stored}
    made = Counter(
        one.role for index, each in enumerate(seen) for one in each.creates if (index, one.role, one.reference) in known
    )
    return (
        f"{phases.total()} orders submitted ({phases[Phase.OK]} ok, {phases[Phase.FAIL]} refused, "
        f"{phases[Phase.INFO]} unanswered), {sum(len(each.entered) for each in seen)} entered, "
        f"{made['erp']} made in the ERP, {made['wms']} in the warehouse"
    )
