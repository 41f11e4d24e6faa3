"""Inputs that several fields take: pointing at things, filters, sorts; and what each means inside."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import strawberry

from hub.model.cases import ExceptionCode, HoldType
from hub.model.finding import Lookup
from hub.model.order import OrderStatus
from hub.model.vocabulary import IdentifierScheme, SystemKind
from hub.store.listing import OrderFilter, OrderSort, OrderSortField
from resolvers.derive import choice, input_type


class SortDirection(StrEnum):
    """Which end comes first."""

    ASC = "ASC"
    """The least first."""
    DESC = "DESC"
    """The greatest first."""


@input_type
class IdentifierInput:
    """An identifier of which one knows what it is."""

    scheme: IdentifierScheme
    """What sort of identifier it is."""
    value: str
    """As the source writes it; case, spaces and dashes do not matter."""
    source: str | None = None
    """The source that uses it, where bare numbers collide."""


@choice
class LookupInput:
    """The only way to point at anything, in queries and inputs. `identifier` = whatever the caller reads out."""

    id: strawberry.ID | None = None
    """A global id."""
    identifier: str | None = None
    """Whatever somebody reads out: order number, PO, tracking number, invoice."""
    exact: IdentifierInput | None = None
    """An identifier of a known scheme."""


def lookup_of(given: LookupInput) -> Lookup:
    """What a caller points at."""
    if given.exact:
        return Lookup(value=given.exact.value, scheme=given.exact.scheme, source=given.exact.source)
    return Lookup(id=given.id) if given.id else Lookup(identifier=given.identifier or "")


@input_type
class StringFilterInput:
    """Text that must equal something. Several operators must all hold."""

    eq: str | None = None
    """Exactly this."""
    in_: list[str] | None = None
    """One of these."""


@input_type
class IDFilterInput:
    """Ids that must equal something."""

    eq: strawberry.ID | None = None
    """Exactly this."""
    in_: list[strawberry.ID] | None = None
    """One of these."""


@input_type
class DateTimeFilterInput:
    """A span of time."""

    gte: datetime | None = None
    """At this instant or later."""
    lt: datetime | None = None
    """Before this instant."""


@input_type
class DecimalFilterInput:
    """A span of numbers."""

    gte: Decimal | None = None
    """At least this."""
    lte: Decimal | None = None
    """At most this."""


@input_type
class OrderStatusFilterInput:
    """Statuses that fit."""

    eq: OrderStatus | None = None
    """Exactly this."""
    in_: list[OrderStatus] | None = None
    """One of these."""
    not_in: list[OrderStatus] | None = None
    """None of these."""


@input_type
class OrderFilterInput:
    """Which orders; everything given must hold."""

    status: OrderStatusFilterInput | None = None
    """By status."""
    is_late: bool | None = None
    """Promised to leave before now, and still here."""
    is_partial: bool | None = None
    """Whether some units are further than the status says."""
    is_stuck: bool | None = None
    """Whether something about it failed for good or has not moved for too long."""
    hold: HoldType | None = None
    """Held for this reason now."""
    exception_code: ExceptionCode | None = None
    """With an open case of this code."""
    missing_in: list[SystemKind] | None = None
    """Expected in one of these systems and, as far as was seen, not there."""
    channel: StringFilterInput | None = None
    """By the channel it was placed through."""
    customer: LookupInput | None = None
    """Of this customer."""
    warehouse: StringFilterInput | None = None
    """With a line that ships from a warehouse of this code."""
    sku: StringFilterInput | None = None
    """With a line of this item."""
    placed_at: DateTimeFilterInput | None = None
    """By when it was placed."""
    total: DecimalFilterInput | None = None
    """By what it costs; currencies are not converted."""


@input_type
class OrderSortInput:
    """In which order."""

    field: OrderSortField
    """What to sort by; orders without it come last."""
    direction: SortDirection | None = SortDirection.ASC
    """Which end comes first."""


def texts_of(given: StringFilterInput | None) -> tuple[str, ...] | None:
    """The texts that fit; None: all of them."""
    if given is None or (given.eq is None and given.in_ is None):
        return None
    wanted = None if given.in_ is None else tuple(given.in_)
    if given.eq is None:
        return wanted
    return (given.eq,) if wanted is None or given.eq in wanted else ()


def statuses_of(given: OrderStatusFilterInput | None) -> tuple[OrderStatus, ...] | None:
    """The statuses that fit by `eq` and `in`; None: all of them."""
    if given is None or (given.eq is None and given.in_ is None):
        return None
    wanted = tuple(OrderStatus) if given.in_ is None else tuple(given.in_)
    return wanted if given.eq is None else tuple(one for one in wanted if one is given.eq)


def filter_of(given: OrderFilterInput | None, customers: tuple[str, ...] | None) -> OrderFilter:
    """What a caller's filter means; *customers* are the ids that its `customer` named."""
    if given is None:
        return OrderFilter()
    status, placed, total = given.status, given.placed_at, given.total
    return OrderFilter(
        statuses=statuses_of(status),
        not_statuses=tuple(status.not_in) if status and status.not_in is not None else None,
        is_late=given.is_late,
        is_partial=given.is_partial,
        is_stuck=given.is_stuck,
        hold=given.hold,
        exception_code=given.exception_code,
        missing_in=None if given.missing_in is None else tuple(given.missing_in),
        channels=texts_of(given.channel),
        customers=customers,
        warehouses=texts_of(given.warehouse),
        skus=texts_of(given.sku),
        placed_from=placed.gte if placed else None,
        placed_before=placed.lt if placed else None,
        total_from=total.gte if total else None,
        total_to=total.lte if total else None,
    )


def sort_of(given: OrderSortInput | None) -> OrderSort:
    """What a caller's sort means; without one, the newest first."""
    if given is None:
        return OrderSort()
    return OrderSort(field=given.field, descending=given.direction is SortDirection.DESC)
