"""Broken frames and requests by the thousand, beside subscribers who must not notice: `-m tests.flows.broken [N]`.

Half are frames on sockets, half requests for event streams; documents, members, bytes and cursors are broken. Each must
end in a 44xx close, an `error` or a 4xx, or do what a good one does; nothing may be logged with a traceback; and a
subscriber on a socket and one on a stream hear every change that happens meanwhile, in order and once.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from structlog.testing import capture_logs
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from hub.call import worker_call
from hub.store.cluster import Cluster
from tests.kit.caller import PROTOCOL, Heard
from tests.kit.changes import make_change, put_outbox
from tests.kit.hub import Running, running_hub
from tests.kit.pg import running_cluster
from tests.resolvers.endpoint.mutate import mutated

FEED = """subscription Q($after: String, $initial: Boolean, $id: ID) {
  orderChanged(after: $after, includeInitial: $initial, filter: {id: {eq: $id}}) {
    cursor kind event version orderId order { number status } } }"""
WATCH = "subscription Q($ids: [ID!]!, $after: String) { operationChanged(ids: $ids, after: $after) { cursor kind } }"
HEALTHY = "subscription { orderChanged(includeInitial: true) { cursor kind version orderId } }"
ALLOWED = ("close 44", "error", "lives", "4")
AT_ONCE = 8
PATIENCE = 0.1  # seconds in which a stream that was refused would have said so
MARK = 1_000_000  # versions of the changes that happen meanwhile begin here


@dataclass
class Storm:
    """What is sent, and what became of it."""

    running: Running
    dice: random.Random
    cursor: str
    order: str
    ends: Counter[str] = field(default_factory=Counter)

    def requests(self) -> list[dict[str, Any]]:
        """Good subscriptions of every sort."""
        given = {"after": self.cursor, "initial": True, "id": None}
        inline = f'subscription {{ orderChanged(after: "{self.cursor}") {{ cursor kind order {{ number }} }} }}'
        return [
            {"query": FEED, "variables": given, "operationName": "Q"},
            {"query": FEED, "variables": {"id": "T3JkZXI6MQ", "after": None}},
            {"query": WATCH, "variables": {"ids": ["T3BlcmF0aW9uOjE"], "after": self.cursor}},
            {"query": inline, "extensions": {"correlationId": "abcdefgh"}},
        ]

    def frames(self, count: int) -> Iterator[str]:
        """Broken messages of a socket."""
        key = {"Authorization": "Bearer clerk"}
        messages: list[dict[str, object]] = [
            {"type": "connection_init", "payload": key},
            {"type": "ping"},
            {"type": "pong", "payload": {}},
            {"id": "0", "type": "complete"},
        ]
        messages += [
            {"id": str(number), "type": "subscribe", "payload": request}
            for number, request in enumerate(self.requests())
        ]
        return (one.decode("utf-8", "replace") for one in self._broken(messages, count))

    def bodies(self, count: int) -> Iterator[bytes]:
        """Broken requests."""
        return self._broken(self.requests(), count)

    def _broken(self, messages: Sequence[dict[str, Any]], count: int) -> Iterator[bytes]:
        """Every other one breaks the bytes; the rest break a document, a value or a cursor and stay JSON."""
        seeds = [json.dumps(one).encode() for one in messages]
        for number in range(count):
            if number % 2:
                yield next(mutated(seeds, 1, self.dice))
            else:
                yield self._bent(self.dice.choice(messages))

    def _bent(self, message: dict[str, Any]) -> bytes:
        bent = json.loads(json.dumps(message))
        request = bent.get("payload") if isinstance(bent.get("payload"), dict) else bent
        part = self.dice.choice(("query", "variables", "member"))
        if part == "query" and "query" in request:
            request["query"] = self._bad(request["query"])
        elif part == "variables" and request.get("variables"):
            name = self.dice.choice(sorted(request["variables"]))
            wrong: tuple[object, ...] = (self._bad(self.cursor), 7, [], {"a": 1}, "", "x" * 3000, None)
            request["variables"][name] = self.dice.choice(wrong)
        else:
            bent[self.dice.choice(sorted(bent))] = self.dice.choice((None, 5, [], "x", {"query": []}, True))
        return json.dumps(bent).encode()

    def _bad(self, text: str) -> str:
        return next(mutated([text.encode()], 1, self.dice)).decode("utf-8", "replace")

    async def sockets(self, frames: list[str]) -> None:
        """Send frames, on a new socket after each that closes one."""
        url = self.running.url.replace("http", "ws", 1) + "/graphql"
        while frames:
            async with connect(url, subprotocols=[PROTOCOL], proxy=None, close_timeout=1, max_size=None) as socket:
                try:
                    await socket.send('{"type":"connection_init","payload":{"Authorization":"Bearer clerk"}}')
                    await self._talk(socket, frames)
                except ConnectionClosed as closed:
                    self.ends[f"close {closed.rcvd.code if closed.rcvd else 1006}"] += 1

    async def _talk(self, socket: ClientConnection, frames: list[str]) -> None:
        while frames:
            await socket.send(frames.pop())
            await socket.send('{"type":"ping"}')
            heard = ""
            while heard != "pong":
                heard = json.loads(await socket.recv())["type"]
                self.ends["error"] += heard == "error"
            self.ends["lives"] += 1

    async def streams(self, bodies: list[bytes]) -> None:
        """Ask for streams; one that is opened is left again."""
        async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
            while bodies:
                headers = {
                    "authorization": "Bearer neighbour",
                    "content-type": "application/json",
                    "accept": "text/event-stream",
                }
                if self.dice.random() < 0.5:
                    tried = self._bad(self.cursor).encode("ascii", "ignore").decode()
                    headers["last-event-id"] = "".join(one for one in tried if one.isprintable()).strip()
                asking = http.stream("POST", f"{self.running.url}/graphql", content=bodies.pop(), headers=headers)
                async with asking as answer:
                    self.ends[await _end_of(answer)] += 1

    async def happen(self, changes: int) -> None:
        """Change an order so often, over the time that the storm takes or longer."""
        for version in range(MARK, MARK + changes):
            async with self.running.store.shard(worker_call("acme")) as tx:
                await put_outbox(tx, make_change(entity_id=self.order, root_id=self.order, version=version))
            await asyncio.sleep(0.02)


async def _end_of(answer: httpx.Response) -> str:
    if answer.status_code != httpx.codes.OK:
        return str(answer.status_code)
    said = ""
    try:
        async with asyncio.timeout(PATIENCE):
            async for text in answer.aiter_text():
                said += text
    except TimeoutError:
        return "lives"
    return "error" if '"errors"' in said else "lives"


async def storm(running: Running, count: int, seed: int = 20261121) -> Counter[str]:
    """Send *count* broken frames and requests. Raises AssertionError where anybody but their senders notices."""
    rows = await running.rows("select id from entity where tenant = 'acme' and kind = 'ORDER' order by id limit 1")
    changes = max(50, count // 20)
    async with running.rep.ws(HEALTHY) as socket, running.rep.sse(HEALTHY) as stream:
        for heard in (socket, stream):
            await heard.started()
        blowing = Storm(running, random.Random(seed), socket.cursor, rows[0].id)
        frames, bodies = list(blowing.frames(count // 2)), list(blowing.bodies(count - count // 2))
        await asyncio.gather(
            blowing.happen(changes),
            *(blowing.sockets(frames) for _ in range(AT_ONCE)),
            *(blowing.streams(bodies) for _ in range(AT_ONCE)),
        )
        for heard in (socket, stream):
            await heard.until(lambda heard: bool(told(heard)) and told(heard)[-1] == MARK + changes - 1)
            assert told(heard) == list(range(MARK, MARK + changes))
            assert heard.errors == []
    strange = [end for end in blowing.ends if not end.startswith(ALLOWED)]
    assert strange == [], blowing.ends
    return blowing.ends


def told(heard: Heard) -> list[int]:
    """Versions of the changes that were made meanwhile."""
    return [one["version"] for one in heard.changes if one["version"] >= MARK]


class _Tracebacks(logging.Handler):
    """Keeps what is logged with a traceback."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self.found.append(record.getMessage())


async def _shown(cluster: Cluster, count: int) -> int:
    tracebacks = _Tracebacks()
    logging.getLogger().addHandler(tracebacks)
    with capture_logs() as lines:
        async with running_hub(cluster, orders=20) as running:
            ends = await storm(running, count)
    found = tracebacks.found + [str(line) for line in lines if line.get("exc_info")]
    print(f"{count} broken frames and requests: {dict(ends.most_common())}")
    print(f"{len(found)} tracebacks; two subscribers heard every change meanwhile, in order and once")
    return 1 if found else 0


def main() -> int:
    """0 if nothing was logged with a traceback."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with running_cluster() as cluster:
        return asyncio.run(_shown(cluster, count))


if __name__ == "__main__":
    sys.exit(main())
