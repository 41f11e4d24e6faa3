"""The rule on what is held back for orders: I5."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from tests.crash.judge.evidence import STANDING, Evidence


def no_oversell(seen: Evidence) -> Iterator[str]:
    """I5: at no instant have orders more units of an item in a warehouse than lay there; each order has what it asked
    for or waits for all of it, and has it before the ERP is told."""
    for place, units in sorted(seen.most.items()):
        if not 0 <= units <= seen.lay.get(place, 0):
            yield f"{place[1]} at {place[2]}: orders had {units:f} units at once, {seen.lay.get(place, 0)} lay there"
    for row in seen.reserved:
        if row.units < 0:
            yield f"{row.order} line {row.line}: {row.units:f} units are held back"
    yield from _whole_or_waiting(seen)


def _whole_or_waiting(seen: Evidence) -> Iterator[str]:
    had: Counter[tuple[str, str, str]] = Counter()
    for row in seen.reserved:
        if row.state in STANDING and row.warehouse:
            had[row.tenant, row.order, row.sku] += int(row.units)
    made = {(one.tenant, one.command_id) for one in seen.creates if one.state == "DONE"}
    for order in seen.entered:
        for sku, units in order.units:
            found = had[order.tenant, order.entity, sku]
            if found not in (0, units):
                yield f"{order.note} asked for {units} of {sku}, {found} are held back"
            if not found and (order.tenant, order.id) in made:
                yield f"{order.note} was made at a source, and no {sku} is held back for it"


def waits(seen: Evidence, tenant: str, order: str) -> bool:
    """Whether the order stands in the queue for supply: no source is to be told yet."""
    mine = [row for row in seen.reserved if (row.tenant, row.order) == (tenant, order)]
    return any(row.state == "ACTIVE" and not row.warehouse for row in mine)


def most_of(before: dict[tuple[str, str, str], Decimal], now: dict[tuple[str, str, str], Decimal]) -> None:
    """Keep the greater of each in *before*."""
    for place, units in now.items():
        before[place] = max(before.get(place, units), units)
