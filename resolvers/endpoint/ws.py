"""The socket door: origin and subprotocol, then a session, then a close frame that says why."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from hub.telemetry import logger
from resolvers.endpoint.frames import PROTOCOL, CloseSocketError
from resolvers.endpoint.origin import may_open_socket
from resolvers.endpoint.session import Session, Shared
from resolvers.endpoint.wire import LEFT, WENT_AWAY, AsgiWire, DirectWire, wire_of

_log = logger(__name__)
_CLOSING = 2.0  # seconds a client has to take the close frame


class SocketDoor:
    """An ASGI application for sockets at the path of the graph."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket: 403 to a foreign origin, 4406 to another subprotocol."""
        headers = dict(Headers(scope=scope).items())
        if not may_open_socket(headers, scope.get("scheme", "ws"), self._shared.ports.origins):
            await receive()
            await send({"type": "websocket.close", "code": LEFT, "reason": ""})
            return
        await receive()
        if PROTOCOL not in scope.get("subprotocols", ()):
            await send({"type": "websocket.accept"})
            await send(
                {"type": "websocket.close", "code": 4406, "reason": f"Subprotocol not acceptable; speak {PROTOCOL}"}
            )
            return
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        wire = wire_of(scope, receive, send)
        session = Session(wire, headers, self._shared)
        del headers  # a socket lives for days
        scope["headers"] = []
        ended = await self._served(session)
        if not wire.is_gone:
            await _closed(wire, send, ended)

    async def _served(self, session: Session) -> CloseSocketError:
        try:
            return await session.run()
        except Exception as error:  # noqa: BLE001  the edge: the client gets 1011, the log the truth
            _log.error("endpoint.socket_failed", exc_info=error)
            return CloseSocketError(1011, "internal error")


async def _closed(wire: DirectWire | AsgiWire, send: Send, ended: CloseSocketError) -> None:
    """Say why, and do not wait for a reader that does not read."""
    try:
        async with asyncio.timeout(_CLOSING):
            await wire.finish()
            await send({"type": "websocket.close", "code": ended.code, "reason": ended.reason})
    except (TimeoutError, *WENT_AWAY):
        wire.abandon(0)
    else:
        wire.abandon(_CLOSING)
