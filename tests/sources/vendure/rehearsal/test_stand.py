"""The rehearsed shop put together, and its director's controls."""

from collections.abc import AsyncIterator

import httpx
import pytest

from hub.settings import Secret
from sources.vendure.rehearsal.stand import controls
from tests.sources.vendure.conftest import House

TOKEN = "director"


@pytest.fixture
async def director(house: House) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(controls(house.stand, Secret(TOKEN)))
    headers = {"authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://control", headers=headers) as client:
        yield client


async def test_a_stranger_directs_nothing(house: House, director: httpx.AsyncClient) -> None:
    answer = await director.post("/break", headers={"authorization": "Bearer other"})
    assert answer.status_code == 401
    await house.desk()


async def test_breaking_and_healing(house: House, director: httpx.AsyncClient) -> None:
    assert (await director.post("/break")).json() == {"ok": True}
    assert (await house.customer().post("{activeOrder{id}}")).status_code == 503
    assert (await director.post("/heal")).json() == {"ok": True}
    assert (await house.customer().post("{activeOrder{id}}")).status_code == 200


async def test_a_trouble_may_be_chosen_and_a_wrong_one_is_said(house: House, director: httpx.AsyncClient) -> None:
    assert (await director.post("/break", json={"trouble": "error", "times": 1})).status_code == 200
    assert (await house.customer().post("{activeOrder{id}}")).status_code == 500
    for path, body in (("/break", {"trouble": "fire"}), ("/break", {"volume": 11}), ("/dance", {}), ("/listen", {})):
        assert (await director.post(path, json=body)).status_code == 422


async def test_sessions_expire_orders_move_and_somebody_listens(house: House, director: httpx.AsyncClient) -> None:
    desk = await house.desk()
    await director.post("/expire")
    assert (await desk.ask("{me{id}}"))["errors"]
    moved = (await director.post("/move", json={"group": "ACME"})).json()["code"]
    assert [order.code for order in house.stand.shop.orders.values()] == [moved]
    assert (await director.post("/move")).json()["code"]
    await director.post("/listen", json={"url": "http://127.0.0.1:9/hook", "secret": "s"})
    assert [listener.url for listener in house.stand.hooks.listeners] == ["http://127.0.0.1:9/hook"]
    state = (await director.post("/state")).json()
    assert (state["logins"], state["dropped"]) == (1, 0)
    assert state["orders"] >= 1
