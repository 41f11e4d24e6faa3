"""Which source's figure counts, name by name: warehouses for what lies there, the ERP for what is on order. Pure.

A shop never speaks: its stock is a copy of somebody else's (domain.md 2.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from hub.flow.availability import NOTHING, Claim, reserved
from hub.model.inventory import QuantityName, ReservationState
from hub.model.manifest import Landscape
from hub.model.vocabulary import SystemKind

_LIES_THERE = (SystemKind.WMS, SystemKind.ERP)
_IS_PLANNED = (SystemKind.ERP, SystemKind.WMS)
SPEAKERS: Mapping[QuantityName, tuple[SystemKind, ...]] = {
    **dict.fromkeys(QuantityName, _LIES_THERE),
    **dict.fromkeys(
        (
            QuantityName.ON_ORDER,
            QuantityName.IN_TRANSIT_IN,
            QuantityName.IN_TRANSIT_OUT,
            QuantityName.RETURN_EXPECTED,
            QuantityName.BACKORDERED,
            QuantityName.SAFETY_STOCK,
            QuantityName.CHANNEL_BUFFER,
        ),
        _IS_PLANNED,
    ),
    QuantityName.AVAILABLE: (),  # another system's own formula: shown, never counted
}
"""Roles that may speak for a figure; the next one only where those before it tell nothing of the position."""


class Told(Protocol):
    """One figure of a position."""

    @property
    def source(self) -> str:
        """Who tells it."""

    @property
    def name(self) -> QuantityName:
        """What it counts."""

    @property
    def value(self) -> Decimal:
        """How much."""


class Asked(Protocol):
    """One record of a position."""

    @property
    def source(self) -> str:
        """Who tells it."""

    @property
    def started(self) -> datetime | None:
        """When it was asked for; None where it only came unasked."""


class Reserved(Protocol):
    """One reservation of a position."""

    @property
    def quantity(self) -> Decimal:
        """How much."""

    @property
    def state(self) -> ReservationState:
        """Whether it may still count."""

    @property
    def acknowledged_at(self) -> datetime | None:
        """When the warehouse said that it has it."""

    @property
    def expires_at(self) -> datetime | None:
        """When it stops counting."""


def speaking(rows: Iterable[Told], landscape: Landscape) -> dict[QuantityName, Told]:
    """The figure that counts for each name, and who tells it."""
    best: dict[QuantityName, tuple[int, str, Told]] = {}
    for row in rows:
        order, role = SPEAKERS[row.name], landscape.role(row.source)
        if role not in order:
            continue
        ranked = (order.index(role), row.source, row)
        if row.name not in best or ranked[:2] < best[row.name][:2]:
            best[row.name] = ranked
    return {name: row for name, (_, _, row) in best.items()}


def holder(told: Mapping[QuantityName, Told]) -> str | None:
    """The source whose figures contain what a warehouse has acknowledged: it tells what is allocated, else on hand."""
    row = told.get(QuantityName.ALLOCATED) or told.get(QuantityName.ON_HAND)
    return None if row is None else row.source


def asked_of(records: Iterable[Asked], source: str | None) -> datetime | None:
    """Since when all that *source* tells in live *records* was asked for; None where some of it only came unasked."""
    instants = [row.started for row in records if row.source == source]
    known = [one for one in instants if one is not None]
    return min(known) if known and len(known) == len(instants) else None


def counted(
    told: Mapping[QuantityName, Told], claims: Iterable[Reserved], asked: datetime | None, now: datetime
) -> dict[QuantityName, Decimal]:
    """The figures as formulas read them: what the hub reserved and no figure contains yet is on top of `RESERVED`.

    *asked*: when the holder's figures were asked for.
    """
    figures = {name: row.value for name, row in told.items()}
    flying = reserved(map(claim_of, claims), asked, now)
    if flying:
        figures[QuantityName.RESERVED] = figures.get(QuantityName.RESERVED, NOTHING) + flying
    return figures


def claim_of(row: Reserved) -> Claim:
    """A reservation as the formulas see it."""
    return Claim(quantity=row.quantity, state=row.state, acknowledged_at=row.acknowledged_at, expires_at=row.expires_at)
