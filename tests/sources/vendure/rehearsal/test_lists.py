"""Filter, sort, skip, take."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from graphql import GraphQLError

from sources.vendure.rehearsal.lists import page_of
from sources.vendure.rehearsal.state import Order

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def made(number: int, state: str = "PaymentSettled", *, placed: bool = True) -> Order:
    at = NOON + timedelta(minutes=number)
    return Order(id=number, code=f"CODE{number}", state=state, created=at, updated=at, placed_at=at if placed else None)


ORDERS = [made(2), made(10), made(1, "Shipped"), made(3, "AddingItems", placed=False)]


@pytest.mark.parametrize(
    ("wanted", "right"),
    [
        ({}, {1, 2, 3, 10}),
        ({"id": {"in": ["1", "10", "x"]}}, {1, 10}),
        ({"id": {"notIn": ["1"]}}, {2, 3, 10}),
        ({"code": {"eq": "CODE2"}}, {2}),
        ({"code": {"eq": "code2"}}, set()),
        ({"code": {"notEq": "CODE2"}}, {1, 3, 10}),
        ({"code": {"contains": "code1"}}, {1, 10}),
        ({"code": {"notContains": "1"}}, {2, 3}),
        ({"code": {"regex": "E[12]$"}}, {1, 2}),
        ({"state": {"in": ["Shipped", "AddingItems"]}}, {1, 3}),
        ({"active": {"eq": True}}, {1, 2, 3, 10}),
        ({"orderPlacedAt": {"isNull": True}}, {3}),
        ({"orderPlacedAt": {"isNull": False}}, {1, 2, 10}),
        ({"orderPlacedAt": {"after": NOON + timedelta(minutes=2)}}, {10}),
        ({"orderPlacedAt": {"before": NOON + timedelta(minutes=2)}}, {1}),
        ({"orderPlacedAt": {"eq": NOON + timedelta(minutes=2)}}, {2}),
        ({"orderPlacedAt": {"between": {"start": NOON, "end": NOON + timedelta(minutes=2)}}}, {1, 2}),
        ({"_or": [{"code": {"eq": "CODE2"}}, {"state": {"eq": "Shipped"}}]}, {1, 2}),
        ({"_and": [{"code": {"eq": "CODE2"}}, {"state": {"eq": "Shipped"}}]}, set()),
        ({"code": {"eq": "CODE2"}, "state": {"eq": "Shipped"}}, set()),
        ({"hubRequestId": {"eq": "r"}}, set()),
    ],
)
def test_filters_choose(wanted: dict[str, Any], right: set[int]) -> None:
    page, total = page_of(ORDERS, {"filter": wanted})
    assert ({order.id for order in page}, total) == (right, len(right))


def test_top_level_filters_may_be_alternatives() -> None:
    wanted = {"code": {"eq": "CODE2"}, "state": {"eq": "Shipped"}}
    assert {order.id for order in page_of(ORDERS, {"filter": wanted, "filterOperator": "OR"})[0]} == {1, 2}


def test_ids_sort_as_numbers_and_a_page_is_a_slice() -> None:
    page, total = page_of(ORDERS, {"sort": {"id": "DESC"}, "skip": 1, "take": 2})
    assert ([order.id for order in page], total) == ([3, 2], 4)


def test_of_several_keys_the_first_one_of_the_schema_leads() -> None:
    page, _ = page_of(ORDERS, {"sort": {"id": "ASC", "orderPlacedAt": "DESC"}})
    assert [order.id for order in page] == [1, 2, 3, 10]


def test_a_thousand_is_the_limit_and_nothing_means_a_hundred() -> None:
    with pytest.raises(GraphQLError, match="1000"):
        page_of(ORDERS, {"take": 1001})
    assert len(page_of([made(number) for number in range(150)], None)[0]) == 100
