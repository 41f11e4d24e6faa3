"""Broken requests by the thousand: each gets an answer that a client can read."""

from __future__ import annotations

import json
import random
from collections import Counter

from structlog.testing import capture_logs

from resolvers.endpoint.ports import Limits
from tests.resolvers.endpoint.drive import GRAPHQL_JSON, PLAIN_JSON, POST, STREAM, ask
from tests.resolvers.endpoint.mutate import mutated, mutated_documents
from tests.resolvers.endpoint.sample import World, app_of

REQUESTS: list[dict[str, object]] = [
    {"query": "{ hello }"},
    {"query": "query Q($name: String) { hello(name: $name) }", "variables": {"name": "you"}, "operationName": "Q"},
    {"query": "{ orders(first: 3) { number related { number parent { number } } } }"},
    {"query": "{ orders { ...F } } fragment F on Order { number a: number @skip(if: false) }", "extensions": {}},
    {"query": "mutation { bump(by: 2) }", "variables": None},
    {"query": "query A { truth } query B { who }", "operationName": "B"},
    {"query": '{ __type(name: "Order") { fields { name } } }'},
    {"query": 'query ($n: Int = 5) { orders(first: $n) { number } fails(how: "busy") }', "variables": {"n": 3}},
    {"query": '{ hello(name: """block "quoted" text""") }', "variables": {"a": [1, 2.5, {"b": [None, True]}]}},
]
SEEDS = [json.dumps(body).encode() for body in REQUESTS]


async def test_ten_thousand_mutated_bodies_get_a_typed_answer_and_no_5xx() -> None:
    app, _ = app_of(World(), Limits(execution=1))
    dice = random.Random(20261121)
    statuses: Counter[int] = Counter()
    with capture_logs() as lines:
        for body in (*mutated(SEEDS, 5_000, dice), *mutated_documents(REQUESTS, 5_000, dice)):
            reply = await ask(app, body, dice.choice((POST, PLAIN_JSON, GRAPHQL_JSON, STREAM)))
            statuses[reply.status] += 1
            if reply.headers["content-type"].startswith("text/event-stream"):
                assert reply.body.endswith(b"event: complete\ndata:\n\n")
            else:
                assert set(reply.json) <= {"data", "errors"}
    print(dict(statuses))
    assert statuses.total() == 10_000
    assert max(statuses) < 500
    assert [line for line in lines if line["event"] == "endpoint.failed"] == []


async def test_mutated_urls_get_a_typed_answer_and_no_5xx() -> None:
    app, _ = app_of(World(), Limits(execution=1))
    dice = random.Random(7)
    seeds = [b"query=%7Bhello%7D&variables=%7B%22a%22%3A1%7D&operationName=", b"query={hello}&extensions={}"]
    statuses: Counter[int] = Counter()
    for part in mutated(seeds, 1_000, dice):
        url = "/graphql?" + part.decode("latin-1").encode("ascii", "ignore").decode()
        statuses[(await ask(app, b"", POST, method="GET", url=url)).status] += 1
    assert statuses.total() == 1_000
    assert max(statuses) < 500


async def test_mutated_headers_get_a_typed_answer_and_no_5xx() -> None:
    app, _ = app_of(World(), Limits(execution=1))
    dice = random.Random(11)
    names = ["accept", "content-type", "x-correlation-id", "idempotency-key", "last-event-id", "content-length"]
    seeds = [b"application/json;q=0.5, text/event-stream", b"application/json; charset=utf-8", b"abcdefgh-0123", b"19"]
    for value in mutated(seeds, 1_000, dice):
        headers = {**POST, dice.choice(names): value.decode("latin-1")}
        reply = await ask(app, SEEDS[0], headers)
        assert reply.status < 500
