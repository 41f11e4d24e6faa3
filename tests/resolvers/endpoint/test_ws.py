from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from resolvers.endpoint.edge import Endpoint
from resolvers.endpoint.ports import Limits
from tests.kit.wait import until
from tests.resolvers.endpoint.drive import live
from tests.resolvers.endpoint.mutate import FRAMES, mutated
from tests.resolvers.endpoint.sample import CANARY, World, app_of
from tests.resolvers.endpoint.test_origin import FOREIGN

INIT = {"type": "connection_init", "payload": {"Authorization": "Bearer good-key"}}
PROTOCOL = Subprotocol("graphql-transport-ws")


def _subscribe(query: str, name: str = "1", **members: object) -> dict[str, object]:
    return {"id": name, "type": "subscribe", "payload": {"query": query, **members}}


class Client:
    """A socket that speaks JSON."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, message: object) -> None:
        await self.connection.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def hear(self) -> Any:
        return json.loads(await self.connection.recv())

    async def begin(self) -> Client:
        await self.say(INIT)
        assert await self.hear() == {"type": "connection_ack"}
        return self

    async def all_of(self, query: str, name: str = "1", **members: object) -> list[Any]:
        """Every message of one operation."""
        await self.say(_subscribe(query, name, **members))
        heard = [await self.hear()]
        while heard[-1]["type"] == "next":
            heard.append(await self.hear())
        assert {message["id"] for message in heard} == {name}
        return heard

    async def closed(self) -> tuple[int, str]:
        """Code and reason, once the server has closed; what it said before is skipped."""
        while True:
            try:
                await self.connection.recv()
            except ConnectionClosed as closed:
                return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (1006, "")


@asynccontextmanager
async def _hub(
    world: World | None = None, limits: Limits | None = None, **given: Any
) -> AsyncIterator[tuple[str, Endpoint]]:
    app, endpoint = app_of(world or World(), limits, **given)
    async with live(app) as host:
        yield host, endpoint


@asynccontextmanager
async def _client(host: str, **given: Any) -> AsyncIterator[Client]:
    given = {
        "subprotocols": [PROTOCOL],
        "compression": None,
        "ping_interval": None,
        "close_timeout": 1,
        "max_size": None,
        **given,
    }
    async with connect(f"ws://{host}/graphql", **given) as connection:
        yield Client(connection)


async def test_queries_mutations_and_subscriptions_share_a_socket() -> None:
    async with _hub() as (host, _), _client(host) as client:
        await client.begin()
        assert client.connection.subprotocol == PROTOCOL
        assert await client.all_of("{ hello }") == [
            {"id": "1", "type": "next", "payload": {"data": {"hello": "hello world"}}},
            {"id": "1", "type": "complete"},
        ]
        assert (await client.all_of("mutation { bump }"))[0]["payload"] == {"data": {"bump": 1}}
        events = await client.all_of("subscription ($n: Int!) { count(to: $n) { cursor } }", "s", variables={"n": 3})
        assert [event["payload"]["data"]["count"]["cursor"] for event in events[:-1]] == ["1", "2", "3"]
        assert events[-1] == {"id": "s", "type": "complete"}


async def test_events_and_later_queries_are_read_through_fresh_contexts() -> None:
    """Fault F8: with the context of the socket the events told 1, 1, 1, and so did the query after them."""
    world = World()
    async with _hub(world) as (host, _), _client(host) as client:
        await client.begin()
        events = await client.all_of("subscription { count { value truth } }")
        assert [event["payload"]["data"]["count"]["truth"] for event in events[:-1]] == [1, 2, 3]
        world.truth = 4
        assert (await client.all_of("{ truth }"))[0]["payload"]["data"] == {"truth": 4}


async def test_request_errors_end_the_operation_and_not_the_socket() -> None:
    async with _hub() as (host, _), _client(host) as client:
        await client.begin()
        for query, code in (
            ("{", "GRAPHQL_PARSE_FAILED"),
            ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ " + "hello " * 2_000 + "}", "COST_LIMIT_EXCEEDED"),
            ("query ($n: String!) { hello(name: $n) }", "BAD_USER_INPUT"),
            ('subscription { count(after: "expired") { value } }', "CURSOR_EXPIRED"),
        ):
            (heard,) = await client.all_of(query)
            assert (heard["type"], heard["payload"][0]["extensions"]["code"]) == ("error", code)
        for payload in ({"query": 5}, {}, {"query": "{hello}", "variables": 7}, {"query": "{hello}", "extensions": []}):
            await client.say({"id": "p", "type": "subscribe", "payload": payload})
            assert (await client.hear())["type"] == "error"
        assert (await client.all_of("{ hello }"))[-1]["type"] == "complete"


async def test_a_source_that_breaks_ends_its_operation_with_a_masked_error() -> None:
    with capture_logs() as lines:
        async with _hub() as (host, _), _client(host) as client:
            await client.begin()
            event, error = await client.all_of("subscription { breaks { value } }")
            assert event["payload"]["data"] == {"breaks": {"value": 1}}
            assert (error["type"], error["payload"][0]["message"]) == ("error", "internal error")
            assert CANARY not in json.dumps(error)
    assert [line["event"] for line in lines] == ["endpoint.failed"]
    assert lines[0]["correlation_id"] == error["payload"][0]["extensions"]["correlationId"]


async def test_a_client_may_name_the_correlation_id_of_an_operation() -> None:
    async with _hub() as (host, _), _client(host) as client:
        await client.begin()
        heard = await client.all_of("{ who }", extensions={"correlationId": "order-4711"})
        assert heard[0]["payload"]["data"]["who"] == "rep order-4711 True"


async def test_complete_stops_a_subscription_and_its_name_is_free_again() -> None:
    world = World()
    async with _hub(world) as (host, _), _client(host) as client:
        await client.begin()
        await client.say(_subscribe("subscription { silence { value } }"))
        await until(lambda: world.open_feeds == 1)
        await client.say({"id": "1", "type": "complete"})
        await until(lambda: world.open_feeds == 0)
        assert (await client.all_of("{ hello }"))[-1] == {"id": "1", "type": "complete"}
        await client.say({"id": "never-was", "type": "complete"})
        assert (await client.all_of("{ hello }"))[-1]["type"] == "complete"


async def test_feeds_are_closed_when_the_client_vanishes() -> None:
    world = World()
    async with _hub(world) as (host, endpoint):
        async with _client(host) as client:
            await client.begin()
            await client.say(_subscribe("subscription { silence { value } }"))
            await until(lambda: world.open_feeds == 1)
            assert endpoint.open_streams == 1
            client.connection.transport.abort()
        await until(lambda: (world.open_feeds, endpoint.open_streams) == (0, 0))
        assert [(served.asked.transport, served.asked.kind) for served in world.served] == [("ws", "subscription")]


async def test_a_foreign_page_is_turned_away_before_the_handshake() -> None:
    async with _hub() as (host, _):
        for origin in [*FOREIGN[:3], "http://127.0.0.1:1", "http://localhost", f"https://{host}"]:
            with pytest.raises(InvalidStatus) as refused:
                async with _client(host, origin=Origin(origin)):
                    pass
            assert refused.value.response.status_code == 403


async def test_our_own_page_and_allowed_ones_are_let_in() -> None:
    async with _hub(origins=frozenset({"https://portal.example"})) as (host, _):
        for origin in (f"http://{host}", "https://portal.example"):
            async with _client(host, origin=Origin(origin)) as client:
                await client.begin()


async def test_only_graphql_transport_ws_is_spoken() -> None:
    async with _hub() as (host, _):
        for offered in (None, ["graphql-ws"], ["chat"]):
            async with _client(host, subprotocols=offered) as client:
                assert (await client.closed())[0] == 4406


async def test_a_credential_that_is_not_let_in_closes_the_socket() -> None:
    async with _hub() as (host, _):
        for key, code in (("nobody", 4401), ("old-key", 4403)):
            async with _client(host) as client:
                payload = {"headers": {"authorization": f"Bearer {key}"}}
                await client.say({"type": "connection_init", "payload": payload})
                assert (await client.closed())[0] == code


async def test_a_program_may_bring_its_credential_in_the_handshake() -> None:
    async with _hub() as (host, _), _client(host, additional_headers={"Authorization": "Bearer good-key"}) as client:
        await client.say({"type": "connection_init"})
        assert await client.hear() == {"type": "connection_ack"}


async def test_nothing_runs_before_the_caller_is_let_in() -> None:
    async with _hub() as (host, _), _client(host) as client:
        await client.say(_subscribe("{ hello }"))
        assert await client.closed() == (4401, "Unauthorized")


async def test_a_second_init_closes_the_socket() -> None:
    async with _hub() as (host, _), _client(host) as client:
        await client.begin()
        await client.say(INIT)
        assert await client.closed() == (4429, "Too many initialisation requests")


async def test_a_name_in_use_closes_the_socket() -> None:
    async with _hub() as (host, _), _client(host) as client:
        await client.begin()
        for _ in range(2):
            await client.say(_subscribe("subscription { silence { value } }", "same"))
        assert await client.closed() == (4409, "Subscriber for same already exists")


async def test_a_socket_that_says_nothing_is_closed() -> None:
    async with _hub(limits=Limits(init_wait=0.02)) as (host, _), _client(host) as client:
        assert await client.closed() == (4408, "Connection initialisation timeout")


async def test_the_server_pings_and_closes_on_silence() -> None:
    async with _hub(limits=Limits(ping=0.8)) as (host, _), _client(host) as client:  # a busy machine may pause so long
        await client.begin()
        assert await client.hear() == {"type": "ping"}
        await client.say({"type": "pong"})
        assert await client.hear() == {"type": "ping"}
        assert await client.closed() == (4408, "no pong")


async def test_a_ping_is_answered() -> None:
    async with _hub() as (host, _), _client(host) as client:
        await client.say({"type": "ping", "payload": {"a": 1}})
        assert await client.hear() == {"type": "pong"}


async def test_one_operation_too_many_is_refused_and_the_others_go_on() -> None:
    world = World()
    async with _hub(world, Limits(subscriptions=3)) as (host, _), _client(host) as client:
        await client.begin()
        for n in range(3):
            await client.say(_subscribe("subscription { silence { value } }", f"s{n}"))
        (heard,) = await client.all_of("{ hello }", "extra")
        assert (heard["type"], heard["payload"][0]["extensions"]["code"]) == ("error", "THROTTLED")
        await until(lambda: world.open_feeds == 3)
        await client.say({"id": "s1", "type": "complete"})
        assert (await client.all_of("{ hello }", "extra"))[-1]["type"] == "complete"


async def test_one_socket_too_many_for_a_credential_is_closed() -> None:
    async with _hub(limits=Limits(streams=1)) as (host, _), _client(host) as first, _client(host) as second:
        await first.begin()
        await second.say(INIT)
        assert (await second.closed())[0] == 4429
        assert (await first.all_of("{ hello }"))[-1]["type"] == "complete"


MALFORMED: list[str | bytes] = [
    b"binary",
    "",
    "null",
    "[]",
    "7",
    '"x"',
    "{}",
    "{",
    '{"type":5}',
    '{"type":"start"}',
    '{"type":"connection_init","payload":"x"}',
    '{"type":"connection_init","payload":[]}',
    '{"type":"ping","payload":7}',
    '{"type":"subscribe"}',
    '{"type":"subscribe","id":"1"}',
    '{"type":"subscribe","id":[],"payload":{"query":"{a}"}}',
    '{"type":"subscribe","id":"","payload":{"query":"{a}"}}',
    '{"type":"subscribe","id":"1","payload":"x"}',
    '{"type":"complete"}',
    '{"type":"complete","id":7}',
    '{"type":"ping","type":"pong"}',
    "[" * 50_000,
    '{"type":"ping","payload":{"a":"' + "x" * 65_536 + '"}}',
    '{"id":"' + "x" * 129 + '","type":"complete"}',
    '{"type":"ping","payload":{"a":NaN}}',
]


async def test_a_malformed_frame_closes_the_socket_with_4400() -> None:
    with capture_logs() as lines:
        async with _hub() as (host, _):
            for frame in MALFORMED:
                async with _client(host) as client:
                    await client.say(frame)
                    code, reason = await client.closed()
                assert (code, bool(reason)) == (4400, True), frame
    assert lines == []


async def test_a_reader_that_stops_reading_is_let_go_with_the_reason() -> None:
    world = World()
    limits = Limits(patience=0.1, queued_messages=8)
    async with _hub(world, limits) as (host, endpoint), _client(host, max_queue=1) as client:
        await client.begin()
        await client.say(_subscribe("subscription { count(to: 100000) { cursor padding(size: 100000) } }"))
        await until(lambda: endpoint.open_streams == 0)
        assert world.open_feeds == 0
        code, reason = await client.closed()
        assert (code, reason.split(":")[0]) == (4008, "SUBSCRIPTION_LAGGED")


async def test_a_burst_reaches_a_reader_that_keeps_reading() -> None:
    async with _hub(limits=Limits(queued_messages=8)) as (host, _), _client(host) as client:
        await client.begin()
        events = await client.all_of("subscription { count(to: 3000) { value } }")
        assert [event["payload"]["data"]["count"]["value"] for event in events[:-1]] == list(range(1, 3_001))


async def test_a_socket_is_closed_when_its_key_ends() -> None:
    world = World(admitted_until=datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=1))
    async with _hub(world) as (host, _), _client(host) as client:
        await client.say(INIT)
        assert await client.closed() == (4403, "SUBSCRIPTION_AUTH_EXPIRED")


async def test_a_revoked_key_gets_no_further_event_and_no_further_operation() -> None:
    world = World()
    async with _hub(world) as (host, _), _client(host) as client:
        await client.begin()
        await client.say(_subscribe("subscription { count(to: 1000, gap: 0.001) { value } }"))
        assert (await client.hear())["type"] == "next"
        world.revoked.add("rep")
        heard = await client.hear()
        while heard["type"] == "next":
            heard = await client.hear()
        assert heard["payload"][0]["extensions"]["code"] == "SUBSCRIPTION_AUTH_EXPIRED"
        await client.say(_subscribe("{ hello }"))
        assert (await client.closed())[0] == 4403


async def test_sockets_are_asked_to_come_back_when_the_hub_leaves() -> None:
    world = World()
    async with _hub(world) as (host, endpoint), _client(host) as client:
        await client.begin()
        await client.say(_subscribe("subscription { silence { value } }"))
        await until(lambda: world.open_feeds == 1)
        assert await endpoint.drain() == 0
        code, reason = await client.closed()
        assert (code, reason.split(":")[0], world.open_feeds) == (1012, "SHUTTING_DOWN", 0)


async def test_mutated_frames_over_a_real_socket_end_in_a_typed_error_or_a_close_code() -> None:
    """Each starts where a good client would be; a ping behind it shows whether the socket lives."""
    dice = random.Random(20261121)
    ends: Counter[str] = Counter()
    with capture_logs() as lines:
        async with _hub(limits=Limits(execution=1, init_wait=30)) as (host, _):
            frames = list(mutated(FRAMES, 250, dice))
            while frames:
                async with _client(host) as client:
                    await client.begin()
                    await _talk(client, frames, ends)
    print(dict(ends))
    assert ends.total() >= 250
    assert {end for end in ends if end.startswith("close")} <= {"close 4400", "close 4409", "close 4429"}
    assert lines == []


async def _talk(client: Client, frames: list[bytes], ends: Counter[str]) -> None:
    """Send frames until one closes the socket."""
    while frames:
        try:
            await client.connection.send(frames.pop().decode("utf-8", "replace"))
            await client.say({"type": "ping"})
            heard = await client.hear()
            while heard["type"] != "pong":
                heard = await client.hear()
                ends[heard["type"]] += 1
            ends["lives"] += 1
        except ConnectionClosed as closed:
            ends[f"close {closed.rcvd.code if closed.rcvd else 1006}"] += 1
            return


async def test_a_client_that_leaves_while_it_is_written_to_is_no_fault() -> None:
    world = World()
    scope = {
        "type": "websocket",
        "path": "/graphql",
        "headers": [],
        "subprotocols": [PROTOCOL],
        "scheme": "ws",
        "query_string": b"",
    }
    frames = iter([{"type": "websocket.connect"}, {"type": "websocket.receive", "text": json.dumps(INIT)}])
    waiting = asyncio.Event()

    async def receive() -> Any:
        frame = next(frames, None)
        if frame is None:
            await waiting.wait()
        return frame

    async def send(message: Any) -> None:
        if message["type"] == "websocket.send":
            raise OSError

    with capture_logs() as logs:
        await app_of(world)[0](scope, receive, send)
    assert [log["event"] for log in logs if log["log_level"] == "error"] == []
