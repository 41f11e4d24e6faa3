"""A page of a long list is the page of the same list searched through, and a later one costs no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sources.vendure.rehearsal.lists import MANY, page_of
from sources.vendure.rehearsal.state import Order

START = datetime(2026, 1, 1, tzinfo=UTC)
PLACED = {"orderPlacedAt": {"isNull": False}}


def made(number: int) -> Order:
    """Some are carts, some are delivered, some were placed at the same instant."""
    placed = START + timedelta(seconds=number * 7919 % 1000)
    return Order(
        id=number,
        code=f"C{number}",
        created=START,
        updated=START,
        state="Delivered" if number % 3 else "Shipped",
        placed_at=None if number % 50 == 0 else placed,
    )


ORDERS = [made(number) for number in range(1, MANY + 500)]


def since(at: datetime) -> dict[str, Any]:
    return {"_or": [{"orderPlacedAt": {"eq": at}}, {"orderPlacedAt": {"after": at}}]}


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize(
    "wanted",
    [
        {"_and": [PLACED]},
        {"_and": [PLACED, {"orderPlacedAt": {"before": START + timedelta(seconds=400)}}]},
        {"_and": [PLACED, since(START + timedelta(seconds=400))]},
        {"state": {"in": ["Shipped"]}, "_and": [since(START + timedelta(seconds=400))]},
    ],
)
def test_a_page_of_a_long_list_is_what_searching_finds(wanted: dict[str, Any], direction: str) -> None:
    options = {"take": 100, "skip": 0, "filter": wanted, "sort": {"orderPlacedAt": direction}}
    page, total = page_of(ORDERS, options)
    searched, of = page_of(ORDERS, {**options, "sort": {"orderPlacedAt": direction, "id": "ASC"}})
    assert ([one.placed_at for one in page], total) == ([one.placed_at for one in searched], of)


def test_a_change_is_seen_at_once() -> None:
    orders = [made(number) for number in range(1, MANY + 500)]
    options = {
        "take": 100,
        "filter": {"state": {"in": ["Shipped"]}, "_and": [PLACED]},
        "sort": {"orderPlacedAt": "ASC"},
    }
    (first, *_), before = page_of(orders, options)
    first.state = "Delivered"
    (other, *_), after = page_of(orders, options)
    assert (other is first, after) == (False, before - 1)
