"""The controls by which a director makes trouble."""

from typing import Any

import httpx

from hub.settings import Secret
from sources.kit.rehearsal.controls import break_with, directed
from sources.kit.rehearsal.faults import Faults


async def test_a_director_is_known_by_its_token_and_told_what_it_got_wrong() -> None:
    faults, told = Faults(), []

    def act(action: str, body: dict[str, Any]) -> dict[str, Any]:
        if action != "break":
            raise ValueError(action)
        break_with(faults, body)
        told.append(body)
        return {"ok": True}

    transport = httpx.ASGITransport(directed(act, Secret("director")))
    async with httpx.AsyncClient(transport=transport, base_url="http://control") as director:
        assert (await director.post("/break")).status_code == 401
        director.headers["authorization"] = "Bearer director"
        assert (await director.post("/break")).json() == {"ok": True}
        assert (await director.post("/break", json={"trouble": "slow", "seconds": 3})).status_code == 200
        for path, body in (("/break", {"trouble": "fire"}), ("/break", {"volume": 11}), ("/dance", {})):
            assert (await director.post(path, json=body)).status_code == 422
    assert told == [{}, {"trouble": "slow", "seconds": 3}]
