"""A rehearsed warehouse and a raw client of it."""

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from hub.clock import SystemClock
from hub.ports import SourceCall
from hub.settings import Secret
from sources.kit.serve import serving
from sources.kit.stage import Stage
from sources.registry import stage
from sources.tryton_wms.rehearsal.stage import wms_stage
from sources.tryton_wms.rehearsal.stand import DATABASE, Stand, make_stand
from tests.sources.tryton_wms.made import Json

USER, PASSWORD = "hub", "hub-secret-1!"
CALL = SourceCall(tenant="t", source="wms", correlation_id="test-correlation", patience=10.0)


@dataclass(slots=True)
class House:
    """A rehearsed warehouse, entered by its web server."""

    stand: Stand
    http: httpx.AsyncClient
    headers: dict[str, str] = field(default_factory=dict)

    async def login(self, password: str = PASSWORD) -> httpx.Response:
        answer = await self.post({"id": 1, "method": "common.db.login", "params": [USER, {"password": password}]})
        if answer.status_code == 200:
            user, token = answer.json()["result"]
            session = base64.b64encode(f"{USER}:{user}:{token}".encode()).decode()
            self.headers = {"authorization": f"Session {session}"}
        return answer

    async def post(self, body: object, path: str = f"/{DATABASE}/") -> httpx.Response:
        return await self.http.post(path, content=json.dumps(body), headers=self.headers)

    async def said(self, method: str, *params: object, context: Json | None = None) -> Any:  # Any: JSON
        body = {"id": 1, "method": f"model.{method}", "params": [*params, context or {}]}
        return (await self.post(body)).json()

    async def ask(self, method: str, *params: object, context: Json | None = None) -> Any:  # Any: JSON
        return (await self.said(method, *params, context=context))["result"]


@pytest.fixture
def stand() -> Stand:
    made = make_stand(SystemClock(), user=USER, password=Secret(PASSWORD))
    made.scene.seed()
    return made


@pytest.fixture
async def house(stand: Stand) -> AsyncIterator[House]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(stand.app), base_url="http://wms") as http:
        made = House(stand, http)
        await made.login()
        yield made


@pytest.fixture(scope="module")
async def wms() -> AsyncIterator[Stage]:
    async with stage("tryton_wms") as made:
        yield made


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A rehearsed warehouse of one test alone, seen from both sides."""

    stand: Stand
    stage: Stage


@pytest.fixture
async def own(stand: Stand) -> AsyncIterator[Own]:
    async with (
        serving(stand.app) as url,
        wms_stage(url, database=DATABASE, user=USER, password=Secret(PASSWORD)) as made,
    ):
        yield Own(stand=stand, stage=made)
