"""What of an item can be promised, from when, and from which warehouses (domain.md 2.6.3). Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from hub.flow.availability import ATS, NOTHING, Rules, ats, promise
from hub.model.inventory import Availability, AvailabilityAnswer
from hub.model.manifest import ChannelRules
from hub.read.positions import PIECE, Judged, Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants promised."""

    sku: str
    quantity: Decimal = Decimal(1)
    required_by: date | None = None
    channel: str | None = None
    """Where it is to be sold."""


EVERYWHERE = ChannelRules()
"""Nothing is withheld but what comes with the figures of each warehouse."""


def availability(
    wanted: Wanted, unit: str | None, judgement: Judgement, channel: ChannelRules = EVERYWHERE
) -> Availability:
    """What of *wanted* can be promised from the warehouses judged; *unit*: the item's own.

    A warehouse that does not serve the *channel* stays listed and is not counted, and leaves nothing uncertain.
    """
    listed = [_served(one, wanted, channel) for one in judgement.positions]
    found = [one for one in listed if channel.is_served_by(one.warehouse)]
    sites = [replace(one.site, safety=one.site.safety + channel.buffer) for one in found]
    rules = Rules(
        threshold=channel.threshold,
        unsourced=max((one.unsourced for one in listed), default=NOTHING),
        sell_ahead=channel.sell_ahead,
    )
    counts = [one for one in found if one.site.is_counted]
    is_certain = len(counts) == len(found) and (bool(found) or bool(listed) or judgement.is_whole)
    now = ats(sites, rules)
    day = promise(sites, wanted.quantity, judgement.now.date(), rules)
    instants = [one.as_of for one in (counts or found or listed) if one.as_of is not None]
    return Availability(
        sku=wanted.sku,
        unit=next((one.position.unit for one in listed), unit or PIECE),
        answer=_answer(wanted, now, day, is_certain=is_certain),
        promise_date=day,
        ats=now if counts or is_certain else None,
        formula_id=ATS,
        as_of=min(instants, default=judgement.now),
        warehouses=tuple(one.position for one in listed),
    )


def _served(one: Judged, wanted: Wanted, channel: ChannelRules) -> Judged:
    if channel.is_served_by(one.warehouse):
        return one
    why = f"{one.warehouse} does not serve the channel {wanted.channel}"
    return replace(one, position=replace(one.position, is_counted=False, excluded_because=why))


def _answer(wanted: Wanted, now: Decimal, day: date | None, *, is_certain: bool) -> AvailabilityAnswer:
    if now >= wanted.quantity:
        return AvailabilityAnswer.IN_STOCK
    if now > NOTHING:
        return AvailabilityAnswer.LIMITED
    if day is not None and (wanted.required_by is None or day <= wanted.required_by):
        return AvailabilityAnswer.BACKORDER
    return AvailabilityAnswer.UNAVAILABLE if is_certain else AvailabilityAnswer.UNKNOWN
