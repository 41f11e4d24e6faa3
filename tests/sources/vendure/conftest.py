"""A rehearsed shop and a raw client of it."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from hub.clock import SystemClock
from hub.ports import SourceCall
from hub.settings import Secret
from sources.kit.stage import Stage
from sources.registry import stage
from sources.vendure.rehearsal.stand import Stand, make_stand

USER, PASSWORD = "hub@example.com", "hub-secret-1!"
CALL = SourceCall(tenant="t", source="shop", correlation_id="test-correlation", patience=10.0)


@dataclass(slots=True)
class Visitor:
    """One session with one API of a rehearsed shop."""

    http: httpx.AsyncClient
    path: str
    token: str | None = None

    async def post(self, document: str, **variables: object) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        answer = await self.http.post(self.path, json={"query": document, "variables": variables}, headers=headers)
        self.token = answer.headers.get("vendure-auth-token") or self.token
        return answer

    async def ask(self, document: str, **variables: object) -> Any:  # Any: the answer's JSON
        return json.loads((await self.post(document, **variables)).content)


@dataclass(slots=True)
class House:
    """A rehearsed shop, entered by both doors."""

    stand: Stand
    http: httpx.AsyncClient

    def customer(self) -> Visitor:
        return Visitor(self.http, "/shop-api")

    async def desk(self) -> Visitor:
        desk = Visitor(self.http, "/admin-api")
        document = "mutation($u:String!,$p:String!){login(username:$u,password:$p){__typename}}"
        answer = await desk.ask(document, u=USER, p=PASSWORD)
        assert answer == {"data": {"login": {"__typename": "CurrentUser"}}}
        return desk


@pytest.fixture
async def house() -> AsyncIterator[House]:
    stand = make_stand(SystemClock(), user=USER, password=Secret(PASSWORD))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(stand.app), base_url="http://shop") as http:
        yield House(stand, http)
    await stand.close()


@pytest.fixture(scope="module")
async def shop() -> AsyncIterator[Stage]:
    async with stage("vendure") as made:
        yield made
