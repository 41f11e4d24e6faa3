"""When what is held back for an order is let go of though nobody cancelled it (domain.md 2.6.1, I5). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from hub.flow.cycle.checks import HOLD_OF
from hub.flow.facts import KeptReservation, RootFacts
from hub.model.cases import Hold
from hub.model.effects import CreateOrder, RequestFulfilment
from hub.model.intents import DeliveryState
from hub.model.inventory import ReservationState
from hub.model.order import OrderStatus
from hub.model.policy import VersionedRouting
from hub.model.routing import MissingUnits, RoutedUnits, RouteOutcome, RoutingDecision

ASKED = frozenset(
    {
        DeliveryState.CLAIMED,
        DeliveryState.UNKNOWN,
        DeliveryState.ACCEPTED,
        DeliveryState.REVIEW,
        DeliveryState.DONE,
    }
)
"""Somebody else may have the order: what it was given stays where it is."""


def held_since(holds: Iterable[Hold]) -> datetime | None:
    """Since when something has kept the order from being given a warehouse: a hold of that, or a check it fails."""
    failing = HOLD_OF.values()
    keeping = (one for one in holds if OrderStatus.ALLOCATED in one.blocks or one.type in failing)
    return min((one.placed_at for one in keeping), default=None)


def lapses_at(facts: RootFacts, by: VersionedRouting | None, since: datetime | None) -> datetime | None:
    """When what is held back for an order that is held *since* then lapses; None: it does not."""
    if by is None or since is None or not any(_is_free(row) for row in facts.reservations):
        return None
    asked = any(row.state in ASKED and isinstance(row.content, CreateOrder | RequestFulfilment)
                for row in facts.deliveries)  # fmt: skip
    return None if asked else since + by.policy.lapse


def limited(row: KeptReservation, until: datetime | None, now: datetime) -> KeptReservation:
    """The row with the end it has now; expired once that has come, and for good: others may have been given its units.

    What a warehouse has acknowledged ends with the warehouse's own figures.
    """
    if not _is_free(row):
        return row
    if row.expires_at is not None and row.expires_at <= now:
        return replace(row, state=ReservationState.EXPIRED)
    if until is not None and until <= now:
        return replace(row, expires_at=until, state=ReservationState.EXPIRED)
    return replace(row, expires_at=until)


def without_lapsed(facts: RootFacts) -> RoutingDecision | None:
    """What was decided, less the units that are held back no more because their time was over."""
    kept = facts.decision
    lapsed = [] if kept is None else [one for one in kept.chosen if _has_lapsed(one, facts)]
    if kept is None or not lapsed:
        return kept
    chosen = tuple(one for one in kept.chosen if one not in lapsed)
    where = " and ".join(sorted({one.warehouse for one in lapsed}))
    return replace(
        kept,
        outcome=RouteOutcome.PARTIAL if chosen else RouteOutcome.WAITING,
        explanation=f"the order was held too long: what was kept for it in {where} was let go",
        decided_at=facts.now,
        chosen=chosen,
        missing=(
            *kept.missing,
            *(MissingUnits(line_no=one.line_no, sku=one.sku, quantity=one.quantity) for one in lapsed),
        ),
        is_backordered=False,
    )


def _is_free(row: KeptReservation) -> bool:
    return row.state is ReservationState.ACTIVE and row.acknowledged_at is None and bool(row.warehouse)


def _has_lapsed(one: RoutedUnits, facts: RootFacts) -> bool:
    """Whether the last that was held back for these units has expired."""
    mine = [row for row in facts.reservations if (row.line_no, row.warehouse) == (one.line_no, one.warehouse)]
    return bool(mine) and _last(mine).state is ReservationState.EXPIRED


def _last(rows: list[KeptReservation]) -> KeptReservation:
    return max(rows, key=lambda row: (len(row.id), row.id))
