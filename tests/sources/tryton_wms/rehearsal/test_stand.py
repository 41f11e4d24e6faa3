"""The rehearsed warehouse put together, and its director's controls."""

from collections.abc import AsyncIterator

import httpx
import pytest

from hub.settings import Secret
from sources.tryton_wms.rehearsal.stand import Stand, controls
from tests.sources.tryton_wms.conftest import House


@pytest.fixture
async def director(stand: Stand) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(controls(stand, Secret("director")))
    headers = {"authorization": "Bearer director"}
    async with httpx.AsyncClient(transport=transport, base_url="http://control", headers=headers) as client:
        yield client


async def test_breaking_healing_and_expiring(house: House, director: httpx.AsyncClient) -> None:
    body = {"id": 1, "method": "model.res.user.get_preferences", "params": [True, {}]}
    assert (await director.post("/break")).json() == {"ok": True}
    assert (await house.post(body)).status_code == 503
    await director.post("/heal")
    assert (await house.post(body)).status_code == 200
    await director.post("/expire")
    assert (await house.post(body)).status_code == 401


async def test_a_director_takes_in_and_carries_on(house: House, director: httpx.AsyncClient) -> None:
    given = {"reference": "C/1", "lines": [["MUG", 2]], "warehouse": "WH"}
    assert (await director.post("/take_in", json=given)).json() == {"number": "1"}
    carried = await director.post("/carry", json={"reference": "C/1", "upto": "packed", "tracking": "T1"})
    assert carried.json() == {"state": "packed"}
    assert (await director.post("/state")).json() == {
        "stock.shipment.out": 1, "stock.shipment.out.return": 0, "stock.shipment.internal": 0, "logins": 1,
    }  # fmt: skip
    for path, body in (("/carry", {"reference": "C/9"}), ("/take_in", {}), ("/dance", {}), ("/break", {"x": 1})):
        assert (await director.post(path, json=body)).status_code == 422
