"""What a process that serves answers beside the graph: is it alive, is it ready, what it measures, its schema."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from hub.app import create, not_ready
from hub.errors import StoreBusy
from hub.guard.keys import hash_of
from hub.settings import HttpSettings, KeySettings, Settings
from hub.store.roles import RoleUrls
from hub.wiring import Hub, open_hub
from resolvers.schema import sdl

SETTINGS = Settings(http=HttpSettings(max_body=2_000), keys={"rep": KeySettings(hash=hash_of("rep"), tenant="acme")})


@pytest.fixture
async def hub(database: RoleUrls) -> AsyncIterator[Hub]:
    """A hub without sources; nothing of it runs in the background."""
    async with open_hub(SETTINGS, database) as opened:
        yield opened


def asking(hub: Hub) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=create(hub)), base_url="http://hub")


async def test_a_process_whose_database_answers_is_alive_and_ready(hub: Hub) -> None:
    async with asking(hub) as http:
        assert (await http.get("/healthz")).text == "ok"
        ready = await http.get("/readyz")
        assert (ready.status_code, ready.json()) == (200, {"ready": True, "reasons": []})


async def test_one_that_lacks_something_is_alive_and_says_what_it_lacks(hub: Hub) -> None:
    async def away() -> None:
        message = "the database is a standby"
        raise StoreBusy(message)

    broken = replace(hub, checks={**hub.checks, "work": away})
    assert await not_ready(broken) == ["work: the database is a standby"]
    async with asking(broken) as http:
        assert (await http.get("/healthz")).status_code == 200
        answer = await http.get("/readyz")
        assert (answer.status_code, answer.json()) == (
            503, {"ready": False, "reasons": ["work: the database is a standby"]},
        )  # fmt: skip


async def test_measures_and_the_schema_are_there_for_machines(hub: Hub) -> None:
    async with asking(hub) as http:
        measures = await http.get("/metrics")
        assert measures.headers["content-type"].startswith("text/plain; version=")
        assert {"python_info", "opshub_store_up"} <= {
            line.split("{")[0].split(" ")[0] for line in measures.text.split("\n")
        }
        assert (await http.get("/schema.graphql")).text == sdl()


async def test_the_graph_answers_who_bears_a_key_within_the_limits_that_were_set(hub: Hub) -> None:
    async with asking(hub) as http:
        body, key = {"query": "{ __typename }"}, {"authorization": "Bearer rep"}
        assert (await http.post("/graphql", json=body)).status_code == 401
        assert (await http.post("/graphql", json=body, headers=key)).json() == {"data": {"__typename": "Query"}}
        large = {"query": "{ __typename }", "variables": {"x": "x" * 2_000}}
        assert (await http.post("/graphql", json=large, headers=key)).status_code == 413


async def test_deliveries_are_posted_to_a_name_that_is_known(hub: Hub) -> None:
    async with asking(hub) as http:
        assert (await http.post("/hooks/guess", content=b"{}")).status_code == 404
        assert (await http.get("/hooks/guess")).status_code == 405
        assert (await http.get("/elsewhere")).status_code == 404
