"""One HTTP client: bounded, bound to one origin, and it says what an error means."""

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from hub.errors import HubError, OutcomeUnknown, SourceBusy, SourceGarbled, SourceMisset
from sources.kit.http import Origin, Request
from sources.kit.serve import serving

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
READ = Request(path="/api", body=b"{}", headers={"authorization": "Bearer t"}, patience=5.0)
EFFECT = replace(READ, has_effect=True)
PACKED = {"content-encoding": "gzip"}


class Standing:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


@asynccontextmanager
async def origin(response: Response, limit: int = 1000) -> AsyncIterator[tuple[Origin, list[Asked]]]:
    asked: list[Asked] = []

    async def answer(request: Asked) -> Response:
        asked.append(request)
        return response

    async with serving(Starlette(routes=[Route("/{rest:path}", answer, methods=["POST"])])) as url:
        made = Origin(url + "/", source="shop", clock=Standing(), body_limit=limit)
        try:
            yield made, asked
        finally:
            await made.close()


async def test_a_whole_answer_comes_back_with_the_sources_own_clock() -> None:
    response = JSONResponse({"a": 1}, headers={"date": "Sat, 21 Nov 2026 11:59:58 GMT", "X-Token": "t2"})
    async with origin(response) as (made, asked):
        answer = await made.post(READ)
    assert (answer.body, answer.headers["x-token"]) == (b'{"a":1}', "t2")
    assert answer.clock is not None
    assert asked[0].url.path == "/api"
    assert (asked[0].headers["authorization"], asked[0].headers["accept-encoding"]) == ("Bearer t", "identity")


async def test_an_answer_that_is_called_packed_and_is_not_is_read_as_it_is() -> None:
    async with origin(JSONResponse({"a": 1}, headers=PACKED)) as (made, _):
        assert (await made.post(READ)).body == b'{"a":1}'


@pytest.mark.parametrize(
    ("response", "read", "effect"),
    [
        (Response("", 500), SourceBusy, OutcomeUnknown),
        (Response("", 503), SourceBusy, OutcomeUnknown),
        (Response("", 429), SourceBusy, SourceBusy),
        (Response("", 401), SourceMisset, SourceMisset),
        (Response("", 404), SourceMisset, SourceMisset),
        (RedirectResponse("http://127.0.0.1:9/"), SourceMisset, SourceMisset),
        (Response("", 400), SourceGarbled, SourceGarbled),
        (Response("<html>", 200, media_type="text/html"), SourceGarbled, OutcomeUnknown),
        (Response("x" * 1001, 200, media_type="application/json"), SourceGarbled, OutcomeUnknown),
        (
            Response(gzip.compress(b"{}"), 200, headers=PACKED, media_type="application/json"),
            SourceGarbled,
            OutcomeUnknown,
        ),
    ],
)
async def test_each_answer_has_its_class_and_an_effect_is_never_a_failure_by_guess(
    response: Response, read: type[HubError], effect: type[HubError]
) -> None:
    async with origin(response) as (made, _):
        for request, right in ((READ, read), (EFFECT, effect)):
            with pytest.raises(HubError) as said:
                await made.post(request)
            assert type(said.value) is right
            assert said.value.facts["source"] == "shop"


async def test_an_effect_that_was_never_sent_is_busy_not_unknown() -> None:
    made = Origin("http://127.0.0.1:9", source="shop", clock=Standing())
    with pytest.raises(SourceBusy, match="cannot be reached"):
        await made.post(EFFECT)
    await made.close()


@pytest.mark.parametrize(
    ("header", "right"),
    [
        ("30", NOW + timedelta(seconds=30)),
        ("Sat, 21 Nov 2026 12:05:00 GMT", NOW + timedelta(minutes=5)),
        ("999999999", NOW + timedelta(hours=1)),
        ("Sat, 21 Nov 2099 12:05:00 GMT", NOW + timedelta(hours=1)),
        ("0", None),
        ("-1", None),
        ("soon", None),
        ("Sat, 21 Nov 2020 12:05:00 GMT", None),
        (None, None),
    ],
)
async def test_a_retry_instant_is_believed_within_an_hour(header: str | None, right: datetime | None) -> None:
    headers = {} if header is None else {"retry-after": header}
    async with origin(Response("", 429, headers=headers)) as (made, _):
        with pytest.raises(SourceBusy) as busy:
            await made.post(READ)
    assert (busy.value.retry_at, busy.value.throttled) == (right, True)


class Turnstile:
    def __init__(self) -> None:
        self.steps: list[str] = []

    async def admit(self, *, has_effect: bool) -> None:
        self.steps.append(f"admit {has_effect}")

    def written(self) -> None:
        self.steps.append("written")


async def test_the_turnstile_is_asked_before_and_told_after_each_request() -> None:
    turnstile = Turnstile()
    async with origin(JSONResponse({})) as (made, asked):
        await made.post(replace(EFFECT, turnstile=turnstile))
    assert (turnstile.steps, len(asked)) == (["admit True", "written"], 1)


class Closed(Turnstile):
    async def admit(self, *, has_effect: bool) -> None:
        message = f"not now, effect {has_effect}"
        raise SourceBusy(message)


async def test_a_closed_turnstile_lets_nothing_out() -> None:
    async with origin(JSONResponse({})) as (made, asked):
        with pytest.raises(SourceBusy, match="not now, effect True"):
            await made.post(replace(EFFECT, turnstile=Closed()))
    assert asked == []
