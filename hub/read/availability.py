"""What of an item can be promised, from when, and from which warehouses (domain.md 2.6.3). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hub.flow.availability import ATS, NOTHING, Rules, ats, promise
from hub.model.inventory import Availability, AvailabilityAnswer
from hub.read.positions import PIECE, Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants promised."""

    sku: str
    quantity: Decimal = Decimal(1)
    required_by: date | None = None


def availability(wanted: Wanted, unit: str | None, judgement: Judgement) -> Availability:
    """What of *wanted* can be promised from the warehouses judged; *unit*: the item's own."""
    found = judgement.positions
    sites = [one.site for one in found]
    # no channel has rules of its own yet: what is withheld comes with the figures of each warehouse
    rules = Rules(unsourced=max((one.unsourced for one in found), default=NOTHING))
    counts = [one for one in found if one.site.is_counted]
    is_certain = len(counts) == len(found) and (bool(found) or judgement.is_whole)
    now = ats(sites, rules)
    day = promise(sites, wanted.quantity, judgement.now.date(), rules)
    instants = [one.as_of for one in (counts or found) if one.as_of is not None]
    return Availability(
        sku=wanted.sku,
        unit=next((one.position.unit for one in found), unit or PIECE),
        answer=_answer(wanted, now, day, is_certain=is_certain),
        promise_date=day,
        ats=now if counts or is_certain else None,
        formula_id=ATS,
        as_of=min(instants, default=judgement.now),
        warehouses=tuple(one.position for one in found),
    )


def _answer(wanted: Wanted, now: Decimal, day: date | None, *, is_certain: bool) -> AvailabilityAnswer:
    if now >= wanted.quantity:
        return AvailabilityAnswer.IN_STOCK
    if now > NOTHING:
        return AvailabilityAnswer.LIMITED
    if day is not None and (wanted.required_by is None or day <= wanted.required_by):
        return AvailabilityAnswer.BACKORDER
    return AvailabilityAnswer.UNAVAILABLE if is_certain else AvailabilityAnswer.UNKNOWN
