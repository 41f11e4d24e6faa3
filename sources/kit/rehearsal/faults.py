"""Scripted trouble in front of a rehearsed system, for the demo and the flow tests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import Response

HANG_SECONDS = 600.0


class Trouble(StrEnum):
    """What may go wrong."""

    REFUSE = "refuse"
    """Answer 503 at once, as a gateway before a dead server does."""
    HANG = "hang"
    """Take the request and never answer."""
    SLOW = "slow"
    """Answer after `seconds`."""
    ERROR = "error"
    """Answer 500 without doing anything."""
    THROTTLE = "throttle"
    """Answer 429 with `retry_after`."""
    DROP = "drop"
    """Do it, then answer 502: the answer is lost."""
    TRUNCATE = "truncate"
    """Do it, then answer half of the JSON."""
    HTML = "html"
    """Do it, then answer a page for people."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One trouble for requests whose first line or body holds `holding`, `times` times or until healed."""

    trouble: Trouble
    holding: str = ""
    times: int | None = None
    seconds: float = 2.0
    retry_after: str | None = "2"


class Faults:
    """The troubles that are on now."""

    def __init__(self) -> None:
        self._on: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Let *fault* happen from now on."""
        self._on.append(fault)

    def heal(self) -> None:
        """All is well again."""
        self._on.clear()

    async def around(self, request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        """The answer, as far as the troubles let it through."""
        first = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
        fault = self._meets(first + await request.body())
        if fault is None:
            return await answer(request)
        instead = await _before(fault)
        return instead if instead is not None else _after(fault, await answer(request))

    def _meets(self, said: bytes) -> Fault | None:
        for fault in self._on:
            if fault.holding.encode() in said and fault.times != 0:
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None


async def _before(fault: Fault) -> Response | None:
    match fault.trouble:
        case Trouble.REFUSE:
            return Response("upstream is down", 503, media_type="text/plain")
        case Trouble.ERROR:
            return Response("Internal Server Error", 500, media_type="text/html")
        case Trouble.THROTTLE:
            headers = {} if fault.retry_after is None else {"retry-after": fault.retry_after}
            return Response("", 429, headers=headers)
        case Trouble.HANG:
            await asyncio.sleep(HANG_SECONDS)
            return Response("", 504)
        case Trouble.SLOW:
            await asyncio.sleep(fault.seconds)
    return None


def _after(fault: Fault, response: Response) -> Response:
    if fault.trouble is Trouble.DROP:
        return Response("", 502)
    if fault.trouble is Trouble.TRUNCATE:
        body = bytes(response.body)
        return Response(body[: len(body) // 2], 200, media_type="application/json")
    if fault.trouble is Trouble.HTML:
        return Response("<!doctype html><title>Bad gateway</title>", 200, media_type="text/html")
    return response
