"""Inputs that several fields take: pointing at things, comparing values; and what each means inside."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import strawberry

from hub.model.finding import Lookup
from hub.model.order import OrderStatus
from hub.model.vocabulary import IdentifierScheme
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
class DateFilterInput:
    """A span of days."""

    gte: date | None = None
    """On this day or later."""
    lt: date | None = None
    """Before this day."""


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
