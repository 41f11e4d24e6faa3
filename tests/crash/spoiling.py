"""How a recorder's answer goes wrong after its system has done its part."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from typing import Any

from tests.crash.asgi import Message, Scope, Send, answer
from tests.crash.plan import SourceFault, Trouble

RETRY_AFTER = 1  # seconds at least


def alone_for(fault: SourceFault) -> int:
    """Seconds for which a source that throttles wants to be left alone: whole ones, as the header says them."""
    return max(RETRY_AFTER, round(fault.seconds))


@dataclass(slots=True)
class Answered:
    """What a system said."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""


async def captured(app: Any, scope: Scope, body: bytes) -> Answered:  # Any: ASGI
    """Let *app* answer a request whose body was read already."""
    answered = Answered()

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answered.status, answered.headers = message["status"], list(message["headers"])
        else:
            answered.body += message.get("body", b"")

    await app(scope, receive, send)
    return answered


async def spoilt(send: Send, trouble: Trouble | None, done: Answered) -> None:
    """Send the answer, or what is left of it."""
    headers = {name.decode(): value.decode() for name, value in done.headers if name != b"content-length"}
    if trouble is Trouble.ERROR_AFTER:
        await answer(send, 500, b"Internal Server Error", {"content-type": "text/html"})
    elif trouble is Trouble.HTML:
        await answer(send, 200, b"<!doctype html><title>Bad gateway</title>", {"content-type": "text/html"})
    elif trouble is Trouble.HALF:
        await answer(send, 200, done.body[: len(done.body) // 2], {"content-type": "application/json"})
    elif trouble is Trouble.LOST:  # promised and never sent: the server cuts the connection
        length = [(b"content-length", str(len(done.body) + 1).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": length})
    else:
        await answer(send, done.status, done.body, headers)


async def busy(send: Send) -> None:
    """Nothing was done."""
    await answer(send, 503, b"upstream is down", {"content-type": "text/plain"})


async def throttled(send: Send, seconds: float) -> None:
    """Nothing was done, and nothing shall be asked for so long."""
    await answer(send, 429, b"", {"retry-after": str(max(1, ceil(seconds)))})
