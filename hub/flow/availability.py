"""What of a stock may be promised, and from when: formulas with their ids, pure (domain.md 2.6.3).

A figure that one formula counts is counted by no other: a line is in `unsourced`, in `RESERVED` or in `ALLOCATED`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from hub.model.inventory import QuantityName, ReservationState

ATP = "atp-now.v1"
"""Id of `atp_now`: on hand - unsellable - allocated - reserved, signed."""
ATS = "ats.v1"
"""Id of `ats`: what is above the safety stock in each counted warehouse, without what is withheld from the channel."""

NOTHING = Decimal(0)
UNSELLABLE = (
    QuantityName.DAMAGED,
    QuantityName.QUALITY_HOLD,
    QuantityName.QUARANTINE,
    QuantityName.EXPIRED,
    QuantityName.OTHER_UNSELLABLE,
)
"""On hand, and not to be sold."""
COMMITTED = (QuantityName.ALLOCATED, QuantityName.RESERVED)
"""On hand or to come, and somebody's already."""
INPUTS = (QuantityName.ON_HAND, *UNSELLABLE, *COMMITTED)
"""The figures that `atp_now` reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A reservation as the formulas see it."""

    quantity: Decimal
    state: ReservationState = ReservationState.ACTIVE
    acknowledged_at: datetime | None = None
    """When the warehouse said that it has it; None: not yet."""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A quantity that comes, or is needed, on a day."""

    on: date
    quantity: Decimal
    confidence: Decimal = Decimal(1)
    """Share of it that may be promised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One warehouse's part in a promise."""

    atp: Decimal
    """`atp_now` there."""
    safety: Decimal = NOTHING
    receipts: tuple[Due, ...] = ()
    demand: tuple[Due, ...] = ()
    is_counted: bool = True
    """False: its figures are too old, or nobody who may speak for it tells them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Units set aside for one channel."""

    quantity: Decimal
    consumed: Decimal = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is withheld from a channel, or lent to it."""

    threshold: Decimal = NOTHING
    """Withheld from the channel over all warehouses."""
    unsourced: Decimal = NOTHING
    """Demand that no warehouse holds yet."""
    sell_ahead: Decimal = NOTHING
    """How much more than there is may be sold."""
    net_negative: bool = False
    """Whether a warehouse that owes eats what another one has."""
    pool: Pool | None = None


EVERYBODY = Rules()
"""No channel has rules of its own."""


def atp_now(figures: Mapping[QuantityName, Decimal]) -> Decimal:
    """Available to promise now, signed: below zero, more is promised than there is."""
    taken = sum((figures.get(name, NOTHING) for name in (*UNSELLABLE, *COMMITTED)), NOTHING)
    return figures.get(QuantityName.ON_HAND, NOTHING) - taken


def is_in_flight(claim: Claim, asked: datetime | None, now: datetime) -> bool:
    """Whether a reservation counts beside figures that the warehouse was *asked* for (None: never).

    It does until the first figures that were asked for after the warehouse had it: those contain it. What was asked
    before, and answered after, may or may not.
    """
    if claim.state is not ReservationState.ACTIVE or (claim.expires_at is not None and claim.expires_at <= now):
        return False
    return claim.acknowledged_at is None or asked is None or asked <= claim.acknowledged_at


def reserved(claims: Iterable[Claim], asked: datetime | None, now: datetime) -> Decimal:
    """What is in flight beside figures that the warehouse was *asked* for."""
    return sum((claim.quantity for claim in claims if is_in_flight(claim, asked, now)), NOTHING)


def is_oversold(figures: Mapping[QuantityName, Decimal]) -> bool:
    """Whether what may be sold is less than what is somebody's already."""
    return atp_now(figures) < NOTHING < sum((figures.get(name, NOTHING) for name in COMMITTED), NOTHING)


def atp_on(site: Site, day: date) -> Decimal:
    """Available to promise from *day* on: the least that is left then or on any later day of supply or demand.

    So nothing that a later order was promised is promised again to an earlier one.
    """
    days = {day, *(due.on for due in (*site.receipts, *site.demand) if due.on > day)}
    return min(_left(site, one) for one in days)


def ats(sites: Iterable[Site], rules: Rules = EVERYBODY) -> Decimal:
    """Available to sell now, never below zero, over the warehouses that are counted."""
    return _sold_from([(site.atp, site.safety) for site in sites if site.is_counted], rules)


def ats_on(sites: Iterable[Site], day: date, rules: Rules = EVERYBODY) -> Decimal:
    """`ats` with what will have come by *day* and is not needed later."""
    return _sold_from([(atp_on(site, day), site.safety) for site in sites if site.is_counted], rules)


def promise(sites: Sequence[Site], quantity: Decimal, today: date, rules: Rules = EVERYBODY) -> date | None:
    """The first day from which *quantity* may be promised; None where nothing that is known of suffices."""
    days = {today, *(due.on for site in sites for due in (*site.receipts, *site.demand) if due.on > today)}
    return next((day for day in sorted(days) if ats_on(sites, day, rules) >= quantity), None)


def _left(site: Site, day: date) -> Decimal:
    come = sum((due.quantity * due.confidence for due in site.receipts if due.on <= day), NOTHING)
    return site.atp + come - sum((due.quantity for due in site.demand if due.on <= day), NOTHING)


def _sold_from(there: Sequence[tuple[Decimal, Decimal]], rules: Rules) -> Decimal:
    if rules.pool is not None:
        physical = sum((atp for atp, _ in there), NOTHING)
        return max(NOTHING, min(rules.pool.quantity - rules.pool.consumed, physical))
    above = [atp - safety for atp, safety in there]
    total = sum(above if rules.net_negative else (max(NOTHING, one) for one in above), NOTHING)
    return max(NOTHING, total - rules.threshold - rules.unsourced) + rules.sell_ahead
