"""The socket door: origin and subprotocol, then a session, then a close frame that says why."""

from __future__ import annotations

import asyncio

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from hub.telemetry import logger
from resolvers.endpoint.frames import PROTOCOL, CloseSocketError
from resolvers.endpoint.open import OpenStreams
from resolvers.endpoint.origin import may_open_socket
from resolvers.endpoint.ports import Ports
from resolvers.endpoint.run import Runner
from resolvers.endpoint.session import Session

_log = logger(__name__)
_CLOSING = 2.0  # seconds a client has to take the close frame
_LEFT = 1000

_WENT_AWAY = (OSError, RuntimeError, WebSocketDisconnect)
"""What sending to a socket raises whose client has left."""


class SocketDoor:
    """An ASGI application for sockets at the path of the graph."""

    def __init__(self, ports: Ports, runner: Runner, open_streams: OpenStreams) -> None:
        self._ports = ports
        self._runner = runner
        self._open_streams = open_streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket: 403 to a foreign origin, 4406 to another subprotocol."""
        socket = WebSocket(scope, receive, send)
        headers = dict(socket.headers.items())
        if not may_open_socket(headers, scope.get("scheme", "ws"), self._ports.origins):
            await socket.close()
            return
        if PROTOCOL not in scope.get("subprotocols", ()):
            await socket.accept()
            await socket.close(4406, f"Subprotocol not acceptable; speak {PROTOCOL}")
            return
        await socket.accept(subprotocol=PROTOCOL)
        wire = _SocketWire(socket)
        ended = await self._served(wire, headers)
        if not wire.is_gone:
            await _closed(socket, ended)

    async def _served(self, wire: _SocketWire, headers: dict[str, str]) -> CloseSocketError:
        session = Session(wire, headers, ports=self._ports, runner=self._runner, open_streams=self._open_streams)
        try:
            return await session.run()
        except Exception as error:  # noqa: BLE001  the edge: the client gets 1011, the log the truth
            _log.error("endpoint.socket_failed", exc_info=error)
            return CloseSocketError(1011, "internal error")


class _SocketWire:
    """Starlette's socket as a session sees it."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self.is_gone = False

    async def receive(self) -> str | None:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            self.is_gone = True
            raise CloseSocketError(_LEFT, "the client has left")
        text: str | None = message.get("text")
        return text

    async def send(self, text: str) -> None:
        try:
            await self._socket.send_text(text)
        except _WENT_AWAY:  # between two awaits
            self.is_gone = True
            raise CloseSocketError(_LEFT, "the client has left") from None


async def _closed(socket: WebSocket, ended: CloseSocketError) -> None:
    try:
        async with asyncio.timeout(_CLOSING):
            await socket.close(ended.code, ended.reason)
    except (TimeoutError, *_WENT_AWAY):
        return
