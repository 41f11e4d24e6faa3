"""An ASGI app inside this process."""

import signal

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from sources.kit.serve import serving


def app() -> Starlette:
    return Starlette(routes=[Route("/", lambda _: PlainTextResponse("here"))])


async def test_it_answers_on_a_port_of_its_own_and_leaves_the_processs_signals_alone() -> None:
    before = signal.getsignal(signal.SIGINT)
    async with serving(app()) as one, serving(app()) as other, httpx.AsyncClient() as client:
        assert one != other
        assert (await client.get(one)).text == "here"
        assert signal.getsignal(signal.SIGINT) is before


async def test_it_is_gone_after_the_block() -> None:
    async with serving(app()) as url:
        pass
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(url)
