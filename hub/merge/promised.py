"""What the hub itself says of an order's units: what it holds back for them, and what waits for supply. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from hub.flow.facts import HUB
from hub.merge.counters import Statement
from hub.merge.ground import Ground
from hub.model.inventory import ReservationState
from hub.model.vocabulary import SystemKind

COUNTS = frozenset({ReservationState.ACTIVE, ReservationState.CONSUMED})
"""A reservation that the order has, or had until a system's own figures took its place."""
PLANNED = ("allocated", "backordered")
"""What an ERP plans of an order, and the hub decides where it routes."""


def with_the_hubs(
    statements: tuple[Statement, ...], ground: Ground, order: str, numbers: Sequence[int]
) -> tuple[Statement, ...]:
    """The statements with the hub's own, where it routes the order: then it speaks before an ERP's plan."""
    facts = ground.facts
    kept = [one for one in facts.reservations if one.quantity > 0]
    if facts.decision is None or not kept or order != facts.root_id:
        return statements
    held: dict[int, dict[str, Decimal]] = {}
    for one in kept:
        if one.state in COUNTS:
            counters = held.setdefault(one.line_no, {})
            name = "allocated" if one.warehouse else "backordered"
            counters[name] = counters.get(name, Decimal(0)) + one.quantity
    rows = {at: held[number] for at, number in enumerate(numbers) if number in held}
    own = Statement(source=HUB, system=SystemKind.HUB, rows=rows)
    return (*(_unplanned(one) if one.system is SystemKind.ERP else one for one in statements), own)


def taken_by(
    statements: Sequence[Statement], order: str, numbers: Sequence[int]
) -> dict[tuple[str, int, str], Decimal]:
    """(order, lineNo, source) -> units that the source says it has taken from its stock for the order."""
    return {
        (order, numbers[at], one.source): _taken(told)
        for one in statements
        for at, told in one.rows.items()
        if at < len(numbers)
    }


def _taken(told: Mapping[str, Decimal]) -> Decimal:
    """What it has allocated, or, where it never says so, accepted; and whatever is further."""
    first = told["allocated"] if "allocated" in told else told.get("released", Decimal(0))
    return max(first, told.get("picked", Decimal(0)), told.get("shipped", Decimal(0)))


def _unplanned(said: Statement) -> Statement:
    rows = {at: {name: units for name, units in told.items() if name not in PLANNED} for at, told in said.rows.items()}
    return replace(said, rows=rows)
