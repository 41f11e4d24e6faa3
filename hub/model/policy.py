"""What people decide about a tenant's data, versioned (design D13)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from hub.model.cases import ExceptionCode
from hub.model.returns import ReturnReason, ReturnTerms
from hub.model.routing import RankBy

SKU = "sku"
"""Kind of the policies that say what a source's item codes mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuRule:
    """What a source's item code means."""

    sku: str
    """The tenant's own item code."""
    pack_factor: Decimal = Decimal(1)
    """Units of that item in one of the source's."""
    unit: str | None = None
    """Unit that the item is counted in; None: as the source says."""


def sku_name(source: str, external_sku: str) -> str:
    """Name of the policy about one item code of one source."""
    return f"{source}|{external_sku}"


def sku_case(source: str, external_sku: str) -> str:
    """Dedup key of the one case about one item code of one source."""
    return f"{ExceptionCode.SKU_MAPPING_MISSING}|{sku_name(source, external_sku)}"


ROUTING = "routing"
"""Kind of the policies that say which warehouse ships what."""


class Shortage(StrEnum):
    """What is done where no choice of warehouses has everything."""

    BACKORDER = "BACKORDER"
    """Take what there is; the rest waits as a back-order."""
    WAIT = "WAIT"
    """Take nothing until everything is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingPolicy:
    """Which warehouse ships what of an order (domain.md 5.2).

    The least number of warehouses that has everything wins, and among those the best rank.
    """

    channels: tuple[str, ...] = ()
    """Names of the sales channels whose orders it routes; none named: every channel that no other policy names."""
    rank: tuple[RankBy, ...] = (RankBy.PRIORITY, RankBy.STOCK_DEPTH, RankBy.DISTANCE)
    """What warehouses are ranked by, the most important first; the code decides what is left open."""
    priority: tuple[str, ...] = ()
    """Codes of warehouses, the first choice first; others come after these."""
    max_splits: int = 0
    """How many warehouses more than one may ship one order."""
    shortage: Shortage = Shortage.BACKORDER
    """What is done where no choice has everything."""
    keeps_age: bool = True
    """Whether units that an older order waits for are kept for it."""
    recheck: timedelta = timedelta(minutes=5)
    """How soon an order that lacks something is looked at again."""
    lapse: timedelta = timedelta(hours=72)
    """How long units are kept for an order that is held before any system has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionedRouting:
    """A routing policy as somebody activated it."""

    name: str
    version: int
    policy: RoutingPolicy = RoutingPolicy()
    is_active: bool = True


RETURNS = "returns"
"""Kind of the policies that say what may come back."""


class Outside(StrEnum):
    """What is done with a return that a policy does not allow."""

    REVIEW = "REVIEW"
    """Somebody decides."""
    REFUSE = "REFUSE"
    """It is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPolicy:
    """What may come back, until when, and what is paid for it (domain.md 2.7)."""

    channels: tuple[str, ...] = ()
    """Names of the sales channels whose orders it is for; none named: every channel that no other policy names."""
    window: timedelta | None = None
    """How long after it was shipped something may be asked to come back; None: always."""
    expires: timedelta = timedelta(days=30)
    """How long after it was allowed something may take to come back."""
    refused_reasons: tuple[ReturnReason, ...] = ()
    """Reasons for which nothing may come back."""
    excluded: tuple[str, ...] = ()
    """Item codes that do not come back; `*` stands for any characters."""
    outside: Outside = Outside.REVIEW
    """What is done with what is not allowed."""
    terms: ReturnTerms = field(default_factory=ReturnTerms)
    """What is paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedReturns:
    """A policy of returns as it stands."""

    name: str = ""
    version: int = 0
    policy: ReturnPolicy = field(default_factory=ReturnPolicy)
    needs_decision: bool = False
    """Whether somebody must decide about every return, whatever the policy says."""


def returns_policy(policies: tuple[NamedReturns, ...], channel: str | None) -> NamedReturns:
    """The policy for a channel: the one that names it, else the first that names none, else what nobody decided."""
    naming = [one for one in policies if channel is not None and channel in one.policy.channels]
    return next(iter([*naming, *(one for one in policies if not one.policy.channels)]), NamedReturns())
