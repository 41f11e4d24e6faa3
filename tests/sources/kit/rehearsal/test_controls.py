"""The controls by which a director makes trouble."""

from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from hub.settings import Secret
from sources.kit.rehearsal.controls import break_with, directed, troubled
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


@dataclass
class Door:
    """Counts how often every session was ended."""

    emptied: int = 0

    def expire_all(self) -> None:
        self.emptied += 1


@dataclass
class Place:
    """A rehearsed system without business."""

    faults: Faults = field(default_factory=Faults)
    door: Door = field(default_factory=Door)


async def status_at(place: Place) -> int:
    """What a request meets there."""

    async def answer(_: Request) -> Response:
        return Response("well")

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": []}
    return (await place.faults.around(Request(scope, receive), answer)).status_code


async def test_any_system_is_broken_healed_and_emptied_and_told_nothing_else() -> None:
    place = Place()
    assert troubled(place, "break", {"trouble": "error"}) == {"ok": True}
    assert await status_at(place) == 500
    assert troubled(place, "heal", {}) == {"ok": True}
    assert await status_at(place) == 200
    assert troubled(place, "expire", {}) == {"ok": True}
    assert place.door.emptied == 1
    with pytest.raises(ValueError, match=r"^there is no dance$"):
        troubled(place, "dance", {})
