"""Thousands of subscribers in one process: raw sockets, one selector, frames counted without decoding them."""

from __future__ import annotations

import json
import os
import re
import selectors
import socket
import time
from array import array
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection

VERSION = re.compile(rb'"version":(\d+),"occurredAt"')
CURSOR = re.compile(rb'"cursor":"([^"]+)"')
_HELLO = (
    "GET /graphql HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
_SHORT, _MEDIUM = 126, 127
PING, PONG = b"a ping of the WebSocket protocol", b"\x8a\x80\0\0\0\0"
"""What stands for such a frame, and the answer."""
_BATCH = 200  # sockets that shake hands at a time


def framed(text: str) -> bytes:
    """A client's text frame; the mask is zero, which leaves the text as it is."""
    body = text.encode()
    size = bytes((0x80 | len(body),)) if len(body) < _SHORT else bytes((0xFE,)) + len(body).to_bytes(2, "big")
    return b"\x81" + size + b"\0\0\0\0" + body


def messages(data: bytearray) -> list[bytes]:
    """Whole frames' payloads, taken off *data*."""
    found, at = [], 0
    while len(data) - at >= 2:
        size, head = data[at + 1] & 0x7F, 2
        if size == _SHORT:
            size, head = int.from_bytes(data[at + 2 : at + 4], "big"), 4
        elif size == _MEDIUM:
            size, head = int.from_bytes(data[at + 2 : at + 10], "big"), 10
        if len(data) - at < head + size:
            break
        payload = bytes(data[at + head : at + head + size])
        found.append(PING if data[at] == 0x89 else payload)
        at += head + size
    del data[:at]
    return found


class Subscriber:
    """One socket."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.rest = bytearray()
        self.last: bytes | None = None
        """The newest event."""
        self.cursors: list[str] = []
        """Of every event that came, where they are kept."""

    def say(self, text: str) -> None:
        """Send one message."""
        self.socket.sendall(framed(text))

    def until(self, end: bytes) -> None:
        """Read until *end* has come."""
        while end not in self.rest:
            read = self.socket.recv(65536)
            assert read, "the server closed the socket"
            self.rest += read
        del self.rest[: self.rest.index(end) + len(end)]


class Swarm:
    """The subscribers of one server."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self.members: list[Subscriber] = []
        self.taken: dict[int, array[float]] = {}
        """When each event came, by its version, once for each subscriber."""
        self.keeps_cursors = False

    def open(self, port: int, keys: Sequence[str], document: str, variables: Sequence[dict[str, object]]) -> None:
        """One subscriber for each key, each with its own variables; as many at a time as a batch has."""
        for first in range(0, len(keys), _BATCH):
            batch = [Subscriber(port) for _ in keys[first : first + _BATCH]]
            for one in batch:
                one.socket.sendall(_HELLO.format(host=f"127.0.0.1:{port}").encode())
            for one, key in zip(batch, keys[first:], strict=False):
                one.until(b"\r\n\r\n")
                one.say(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {key}"}}))
            for number, one in enumerate(batch, first):
                one.until(b'"connection_ack"}')
                payload = {"query": document, "variables": variables[number]}
                one.say(json.dumps({"id": f"0b6a2b0c-{number:08x}", "type": "subscribe", "payload": payload}))
                one.socket.setblocking(False)  # noqa: FBT003  its only argument
                self._selector.register(one.socket, selectors.EVENT_READ, one)
            self.members += batch
            self._turn(0)

    def heard(self, versions: Sequence[int]) -> dict[int, array[float]]:
        """When each of these events came, once every subscriber has had all of them."""
        count = len(self.members)
        self.read(lambda: all(len(self.taken.get(one, ())) >= count for one in versions))
        return {version: self.taken.pop(version, array("d")) for version in versions}

    def read(self, until: Callable[[], bool], patience: float = 60.0) -> None:
        """Take what comes until it is so, or nothing has come for a while."""
        heard = time.monotonic()
        while not until() and time.monotonic() - heard < patience:
            if self._turn(0.05):
                heard = time.monotonic()

    def _turn(self, patience: float) -> bool:
        """Take what is there; whether there was anything."""
        ready = self._selector.select(patience)
        for key, _ in ready:
            self._take(key.data)
        return bool(ready)

    def _take(self, one: Subscriber) -> None:
        try:
            read = one.socket.recv(262144)
        except BlockingIOError:
            return
        assert read, f"the server closed a socket: {one.last!r} {bytes(one.rest)!r}"
        now = time.perf_counter()
        one.rest += read
        for message in messages(one.rest):
            if message == b'{"type":"ping"}':
                one.say('{"type":"pong"}')
                continue
            if message == PING:
                one.socket.sendall(PONG)
                continue
            found = VERSION.search(message)
            if not message.startswith(b"{"):
                one.last = message  # a close frame: code and reason
            if found is None:
                assert b'"errors"' not in message, message[:500]
                continue
            one.last = message
            if self.keeps_cursors and (cursor := CURSOR.search(message)):
                one.cursors.append(cursor[1].decode())
            self.taken.setdefault(int(found[1]), array("d")).append(now)

    def close(self) -> None:
        """Leave."""
        for one in self.members:
            self._selector.unregister(one.socket)
            one.socket.close()
        self.members.clear()
        self.taken.clear()


def swarm(core: int, told: Connection) -> None:
    """The process: does what it is told, one (order, arguments) after the other, until told to end."""
    os.sched_setaffinity(0, {core})
    crowd = Swarm()
    while True:
        order, given = told.recv()
        if order == "open":
            began = time.perf_counter()
            crowd.keeps_cursors = given.get("keeps_cursors", False)
            crowd.open(given["port"], given["keys"], given["document"], given["variables"])
            told.send((began, time.perf_counter() - began))
        elif order == "read":
            told.send(crowd.heard(given["versions"]))
        elif order == "cursors":
            told.send([one.cursors for one in crowd.members])
        elif order == "size":
            told.send(max((len(one.last or b"") for one in crowd.members), default=0))
        elif order == "close":
            crowd.close()
            told.send(None)
