"""What becomes of an engine that is not there, answers no, or asks who it is."""

from __future__ import annotations

import json

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.errors import SearchAway
from hub.search.client import Client
from hub.search.wire import SearchRefused
from hub.settings import SearchSettings, Secret
from sources.kit.serve import serving


async def answered(request: Request) -> Response:
    status = int(request.path_params["status"])
    body = (await request.body()).decode()
    said = {"auth": request.headers.get("authorization"), "type": request.headers["content-type"], "body": body}
    return JSONResponse(said if status < 300 else {"error": {"type": "some_exception"}, "status": status}, status)


APP = Starlette(routes=[Route("/{status}", answered, methods=["GET", "POST"])])


async def test_one_that_is_not_there_is_away() -> None:
    client = Client(SearchSettings(url="http://127.0.0.1:1"))
    with pytest.raises(SearchAway) as away:
        await client.ask("GET", "/")
    assert away.value.facts == {}
    await client.close()


async def test_answers_come_back_and_refusals_are_told_from_too_much_work() -> None:
    async with serving(APP) as url:
        client = Client(SearchSettings(url=url, user="hub", password=Secret("canary")))
        told = await client.ask("POST", "/200", {"a": 1})
        assert (told["auth"], told["type"]) == ("Basic aHViOmNhbmFyeQ==", "application/json")
        assert json.loads(told["body"]) == {"a": 1}
        assert (await client.ask("POST", "/200", b"{}\n"))["type"] == "application/x-ndjson"
        with pytest.raises(SearchRefused) as refused:
            await client.ask("GET", "/404")
        assert refused.value.status == 404
        for status in (429, 503):
            with pytest.raises(SearchAway) as away:
                await client.ask("GET", f"/{status}")
            assert away.value.facts == {"status": status}
        await client.close()
