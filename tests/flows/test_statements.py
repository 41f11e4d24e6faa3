"""Statements: what each document costs the database, counted behind the real endpoint (the tenant's setting apart)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from hub.store.cluster import Cluster
from hub.store.roles import Role
from tests.kit.hub import Running, running_hub
from tests.kit.surface import document

PAGE = """query Page($after: String) {
  orders(first: 50, after: $after) {
    nodes { number status placedAt isPartial total { amount currencyCode } lines { sku quantities { ordered } } }
    pageInfo { hasNextPage endCursor } } }"""
FULL_PAGE = """query FullPage {
  orders(first: 50) {
    nodes { number statusText customer { name } systems { system state freshness } shipments { status } }
    totalCount } }"""
NESTED_PAGE = """query NestedPage {
  orders(first: 50) {
    nodes { number lines { sku } customer { name } shipments { status warehouse { code } orders { number } } } } }"""


@pytest.fixture(scope="module")
async def running(cluster: Cluster) -> AsyncIterator[Running]:
    """A hub that only answers: every statement is a caller's."""
    async with running_hub(cluster, orders=70, rests=True) as found:
        yield found


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent on behalf of callers while the block runs."""
    found: list[str] = []

    def note(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:  # Any: SQLAlchemy's own
        if connection.engine.logging_name == Role.SERVE.value:
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def sent(running: Running, document: str, **variables: object) -> list[str]:
    """The statements that one request costs, once everything is warm."""
    await running.rep.data(document, **variables)
    with counted() as found:
        await running.rep.data(document, **variables)
    return found


async def test_order_360_is_found_by_one_statement_and_read_by_another(running: Running) -> None:
    order = running.shop.some("PartiallyShipped")
    seen = await running.seen(order)
    ways = {
        "order code": {"identifier": order.code},
        "tracking number": {"identifier": order.parcels[0].tracking},
        "id": {"id": seen["id"]},
    }
    counts = {name: await sent(running, document("Order360"), by=by) for name, by in ways.items()}
    print("\nOrder360: " + ", ".join(f"by {name} {len(found)}" for name, found in counts.items()))
    assert [len(found) for found in counts.values()] == [2, 2, 1]  # an id needs no finding


async def test_a_page_of_50_is_one_statement_and_what_it_adds_one_each(running: Running) -> None:
    page = await sent(running, PAGE)
    full = await sent(running, FULL_PAGE)
    nested = await sent(running, NESTED_PAGE)
    print(f"\npage of 50: {len(page)}; with customers, systems, shipments, sentences and totalCount: {len(full)}")
    print(f"with customers, shipments and their warehouses alone: {len(nested)}")
    assert len(page) == 1
    assert len(full) == 3  # the page, the count, what is known of each order with its customer
    assert len(nested) == 3  # the page, customers, shipments; this shop names no warehouse
    assert not [one for one in nested if "join record" in one]  # nobody asked what is known


async def test_one_field_of_an_order_by_its_id(running: Running) -> None:
    seen = await running.seen(running.shop.some("PaymentSettled"))
    found = await sent(running, "query($id: ID!) { order(by: {id: $id}) { status } }", id=seen["id"])
    print(f"\norder(by: {{id}}) {{ status }}: {len(found)}")
    assert len(found) == 1


async def test_the_number_of_orders_on_a_page_costs_no_statement(running: Running) -> None:
    few = await sent(running, FULL_PAGE.replace("first: 50", "first: 2"))
    assert len(few) == len(await sent(running, FULL_PAGE))


async def test_find_and_orders_to_chase(running: Running) -> None:
    order = running.shop.some("PartiallyShipped")
    find = await sent(running, document("Find"), text=order.parcels[0].tracking)
    chase = await sent(running, document("OrdersToChase"))
    health = await sent(running, document("SourcesHealth"))
    print(f"\nFind: {len(find)}; OrdersToChase: {len(chase)}; SourcesHealth: {len(health)}")
    assert (len(find), len(chase), len(health)) == (5, 2, 1)
