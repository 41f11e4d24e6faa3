"""uvicorn's socket with a short way out: a prepared text frame goes straight into the transport.

A server's text frame is its length and its text, so the same bytes serve every reader; that holds only without
compression, whose state differs from socket to socket: it is never offered.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from resolvers.endpoint.wire import EXTENSION

_TEXT = 0x81  # a whole message, text
_SHORT, _MEDIUM = 126, 1 << 16


def frame_head(size: int) -> bytes:
    """What stands before a text of *size* bytes."""
    if size < _SHORT:
        return bytes((_TEXT, size))
    if size < _MEDIUM:
        return struct.pack("!BBH", _TEXT, 126, size)
    return struct.pack("!BBQ", _TEXT, 127, size)


class DirectSocket(WebSocketsSansIOProtocol):
    """Give it to uvicorn as `ws`, with `ws_per_message_deflate=False` and `ws_ping_interval=None`: sessions ping."""

    def __init__(self, *args: Any, **given: Any) -> None:  # Any: uvicorn's own
        super().__init__(*args, **given)
        self.is_writable = True
        """Whether the reader keeps up."""
        self.on_writable: Callable[[], None] | None = None
        """Called when it reads again."""

    def write_text(self, parts: tuple[bytes, ...]) -> None:
        """Write one text frame; nothing once the socket is closing."""
        if not self.close_sent and not self.disconnected:
            self.transport.write(b"".join((frame_head(sum(map(len, parts))), *parts)))

    def abort_in(self, seconds: float) -> None:
        """Drop the connection then, whatever the reader has taken by then."""
        if not self.disconnected:
            self.loop.call_later(seconds, self.transport.abort)

    def handle_connect(self, event: Request) -> None:
        """Offer the short way out."""
        super().handle_connect(event)
        if self.response.status_code == 101:
            offered: dict[str, Any] = self.scope["extensions"]
            offered[EXTENSION] = self

    def send_receive_event_to_app(self) -> None:
        """A text that is no UTF-8 closes the socket, and is no fault of ours to be logged."""
        if self.curr_msg_data_type == "text" and not _is_utf8(self.frames):
            self.frames = []
            self.conn.send_close(1007)
            self.handle_parser_exception()
        else:
            super().send_receive_event_to_app()

    async def send(self, message: Any) -> None:  # Any: uvicorn's own
        """Send a message; what only the handshake needed is let go, for a socket lives for days."""
        await super().send(message)
        if message["type"] == "websocket.accept":
            del self.request, self.response

    def pause_writing(self) -> None:
        """The reader does not keep up."""
        self.is_writable = False
        super().pause_writing()

    def resume_writing(self) -> None:
        """The reader keeps up again."""
        self.is_writable = True
        super().resume_writing()
        if self.on_writable is not None:
            self.on_writable()


def _is_utf8(frames: Sequence[bytes]) -> bool:
    try:
        b"".join(frames).decode()
    except UnicodeDecodeError:
        return False
    return True
