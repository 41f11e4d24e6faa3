"""Which warehouse ships what of an order, and why: a decision, kept with the order for ever (domain.md 5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from hub.model.values import internal


class RouteVerdict(StrEnum):
    """Whether a warehouse could be chosen."""

    PASS = "PASS"  # noqa: S105  a word for a verdict, no secret
    """It could."""
    EXCLUDED = "EXCLUDED"
    """It could not; `rule` and `reason` say why."""


class RouteRule(StrEnum):
    """Why a warehouse could not be chosen."""

    NETWORK = "NETWORK"
    """It does not serve the channel."""
    STATUS = "STATUS"
    """It is paused or closed."""
    FEED = "FEED"
    """Its figures are too old, or nobody who may speak for it tells any."""
    CAPACITY = "CAPACITY"
    """It takes no more orders."""
    STOCK = "STOCK"
    """It has none of what is wanted."""
    REFUSED = "REFUSED"
    """It has refused the order before."""


class RouteOutcome(StrEnum):
    """How much of the order has a warehouse."""

    COMPLETE = "COMPLETE"
    """All of it."""
    PARTIAL = "PARTIAL"
    """Some of it; the rest waits for supply."""
    WAITING = "WAITING"
    """None of it yet; it is looked at again."""
    REFUSED = "REFUSED"
    """None of it, and nothing is tried again: all at once was wanted, or nothing."""


class RankBy(StrEnum):
    """What warehouses are ranked by."""

    PRIORITY = "PRIORITY"
    """Its place in the policy's list, else what the warehouse itself says; the least first."""
    STOCK_DEPTH = "STOCK_DEPTH"
    """Units of the order that it has; the most first."""
    DISTANCE = "DISTANCE"
    """How far it is from where the order goes; the nearest first, what is not known last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteScore:
    """What a warehouse scores in one respect."""

    by: RankBy
    """In which."""
    value: Decimal | None
    """The figure that was compared; null where it is not known, which ranks last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteOption:
    """A warehouse that was looked at."""

    warehouse: str
    """Its code."""
    verdict: RouteVerdict
    """Whether it could be chosen."""
    rule: RouteRule | None = None
    """The rule that excluded it."""
    reason: str | None = None
    """Why it was excluded, for people."""
    rank: int | None = None
    """Its place among those that could be chosen, from 1."""
    scores: tuple[RouteScore, ...] = ()
    """What it was ranked by, the most important first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutedUnits:
    """Units of a line that one warehouse ships."""

    line_no: int
    """The hub's line number."""
    sku: str
    """The item."""
    warehouse: str
    """Code of the warehouse."""
    quantity: Decimal
    """How many, in the line's unit."""
    warehouse_id: str | None = internal(None)
    """The warehouse entity, where some system has described it."""
    told_by: str | None = internal(None)
    """The source whose stock figures were believed: once those contain the units, the hub's reservation ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingUnits:
    """Units of a line that no warehouse could give."""

    line_no: int
    """The hub's line number."""
    sku: str
    """The item."""
    quantity: Decimal
    """How many, in the line's unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingDecision:
    """Which warehouse ships what of an order, by which version of which policy, and what else was looked at."""

    policy: str
    """Name of the routing policy."""
    policy_version: int
    """Its version, which the order keeps; 0 is what the hub does where nobody has decided anything."""
    outcome: RouteOutcome
    """How much of the order has a warehouse."""
    explanation: str
    """In one sentence, for people."""
    decided_at: datetime
    """When, by the hub's clock."""
    chosen: tuple[RoutedUnits, ...] = ()
    """Which warehouse ships what."""
    missing: tuple[MissingUnits, ...] = ()
    """What has no warehouse."""
    is_backordered: bool = False
    """Whether what is missing waits as a back-order: it is taken as soon as it comes."""
    options: tuple[RouteOption, ...] = ()
    """Every warehouse that was looked at: those that could be chosen by rank, then the others by code."""

    def sourced(self, line_no: int) -> Decimal:
        """Units of a line that have a warehouse."""
        return sum((one.quantity for one in self.chosen if one.line_no == line_no), Decimal(0))
