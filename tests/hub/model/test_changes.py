"""A change and what can be read off it."""

from __future__ import annotations

from hub.model.changes import Traits
from tests.kit.changes import make_change


def test_how_an_entity_stands_is_read_off_the_change() -> None:
    change = make_change(account="acme", status="SHIPPED", order_ids=("a",), warehouse="wh", sku="MUG", queue="CS")
    assert change.traits == Traits(
        account="acme", status="SHIPPED", order_ids=("a",), warehouse="wh", sku="MUG", queue="CS"
    )


def test_everything_that_happened_ends_with_what_says_most() -> None:
    assert make_change(event="order.allocated", passed=("order.accepted",)).events == (
        "order.accepted", "order.allocated",
    )  # fmt: skip
