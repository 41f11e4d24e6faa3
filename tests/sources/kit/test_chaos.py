"""The proxy does exactly what its orders say."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sources.kit.chaos import Chaos, Order, Trouble
from sources.kit.serve import serving
from tests.kit.wait import until

SEEN: list[bytes] = []


async def echo(request: Request) -> Response:
    SEEN.append(await request.body())
    return JSONResponse({"said": (await request.body()).decode()}, headers={"x-own": "1"})


@pytest.fixture
async def proxy() -> AsyncIterator[Chaos]:
    SEEN.clear()
    async with serving(Starlette(routes=[Route("/api", echo, methods=["POST"])])) as url, Chaos(url).standing() as made:
        yield made


async def post(proxy: Chaos, body: bytes = b"hello", patience: float = 60.0) -> httpx.Response:
    async with httpx.AsyncClient(timeout=httpx.Timeout(60.0, read=patience)) as client:
        return await client.post(f"{proxy.url}/api", content=body)


async def test_without_orders_nothing_is_changed_and_everything_is_noted(proxy: Chaos) -> None:
    answer = await post(proxy)
    assert (answer.status_code, answer.json(), answer.headers["x-own"]) == (200, {"said": "hello"}, "1")
    assert [(one.body, one.status) for one in proxy.exchanges] == [(b"hello", 200)]


@pytest.mark.parametrize(("trouble", "reached"), [(Trouble.CUT, []), (Trouble.LOSE, [b"hello"])])
async def test_a_connection_is_closed_before_or_after_the_source_had_the_request(
    proxy: Chaos, trouble: Trouble, reached: list[bytes]
) -> None:
    order = proxy.order(Order(trouble=trouble))
    with pytest.raises(httpx.RemoteProtocolError):
        await post(proxy)
    assert (SEEN, order.met) == (reached, 1)
    assert (await post(proxy)).status_code == 200


async def test_a_failure_is_answered_without_asking_the_source(proxy: Chaos) -> None:
    proxy.order(Order(trouble=Trouble.FAIL, status=429, headers={"retry-after": "7"}))
    answer = await post(proxy)
    assert (answer.status_code, answer.headers["retry-after"], SEEN) == (429, "7", [])


async def test_only_requests_that_fit_are_met_and_the_first_ones_may_be_let_through(proxy: Chaos) -> None:
    proxy.order(Order(trouble=Trouble.FAIL, status=500, holding=b"effect", skip=1))
    statuses = [(await post(proxy, body)).status_code for body in (b"read", b"effect 1", b"effect 2", b"effect 3")]
    assert statuses == [200, 200, 500, 200]


async def test_an_answer_is_spoilt_after_the_source_gave_it(proxy: Chaos) -> None:
    proxy.order(
        Order(trouble=Trouble.SPOIL, status=502, change=lambda body: body[:5], headers={"content-type": "text/html"})
    )
    answer = await post(proxy)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (502, b'{"sai', "text/html")
    assert SEEN == [b"hello"]


async def test_hanging_and_slow_outlast_the_callers_patience(proxy: Chaos) -> None:
    for trouble, reached in ((Trouble.HANG, 0), (Trouble.SLOW, 1)):
        SEEN.clear()
        proxy.order(Order(trouble=trouble, seconds=30))
        with pytest.raises(httpx.ReadTimeout):
            await post(proxy, patience=0.2)
        await until(lambda reached=reached: len(SEEN) == reached)  # type: ignore[misc]  # bound early


async def test_healing_and_forgetting_begin_anew(proxy: Chaos) -> None:
    proxy.order(Order(trouble=Trouble.FAIL, times=100, status=500))
    proxy.heal()
    assert (await post(proxy)).status_code == 200
    proxy.forget()
    assert proxy.exchanges == []
