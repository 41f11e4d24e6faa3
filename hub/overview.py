"""`opshub sources`: how each source does, as a table where the terminal is wide, else one paragraph a source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Column, Table
from rich.text import Text

from hub.asking import Where, ask, under
from hub.read.age import how_long

WIDE = 110  # columns from which the table fits
BAR = 10  # characters of a full bar
STYLES = {"UP": "green", "DEGRADED": "yellow", "NEVER_SYNCED": "cyan", "DOWN": "red", "PAUSED": "magenta"}

_SOURCES = """
query Sources {
  sources {
    source system name state stateText breaker lagSeconds lastError pendingDeliveries openHints openDeadLetters
    sweeps { kind lagSeconds initialLoadPercent }
  }
}
"""

Told = Mapping[str, Any]  # Any: JSON of one source


async def sources(hub: Where, out: Console) -> None:
    """Print every source of the tenant: lag, breaker, backlog, first load, and what is the matter in words."""
    told: Sequence[Told] = (await ask(hub, _SOURCES, {}))["sources"]
    for part in shown(told, out.width):
        out.print(part)


def shown(told: Sequence[Told], width: int) -> Iterator[RenderableType]:
    """What is printed for sources as the graph tells them, on a terminal of *width* columns."""
    if not told:
        yield Text("No source is configured for this tenant.")
    elif width >= WIDE:
        yield _table(told)
    else:
        for one in told:
            yield from _paragraph(one)


def first_load(one: Told) -> str:
    """How far the first load is: a bar and the percentage of the kind that is furthest behind."""
    sweeps = one["sweeps"]
    percents = [sweep["initialLoadPercent"] for sweep in sweeps]
    if not sweeps:
        return "none needed"
    if all(percent == 100 for percent in percents):
        return "done"
    known = min((percent for percent in percents if percent is not None), default=None)
    if known is None or None in percents:
        loaded = sum(percent == 100 for percent in percents)
        return f"{loaded} of {len(percents)} kinds"
    filled = BAR * known // 100
    return f"{'█' * filled}{'░' * (BAR - filled)} {known} %"


def backlog(one: Told) -> str:
    """What waits for the source: effects, objects to be read again, what failed for good."""
    counts = {"deliveries": "pendingDeliveries", "to read": "openHints", "dead": "openDeadLetters"}
    return ", ".join(f"{one[field]} {word}" for word, field in counts.items() if one[field]) or "nothing"


def _table(told: Sequence[Told]) -> Table:
    plain = ("source", "system", "state", "lag", "breaker", "backlog", "first load")
    table = Table(*(Column(name, no_wrap=True) for name in plain), "in words", box=None)
    for one in told:
        state = Text(one["state"], style=STYLES.get(one["state"], ""))
        lag, load, words = _lag(one), first_load(one), one["stateText"]
        table.add_row(
            *_texts(one["source"], one["system"]), state, *_texts(lag, one["breaker"], backlog(one), load, words)
        )
    return table


def _paragraph(one: Told) -> Iterator[RenderableType]:
    yield Text.assemble(
        (one["source"], "bold"),
        f"  {one['system']}  ",
        (one["state"], STYLES.get(one["state"], "")),
        f"  {one['name']}",
    )
    facts = f"lag {_lag(one)} · breaker {one['breaker']} · backlog {backlog(one)} · first load {first_load(one)}"
    yield under(facts)
    yield under(one["stateText"])


def _lag(one: Told) -> str:
    lag = one["lagSeconds"]
    return "-" if lag is None else how_long(timedelta(seconds=lag))


def _texts(*words: str) -> list[Text]:
    return [Text(word) for word in words]
