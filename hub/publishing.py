"""`opshub topics`: what leaves by the bus, what it should look like there, and publishing it again."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from rich.console import Console
from rich.table import Table

from hub.changes.bus import topics_of
from hub.changes.publisher import NAME
from hub.changes.topics import STREAMS, planned, wanted_topics
from hub.errors import InvalidInput, NotFound
from hub.settings import Settings
from hub.store.access import found_shard
from hub.store.followers import parked, rewind_follower, stands
from hub.store.roles import Role
from hub.store.store import Store, open_store


async def show(settings: Settings, out: Console) -> None:
    """The hub's topics as they are and should be, how far the publisher is, what is parked. Raises BusAway."""
    wanted = wanted_topics(settings.kafka)
    async with topics_of(settings.kafka) as topics:
        found = await topics.found([one.name for one in wanted])
    table = Table("topic", "bears", "partitions", "days kept", "there")
    for topic, stream in zip(wanted, STREAMS, strict=True):
        kinds = " ".join(kind.value.lower() for kind in stream.kinds)
        there = found.get(topic.name)
        state = "missing" if there is None else "; ".join(planned([topic], found).refused) or "yes"
        table.add_row(topic.name, kinds, str(topic.partitions), str(stream.retention.days), state)
    out.print(table)
    async with _store(settings) as store, store.across() as tx:
        mine = [one for one in await stands(tx) if one.name == NAME]
        letters = await parked(tx, NAME)
    for one in mine:
        out.print(f"Published up to position {one.position}; {one.behind} changes behind.", highlight=False)
        if one.error is not None:
            out.print(f"It stands still: {one.error}", style="red", markup=False, highlight=False)
    for letter in letters:
        why = letter.error or "follows a parked one"
        line = f"parked: position {letter.position}, {letter.type} of {letter.tenant}/{letter.root_id}: {why}"
        out.print(line, markup=False, highlight=False, soft_wrap=True)


async def apply(settings: Settings, out: Console, *, dry_run: bool) -> bool:
    """Create and change topics as documented, or only say what would be done; False where somebody must decide.

    The number of partitions of a topic that exists is never changed. Raises BusAway and BusRefused.
    """
    wanted = wanted_topics(settings.kafka)
    async with topics_of(settings.kafka) as topics:
        plan = planned(wanted, await topics.found([one.name for one in wanted]))
        for line in plan.said or ("nothing to do",):
            out.print(f"would {line}" if dry_run and plan.said else line, markup=False, highlight=False)
        for line in plan.refused:
            out.print(line, style="red", markup=False, highlight=False, soft_wrap=True)
        if not dry_run:
            await topics.carry_out(plan)
    return not plan.refused


async def republish(settings: Settings, out: Console, position: int | None) -> None:
    """Let the publisher begin again at *position*, or at the first change that is kept; what was parked goes too.

    Consumers drop by `ce_id` what they know. Raises NotFound where the publisher never ran, InvalidInput.
    """
    async with _store(settings) as store, store.across() as tx:
        if NAME not in {one.name for one in await stands(tx)}:
            message = "nothing was ever published: start a hub with [kafka] servers first"
            raise NotFound(message)
        before = await rewind_follower(tx, NAME, position)
        if before is None:
            message = f"position {position} is not in the log"
            raise InvalidInput(message)
    out.print(f"The publisher goes on from position {before + 1}.", highlight=False)


def _store(settings: Settings) -> AbstractAsyncContextManager[Store]:
    return open_store(found_shard(settings.store), Role.WORK, size=1)
