"""Scripted trouble."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sources.kit.rehearsal.faults import Fault, Faults, Trouble


@dataclass
class Desk:
    """A server that counts what reached it, behind scripted trouble."""

    faults: Faults = field(default_factory=Faults)
    done: int = 0

    async def answer(self, _request: Request) -> Response:
        self.done += 1
        return JSONResponse({"data": self.done})

    async def around(self, request: Request) -> Response:
        return await self.faults.around(request, self.answer)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=[Route("/", desk.around, methods=["POST"])])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk") as made:
        yield made


@pytest.mark.parametrize(
    ("trouble", "status", "done"),
    [
        (Trouble.REFUSE, 503, 0),
        (Trouble.ERROR, 500, 0),
        (Trouble.THROTTLE, 429, 0),
        (Trouble.DROP, 502, 1),
        (Trouble.HTML, 200, 1),
        (Trouble.SLOW, 200, 1),
    ],
)
async def test_a_trouble_answers_in_its_own_way(
    desk: Desk, client: httpx.AsyncClient, trouble: Trouble, status: int, done: int
) -> None:
    desk.faults.add(Fault(trouble=trouble, holding="orders", seconds=0.01))
    assert (await client.post("/", content="{orders}")).status_code == status
    assert desk.done == done
    assert (await client.post("/", content="{me}")).json() == {"data": done + 1}
    desk.faults.heal()
    assert (await client.post("/", content="{orders}")).json() == {"data": done + 2}


async def test_half_a_json_is_told_as_json(desk: Desk, client: httpx.AsyncClient) -> None:
    desk.faults.add(Fault(trouble=Trouble.TRUNCATE, times=1))
    answer = await client.post("/", content="x")
    assert answer.headers["content-type"] == "application/json"
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        answer.json()
    assert (await client.post("/", content="x")).json() == {"data": 2}


async def test_the_time_to_come_back_is_said_or_not(desk: Desk, client: httpx.AsyncClient) -> None:
    desk.faults.add(Fault(trouble=Trouble.THROTTLE, retry_after=None, times=1))
    assert "retry-after" not in (await client.post("/", content="x")).headers
    desk.faults.add(Fault(trouble=Trouble.THROTTLE, retry_after="9", times=1))
    assert (await client.post("/", content="x")).headers["retry-after"] == "9"


async def test_who_hangs_does_nothing(desk: Desk, client: httpx.AsyncClient) -> None:
    desk.faults.add(Fault(trouble=Trouble.HANG))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.post("/", content="x"), 0.05)
    assert desk.done == 0
