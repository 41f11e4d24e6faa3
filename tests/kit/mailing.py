"""A mail server of this process: takes, refuses, or falls silent after it has taken; keeps what came in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import Message


class Postbox:
    """Speaks as much SMTP as a letter needs."""

    def __init__(self) -> None:
        self.letters: list[Message] = []
        self.recipient = b"250 ok"
        """What RCPT is answered."""
        self.verdict: bytes | None = b"250 taken"
        """What the end of DATA is answered; None: the line is cut, though the letter was taken."""

    async def speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One conversation."""
        try:
            await self._said(writer, b"220 here")
            while line := await reader.readline():
                word = line[:4].upper()
                if word == b"DATA":
                    await self._said(writer, b"354 go on")
                    content = await reader.readuntil(b"\r\n.\r\n")
                    if self.verdict is None or self.verdict.startswith(b"250"):
                        self.letters.append(message_from_bytes(content))
                    if self.verdict is None:
                        return
                    await self._said(writer, self.verdict)
                else:
                    await self._said(writer, self.recipient if word == b"RCPT" else b"250 ok")
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    @staticmethod
    async def _said(writer: asyncio.StreamWriter, line: bytes) -> None:
        writer.write(line + b"\r\n")
        await writer.drain()


@asynccontextmanager
async def delivering(postbox: Postbox) -> AsyncIterator[int]:
    """The port of *postbox* while the block runs."""
    server = await asyncio.start_server(postbox.speak, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
