"""Freshness: a dead shop makes what it said stale, never the answer empty or slow; asking for fresher asks again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from hub.model.ids import from_global
from hub.store.cluster import Cluster
from sources.kit.rehearsal.faults import Trouble
from sources.vendure.rehearsal.state import Order
from tests.kit.caller import Json
from tests.kit.hub import Running, running_hub
from tests.kit.letters import letter, send
from tests.kit.surface import document
from tests.kit.wait import until_so

ORDER = document("Order360")
ABOUT_AGE = ("ageSeconds", "freshness", "message")
SOURCE = '{ sources { state stateText breaker } search(text: "nothing") { hits { kind } gaps { source } } }'


@pytest.fixture(scope="module")
async def running(cluster: Cluster) -> AsyncIterator[Running]:
    """A hub of its own, whose shop dies for good in the end."""
    async with running_hub(cluster, orders=20) as found:
        yield found


@pytest.fixture
async def order(running: Running) -> Order:
    """An order that the hub has seen, of a shop that is well."""
    running.shop.heal()
    placed = await running.shop.place(2, 1)
    await running.seen(placed)
    return placed


async def shown(running: Running, order: Order, *, most: int | None = None) -> Json:
    """Order 360."""
    answer = await running.rep.ask(ORDER, headers=None, by={"identifier": order.code}, max=most)
    assert answer.status == 200
    found: Json = answer.data["order"]
    return found


async def grown_old(running: Running, order: Order) -> Json:
    """The order as after ten minutes in which nothing was seen; a sweep that was under way may have to be outlived."""
    old = "clock_timestamp() - interval '10 minutes'"
    aged = (
        "update record set started = least(started, $old), finished = least(finished, $old)",
        "update coverage set through = least(through, $old)",
    )
    found: list[Json] = []

    async def is_old() -> bool:
        for statement in aged:
            await running.do(statement.replace("$old", old))
        found[:] = [await shown(running, order)]
        return bool(found[0]["systems"][0]["freshness"] == "STALE")

    await until_so(is_old)
    return found[0]


async def quiet(running: Running) -> None:
    """Return once everything that was sent is digested, and nothing more comes."""
    open_work = "select (select count(*) from inbox where state = 'PENDING'), (select count(*) from hint where is_open)"
    arrived = "select count(*) from inbox"

    async def is_so() -> bool:
        before = await running.rows(arrived)
        await asyncio.sleep(0.2)
        return await running.rows(open_work) == [(0, 0)] and await running.rows(arrived) == before

    await until_so(is_so)


def without_age(order: Json) -> Json:
    """What does not depend on when it was seen."""
    rows = [*order["systems"], *order["provenance"]]
    kept = [{name: value for name, value in row.items() if name not in ABOUT_AGE} for row in rows]
    return {**order, "systems": kept, "provenance": []}


async def test_with_the_shop_dead_only_the_age_of_what_it_said_changes(running: Running, order: Order) -> None:
    before = await shown(running, order)
    assert (before["systems"][0]["freshness"], before["systems"][0]["message"]) == ("FRESH", None)
    running.shop.suffer(Trouble.REFUSE)
    after = await grown_old(running, order)
    assert without_age(after) == without_age(before)
    here = after["systems"][0]
    assert (here["freshness"], here["message"]) == ("STALE", "last confirmed 10 min ago, expected every 5 min")
    assert here["ageSeconds"] >= 600
    assert {row["group"]: row["freshness"] for row in after["provenance"]} == {
        "COMMERCIAL": "STALE",
        "LIFECYCLE": "STALE",
        "PAYMENT": "STALE",
        "FULFILLMENT": "STALE",  # the service that the customer chose
        "CUSTOMER": "FRESH",  # an hour is recent enough
    }
    assert [row["state"] for row in after["systems"][1:]] == ["NOT_EXPECTED", "NOT_EXPECTED"]


async def test_asking_for_fresher_reads_again_and_writes_no_event(running: Running, order: Order) -> None:
    await quiet(running)
    await grown_old(running, order)
    asked = "select counter, reason from hint where tenant = 'acme' and source_id = :id"
    ((before, _),) = await running.rows(asked, id=str(order.id))
    fresh = await shown(running, order, most=60)
    assert (fresh["systems"][0]["freshness"], fresh["version"]) == ("FRESH", 1)
    assert fresh["systems"][0]["ageSeconds"] < 60
    root = from_global((await running.seen(order))["id"])[1]
    events = await running.rows("select type from change_log where root_id = :root", root=root)
    assert sorted(events) == [("order.allocated",), ("payment.succeeded",)]
    await shown(running, order, most=60)  # recent enough: nobody is asked
    assert await running.rows(asked, id=str(order.id)) == [(before + 1, "freshness")]


async def test_asking_for_fresher_of_a_silent_shop_answers_within_its_budget_what_is_known(
    running: Running, order: Order
) -> None:
    before = await shown(running, order)
    running.shop.suffer(Trouble.SLOW, seconds=4.0)
    await grown_old(running, order)
    after = await shown(running, order, most=60)  # the call's deadline would be an error
    assert without_age(after) == without_age(before)
    assert after["systems"][0]["freshness"] == "STALE"
    hints = "select reason, priority from hint where is_open and source_id = :id"
    assert await running.rows(hints, id=str(order.id)) == [("freshness", 1)]


async def test_a_shop_that_stays_dead_is_said_to_be_and_a_search_names_it_as_a_gap(
    running: Running, order: Order
) -> None:
    before = await shown(running, order)
    running.shop.suffer(Trouble.REFUSE)

    others = iter(running.shop.orders)

    async def is_left_alone() -> bool:
        if (other := next(others, None)) is not None:
            assert await send(running.url, letter(other)) == 202  # one more call that fails
        await running.sweep()
        (source,) = (await running.rep.data(SOURCE))["sources"]
        return bool(source["breaker"] == "OPEN")

    await until_so(is_left_alone)
    said = await running.rep.data(SOURCE)
    assert said["sources"][0]["state"] == "DOWN"
    assert said["sources"][0]["stateText"].endswith("Check that it runs and can be reached.")
    assert said["search"] == {"hits": [], "gaps": [{"source": "shop"}]}
    after = await shown(running, order)
    assert without_age(after) == without_age(before)
    assert after["systems"][0]["message"].endswith("breaker open")
