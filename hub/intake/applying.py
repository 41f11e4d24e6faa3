"""Applying what a source told, so that one object that cannot be applied never holds up the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from hub.call import Call
from hub.errors import HubError, HubFault, Overtaken, StoreBusy
from hub.merge.work import Applied, HintRaise, Work
from hub.merge.writer import Writer
from hub.model.observation import Seen
from hub.model.vocabulary import Kind
from hub.telemetry import logger

log = logger(__name__)

T = TypeVar("T")

DIRTY_PRIORITY = 8
"""Of the hint for an object that could not be applied: it is tried again, after everything else."""

LOCKS_HELD = 0.1  # seconds a transaction of many objects should hold its locks (design D8)
MOST = 500  # objects in one transaction
FIRST = 50
FEWEST = 25
"""Not fewer, unless one object alone takes that long: the machine may be slow, and each transaction has its price."""


class BatchSize:
    """How many objects go into one transaction, by how long the last ones took."""

    def __init__(self) -> None:
        self.size = FIRST

    def took(self, count: int, seconds: float) -> None:
        """*count* objects took *seconds*."""
        fitting = MOST if seconds <= 0 else int(count * LOCKS_HELD / seconds)
        fewest = 1 if seconds > count * LOCKS_HELD else FEWEST
        self.size = max(fewest, min(fitting, 2 * self.size, MOST))


def spoilt_hint(source: str, kind: Kind, source_id: str) -> HintRaise:
    """For an object that could not be read or applied: it is read again, after everything else."""
    return HintRaise(source=source, kind=kind, source_id=source_id, reason="dirty", priority=DIRTY_PRIORITY)


def cut(found: Sequence[Seen], size: int) -> tuple[list[Seen], list[Seen]]:
    """The first *size* of *found*, or some more, and the rest.

    What comes with an object stays with it: an order and its customer, applied apart, would be told of twice.
    """
    end = next((at for at in range(size, len(found)) if found[at].kind is found[0].kind), len(found))
    return list(found[:end]), list(found[end:])


async def write_seen(writer: Writer, call: Call, work: Work) -> Applied:
    """Apply, once. Raises StoreBusy, Overtaken, or HubFault for everything that is a fault of ours in these objects."""
    try:
        return await writer.write(call, work)
    except HubError:
        raise
    except Exception as bug:
        message = f"what a source told cannot be applied: {type(bug).__name__}"
        raise HubFault(message) from bug


async def apply_each(items: Sequence[T], apply: Callable[[Sequence[T]], Awaitable[None]]) -> tuple[T, ...]:
    """Apply *items* together; where that meets a fault of ours, in ever smaller parts. Those that cannot be applied.

    Raises StoreBusy and Overtaken: then it is not known how much was applied, and all may be applied again.
    """
    try:
        await apply(items)
    except (StoreBusy, Overtaken):
        raise
    except HubFault as fault:
        if len(items) == 1:
            log.exception("intake.not_applied", error=fault.message)
            return tuple(items)
        half = len(items) // 2
        return (*await apply_each(items[:half], apply), *await apply_each(items[half:], apply))
    return ()
