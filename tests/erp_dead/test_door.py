"""The door before the ERP: open, refused, half-open, and open again at the same place."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from sources.kit.serve import serving
from tests.erp_dead.door import Door, Way


async def _answer(_: Request) -> PlainTextResponse:
    return PlainTextResponse("here")


APP = Starlette(routes=[Route("/", _answer)])


async def test_who_knocks_meets_what_the_door_was_turned_to() -> None:
    async with serving(APP) as behind, Door(behind).standing() as door, httpx.AsyncClient(timeout=60) as http:
        assert (await http.get(door.url)).text == "here"
        await door.turn(Way.REFUSED)
        with pytest.raises(httpx.TransportError):
            await http.get(door.url)
        with pytest.raises(httpx.ConnectError):
            await http.get(door.url)
        await door.turn(Way.HALF_OPEN)
        with pytest.raises(httpx.ReadTimeout):
            await http.get(door.url, timeout=0.5)
        await door.turn(Way.OPEN)
        assert (await http.get(door.url)).text == "here"
