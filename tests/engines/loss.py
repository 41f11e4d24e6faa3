"""Kafka dies under load, and the hub while it publishes: `python -m tests.engines.loss [SECONDS [RATE]]`.

Accepts are timed while the broker is well, while it is dead (SIGKILL), and while the lag is caught up; then the hub is
killed while it publishes. In the end a consumer that knows nothing of the hub reads every topic from its beginning.
"""

from __future__ import annotations

import asyncio
import math
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from hub.changes.kafka_topics import topics_of
from hub.changes.topics import planned, wanted_topics
from hub.settings import KafkaSettings
from tests.engines.kafka.start import Kafka, running_kafka
from tests.engines.load import EACH, Load, Timed, said_again
from tests.engines.reader import Entity, Event, everything, inversions, once, rebuilt
from tests.engines.settings import hub_over
from tests.systems.hub import RunningHub
from tests.systems.patience import eventually

PHASES = ("well", "dead", "catching up")
EXTRA = 6  # seconds of load while the hub is killed
STAND = """select s.last, s.last - coalesce(f.position, 0) as behind, f.error,
  (select count(*) from hub.outbox) + (select count(*) from hub.inbox where state = 'PENDING')
  + (select count(*) from hub.delivery where state in ('PENDING', 'CLAIMED', 'UNKNOWN'))
  + (select count(*) from hub.hint where is_open) as open
from hub.sequencer s left join hub.follower f on f.name = 'kafka'"""
LOGGED = "select position, event_id::text as id from hub.change_log order by position"
ENTITIES = "select tenant, kind, id, version from hub.entity where redirect_to is null"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What came of it."""

    timed: Sequence[Timed]
    behind: int
    """Changes that waited when the broker came back."""
    said: str
    """What the follower said while the broker was dead."""
    caught_up: float
    """Seconds until nothing waited any more, under load."""
    kills: int
    """Of the hub."""
    logged: Sequence[tuple[int, str]]
    """Position and id of every change of the log."""
    entities: dict[Entity, int]
    """As the hub has them."""
    events: Sequence[Event]

    @property
    def missing(self) -> int:
        """Changes that no topic bears."""
        return len({event for _, event in self.logged} - {event.id for event in self.events})

    @property
    def rebuilt(self) -> dict[Entity, int]:
        """As the consumer has them: of kinds that are entities, for operations and cases are told as well."""
        kinds = {kind for _, kind, _ in self.entities}
        return {entity: version for entity, version in rebuilt(self.events).items() if entity[1] in kinds}

    @property
    def strange(self) -> int:
        """Events that the log does not bear at their position."""
        return len({(event.position, event.id) for event in self.events} - set(self.logged))


async def lose(kafka: Kafka, seconds: float, per_second: int) -> Found:
    """Everything, once: so many seconds a phase, so many deliveries a second."""
    prefix = f"loss{uuid4().hex[:8]}."
    await make_topics(kafka, prefix)
    async with hub_over(kafka, prefix, orders=int((len(PHASES) * seconds + EXTRA) * per_second / EACH) + 1) as hub:
        load = Load(hub=hub, orders=await orders_of(hub), per_second=per_second)
        await load.run("well", seconds)
        kafka.server.kill()
        await load.run("dead", seconds)
        await eventually(lambda: says_why(hub), "the publisher says why it stands still")
        ((_, behind, said, _),) = await hub.rows(STAND)
        caught_up = await _back(kafka, hub, load, seconds)
        await _kill_the_hub(hub, load)
        await eventually(lambda: is_quiet(hub), "everything is published")
        logged = [(row["position"], row["id"]) for row in await hub.rows(LOGGED)]
        entities = {(row["tenant"], row["kind"], row["id"]): row["version"] for row in await hub.rows(ENTITIES)}
        return Found(
            timed=load.timed, behind=behind, said=said, caught_up=caught_up, kills=len(hub.kills), logged=logged,
            entities=entities, events=await everything(kafka.bootstrap, prefix),
        )  # fmt: skip


async def make_topics(kafka: Kafka, prefix: str) -> None:
    """As `opshub topics apply` does."""
    settings = KafkaSettings(servers=(kafka.bootstrap,), prefix=prefix, replicas=1)
    async with topics_of(settings) as topics:
        await topics.carry_out(planned(wanted_topics(settings), {}))


async def orders_of(hub: RunningHub) -> list[str]:
    """Numbers of the orders that the hub has."""
    rows = await hub.rows("select doc->>'number' as number from hub.entity where kind = 'ORDER'")
    return [row["number"] for row in rows]


async def says_why(hub: RunningHub) -> bool:
    """Whether it is said that, and why, nothing is published."""
    ((_, _, said, _),) = await hub.rows(STAND)
    return said is not None


async def is_quiet(hub: RunningHub) -> bool:
    """Nothing is left to do, and all of it is published."""
    ((_, behind, _, left),) = await hub.rows(STAND)
    return bool(behind == 0 and left == 0)


async def _back(kafka: Kafka, hub: RunningHub, load: Load, seconds: float) -> float:
    """Seconds from the broker's first answer until nothing lags, while the load goes on."""

    async def catch_up() -> float:
        await asyncio.to_thread(kafka.server.start)
        began = time.monotonic()

        async def has() -> bool:
            ((_, behind, _, _),) = await hub.rows(STAND)
            return bool(behind < load.per_second)  # what one second brings is no lag

        await eventually(has, "the lag is caught up")
        return time.monotonic() - began

    async with asyncio.TaskGroup() as group:
        catching = group.create_task(catch_up())
        group.create_task(load.run("catching up", seconds))
    return catching.result()


async def _kill_the_hub(hub: RunningHub, load: Load) -> None:
    """SIGKILL while it publishes; what it had sent and not saved is sent again."""
    for _ in range(2):
        under_way = asyncio.create_task(load.run("hub killed", EXTRA / 2))
        await asyncio.sleep(1.5)
        hub.kill("publishing")
        await under_way
        await hub.start()


def report(found: Found) -> list[str]:
    """The figures, line by line."""
    lines = ["", f"{'accepts':<10} {'phase':<12} {'count':>6} {'failed':>7} {'p50 ms':>8} {'p99 ms':>8}"]
    for what in ("delivery", "command"):
        for phase in PHASES:
            mine = [one for one in found.timed if (one.what, one.phase) == (what, phase)]
            failed = sum(not one.ok for one in mine)
            lines.append(
                f"{what:<10} {phase:<12} {len(mine):>6} {failed:>7} {_at(mine, 50):>8.1f} {_at(mine, 99):>8.1f}"
            )
        lines.append(f"{what} p99, broker dead beside well: {ratio(found, what):.2f}")
    counts = Counter(event.id for event in found.events)
    return [
        *lines,
        said_again(found.timed),
        f"while it was dead the follower said: {found.said}",
        f"{found.behind} changes waited when it came back; caught up in {found.caught_up:.1f} s under load",
        f"{len(found.logged)} positions logged, {found.missing} never published, {len(once(found.events))} published, "
        f"{sum(counts.values()) - len(counts)} repeated, {inversions(found.events)} out of order per key, hub killed "
        f"{found.kills} times",
        f"{len(found.rebuilt)} entities rebuilt from the topics, {len(found.entities)} in the hub, "
        f"{len(found.rebuilt.items() ^ found.entities.items())} differ",
    ]


def ratio(found: Found, what: str) -> float:
    """p99 of accepts while the broker was dead, beside that while it was well."""
    dead, well = ([one for one in found.timed if (one.what, one.phase) == (what, phase)] for phase in ("dead", "well"))
    return _at(dead, 99) / _at(well, 99)


def _at(timed: Sequence[Timed], percent: int) -> float:
    """A percentile in milliseconds."""
    ordered = sorted(one.seconds for one in timed)
    return ordered[min(len(ordered) - 1, math.ceil(len(ordered) * percent / 100) - 1)] * 1000


def is_sound(found: Found) -> bool:
    """Whether nothing was lost, swapped, invented or refused."""
    failed = [one for one in found.timed if one.phase in PHASES and not one.ok]
    lost = found.missing or found.strange or inversions(found.events)
    return not (failed or lost or found.rebuilt != found.entities)


async def _main(seconds: float, per_second: int) -> int:
    with running_kafka() as kafka:
        found = await lose(kafka, seconds, per_second)
    print("\n".join(report(found)))
    return 0 if is_sound(found) else 1


def _asked(words: Sequence[str]) -> tuple[float, int]:
    seconds, per_second = [*words, *("10", "30")[len(words) :]]
    return float(seconds), int(per_second)


if __name__ == "__main__":
    sys.exit(asyncio.run(_main(*_asked(sys.argv[1:]))))
