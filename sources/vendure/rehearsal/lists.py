"""The shop's list queries: filter, sort, skip, take."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from graphql import GraphQLError

from sources.vendure.rehearsal.state import Customer, Location, Order, Variant

MOST = 1000
DEFAULT = 100
Options = Mapping[str, Any]  # Any: GraphQL input
Look = Callable[[Any, str], Any]  # Any: a row, a filterable value
R = TypeVar("R")
MANY = 2000
"""Rows of a list from which on a page is looked up instead of searched for."""


def page_of(
    rows: list[R], options: Options | None, value: Callable[[R, str], Any] | None = None
) -> tuple[list[R], int]:  # Any: a filterable value
    """The page that *options* ask for, and how many rows fit in all; orders where *value* does not say what else.

    Raises GraphQLError over 1,000.
    """
    wanted = options or {}
    take = wanted.get("take")
    if take is not None and take > MOST:
        message = f"Cannot take more than {MOST} results from a list query"
        raise GraphQLError(message, extensions={"code": "USER_INPUT_ERROR"})
    look: Look = value or value_of_order
    given = wanted.get("filter") or {}
    if len(rows) > MANY and set(wanted.get("sort") or ()) == {"orderPlacedAt"} and not wanted.get("skip"):
        return _looked_up([row for row in rows if isinstance(row, Order)], wanted, DEFAULT if take is None else take)
    fitting = [row for row in rows if _fits(partial(look, row), given, is_or=wanted.get("filterOperator") == "OR")]
    for field, direction in reversed(list((wanted.get("sort") or {}).items())):
        fitting.sort(key=lambda row: _sortable(look(row, field)), reverse=direction == "DESC")
    skip = wanted.get("skip") or 0
    return fitting[skip : skip + (DEFAULT if take is None else take)], len(fitting)


@dataclass(slots=True, kw_only=True)
class _Sorted:
    """Orders that fit a filter, by when they were placed, as long as no order has changed."""

    stamp: int
    instants: list[datetime]
    orders: list[Order]


_SORTED: dict[str, _Sorted] = {}
"""By the filter; a page of a long list would else cost what the whole list costs."""


def _looked_up(rows: list[Order], wanted: Options, take: int) -> tuple[list[Any], int]:  # Any: orders
    """The page in a list by `orderPlacedAt`: a later page costs no more than the first."""
    rest, low, high = _bounds(wanted.get("filter") or {})
    found = _sorted(rows, rest)
    first = 0 if low is None else bisect_left(found.instants, low)
    last = len(found.instants) if high is None else bisect_left(found.instants, high)
    if wanted["sort"]["orderPlacedAt"] == "DESC":
        return found.orders[max(first, last - take) : last][::-1], last - first
    return found.orders[first : min(last, first + take)], last - first


def _bounds(given: Options) -> tuple[Options, datetime | None, datetime | None]:
    """The filter without its bounds of the instant, and these: from, and before."""
    rest: list[Options] = []
    low: datetime | None = None
    high: datetime | None = None
    for one in given.get("_and") or ():
        match one:
            case {"orderPlacedAt": {"before": before}} if len(one) == 1:
                high = before if high is None else min(high, before)
            case {"_or": [{"orderPlacedAt": {"eq": eq}}, {"orderPlacedAt": {"after": after}}]} if eq == after:
                low = eq if low is None else max(low, eq)
            case _:
                rest.append(one)
    return {**given, "_and": [*rest, {"orderPlacedAt": {"isNull": False}}]}, low, high


def _sorted(rows: list[Order], given: Options) -> _Sorted:
    name, stamp = f"{id(rows[0])} {given}", hash(tuple((row.state, row.updated, row.placed_at) for row in rows))
    known = _SORTED.get(name)
    if known is None or known.stamp != stamp:
        fitting = [row for row in rows if _fits(partial(value_of_order, row), given)]
        placed = sorted((at, row.id, row) for row in fitting if (at := row.placed_at) is not None)
        known = _Sorted(stamp=stamp, instants=[at for at, _, _ in placed], orders=[row for _, _, row in placed])
        _SORTED[name] = known
    return known


def value_of_good(good: Variant | Location, field: str) -> Any:  # Any: a filterable value
    """What a variant or a location is filtered and sorted by."""
    sku = good.sku if isinstance(good, Variant) else None
    return {"id": str(good.id), "createdAt": good.created, "sku": sku}[field]


def value_of_customer(customer: Customer, field: str) -> Any:  # Any: a filterable value
    """What a customer is filtered by."""
    return {"id": str(customer.id), "emailAddress": customer.email}[field]


def value_of_order(order: Order, field: str) -> Any:  # Any: a filterable value
    """What an order is filtered and sorted by."""
    return {
        "id": str(order.id),
        "code": order.code,
        "state": order.state,
        "active": order.active,
        "createdAt": order.created,
        "updatedAt": order.updated,
        "orderPlacedAt": order.placed_at,
        "hubRequestId": order.request_id,
    }[field]


def _fits(value: Callable[[str], Any], given: Options, *, is_or: bool = False) -> bool:
    if not given:
        return True
    judged = [_clause(value, field, operators) for field, operators in given.items()]
    return any(judged) if is_or else all(judged)


def _clause(value: Callable[[str], Any], field: str, operators: Any) -> bool:  # Any: GraphQL input
    if field == "_and":
        return all(_fits(value, one) for one in operators)
    if field == "_or":
        return any(_fits(value, one) for one in operators)
    return all(_holds(value(field), operator, wanted) for operator, wanted in operators.items())


def _sortable(value: Any) -> tuple[bool, Any]:  # Any: a filterable value
    if isinstance(value, str) and value.isdigit():
        return (True, int(value))
    return (value is not None, 0 if value is None else value)


def _holds(value: Any, operator: str, wanted: Any) -> bool:  # Any: GraphQL input
    if operator == "isNull":
        return (value is None) is wanted
    if value is None:
        return False
    if isinstance(value, datetime):
        return _holds_instant(value, operator, wanted)
    if operator in ("contains", "notContains"):
        return (wanted.lower() in value.lower()) is (operator == "contains")
    if operator == "regex":
        return re.search(wanted, value) is not None
    holds = value in wanted if operator in ("in", "notIn") else value == wanted
    return holds is (operator in ("in", "eq"))


def _holds_instant(value: datetime, operator: str, wanted: Any) -> bool:  # Any: GraphQL input
    if operator == "between":
        return bool(wanted["start"] <= value <= wanted["end"])
    return bool({"eq": value == wanted, "before": value < wanted, "after": value > wanted}[operator])
