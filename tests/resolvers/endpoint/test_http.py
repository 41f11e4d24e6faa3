from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import quote

import pytest
from starlette.types import ASGIApp
from structlog.testing import capture_logs

from hub.call import Call
from hub.errors import StoreBusy
from resolvers.endpoint.ports import Admission, Limits
from tests.resolvers.endpoint.bombs import bombs
from tests.resolvers.endpoint.drive import GRAPHQL_JSON, KEY, PLAIN_JSON, POST, STREAM, Reply, ask, query
from tests.resolvers.endpoint.sample import CANARY, RAISED, World, app_of


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def app(world: World) -> ASGIApp:
    return app_of(world)[0]


async def _get(app: ASGIApp, text: str, headers: Mapping[str, str] = KEY, extra: str = "") -> Reply:
    return await ask(app, b"", headers, method="GET", url=f"/graphql?query={quote(text)}{extra}")


async def test_a_query_is_answered_in_the_media_type_asked_for(app: ASGIApp) -> None:
    for headers, media in (
        (POST, "application/json"),
        (PLAIN_JSON, "application/json"),
        (GRAPHQL_JSON, "application/graphql-response+json"),
    ):
        reply = await query(app, "{ hello }", headers)
        assert (reply.status, reply.body) == (200, b'{"data":{"hello":"hello world"}}')
        assert reply.headers["content-type"] == f"{media}; charset=utf-8"
        assert reply.headers["cache-control"] == "no-store"


async def test_a_query_by_get_has_its_variables_in_the_url(app: ASGIApp) -> None:
    variables = quote('{"name":"you"}')
    reply = await _get(app, "query ($name: String!) { hello(name: $name) }", extra=f"&variables={variables}")
    assert reply.json == {"data": {"hello": "hello you"}}


async def test_a_mutation_by_get_is_refused_and_does_nothing(app: ASGIApp, world: World) -> None:
    reply = await _get(app, "mutation { bump }")
    assert (reply.status, reply.headers["allow"], world.ran) == (405, "POST", [])


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get"])
async def test_other_methods_are_refused_and_told_which_are_taken(app: ASGIApp, method: str) -> None:
    reply = await ask(app, b"", POST, method=method)
    assert (reply.status, reply.headers["allow"]) == (405, "GET, POST")


async def test_without_a_known_key_nothing_is_read(app: ASGIApp) -> None:
    for headers in (
        {},
        {"authorization": "Bearer nobody"},
        {"authorization": "good-key "},
        {"authorization": "Basic x"},
    ):
        reply = await ask(app, b"no json", {**headers, "content-type": "application/json"})
        assert (reply.status, reply.codes) == (401, ["UNAUTHENTICATED"])
        assert reply.headers["www-authenticate"] == "Bearer"


async def test_a_key_without_any_right_is_forbidden(app: ASGIApp) -> None:
    reply = await query(app, "{ hello }", {**POST, "authorization": "Bearer old-key"})
    assert (reply.status, reply.codes) == (403, ["FORBIDDEN"])


async def test_while_keys_cannot_be_looked_up_the_caller_is_asked_to_come_back(world: World) -> None:
    async def away(_: Mapping[str, str]) -> Admission:
        raise StoreBusy(CANARY)

    reply = await query(app_of(world, authenticate=away)[0], "{ hello }")
    assert (reply.status, reply.codes, reply.headers["retry-after"]) == (503, ["SHUTTING_DOWN"], "1")
    assert CANARY.encode() not in reply.body


async def test_a_media_type_that_is_not_offered_is_refused(app: ASGIApp) -> None:
    reply = await query(app, "{ hello }", {**POST, "accept": "application/xml"})
    assert (reply.status, "text/event-stream" in reply.json["errors"][0]["message"]) == (406, True)


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "application/graphql"},
        {"content-type": ""},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ],
)
async def test_a_body_that_is_not_declared_as_plain_json_is_refused(app: ASGIApp, headers: dict[str, str]) -> None:
    reply = await ask(app, b'{"query":"{hello}"}', {**KEY, **headers})
    assert (reply.status, reply.headers["accept-post"]) == (415, "application/json")


async def test_only_shapes_that_a_browser_asks_for_first_run_anything(world: World) -> None:
    """The matrix of threat S13, against a hub that lets everyone in."""

    async def anyone(_: Mapping[str, str]) -> Admission:
        return Admission(call=Call(actor="anyone", tenant="acme", correlation_id="c"))

    app, _ = app_of(world, authenticate=anyone)
    types = ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
    marks: list[dict[str, str]] = [{}, {"x-hub-csrf": "1"}, {"apollo-require-preflight": "1"}, {"cookie": "a=b"}]
    ran = []
    for mark in marks:
        for kind in types:
            reply = await ask(app, b'{"query":"{hello}"}', {**mark, "content-type": kind})
            assert reply.status in (200, 403, 415)
            ran += [("POST", kind, *mark)] if reply.status == 200 else []
        reply = await _get(app, "{ hello }", mark)
        assert reply.status in (200, 403)
        ran += [("GET", *mark)] if reply.status == 200 else []
        assert (await _get(app, "mutation { bump }", mark)).status in (403, 405)
    assert ran == [
        ("POST", "application/json"),
        ("POST", "application/json", "x-hub-csrf"),
        ("GET", "x-hub-csrf"),
        ("POST", "application/json", "apollo-require-preflight"),
        ("GET", "apollo-require-preflight"),
        ("POST", "application/json", "cookie"),
    ]
    assert world.ran == []


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
        ("query ($n: String!) { hello(name: $n) }", "BAD_USER_INPUT"),
        ("query A { hello } query B { hello }", "OPERATION_RESOLUTION_FAILURE"),
    ],
)
async def test_request_errors_have_the_status_that_the_audit_asks_for(app: ASGIApp, document: str, code: str) -> None:
    for headers, status in ((GRAPHQL_JSON, 400), (PLAIN_JSON, 200), (POST, 400)):
        reply = await query(app, document, headers)
        assert (reply.status, reply.codes) == (status, [code])
        assert "data" not in reply.json
    streamed = await query(app, document, STREAM)
    assert streamed.status == 200
    assert streamed.body.startswith(b'event: next\ndata: {"errors":')
    assert streamed.body.endswith(b"\n\nevent: complete\ndata:\n\n")


async def test_a_limit_is_a_4xx_whatever_the_caller_accepts(app: ASGIApp) -> None:
    for headers in (POST, PLAIN_JSON, GRAPHQL_JSON, STREAM):
        reply = await query(app, "{ " + "hello " * 2_000 + "}", headers)
        assert (reply.status, reply.codes) == (400, ["COST_LIMIT_EXCEEDED"])


async def test_every_bomb_is_refused_with_a_4xx(app: ASGIApp, world: World) -> None:
    corpus = bombs()
    assert len(corpus) >= 60
    replies = {bomb.name: (await ask(app, bomb.body)).status for bomb in corpus}
    assert {name: status for name, status in replies.items() if not 400 <= status < 500} == {}
    assert world.contexts == []


async def test_errors_of_resolvers_are_typed_and_the_rest_of_the_answer_stands(app: ASGIApp) -> None:
    reply = await query(app, '{ hello  busy: fails(how: "busy") }', {**POST, "x-correlation-id": "abcdefgh-1"})
    assert reply.status == 200
    assert reply.json == {
        "data": {"hello": "hello world", "busy": None},
        "errors": [
            {
                "message": "the ERP is busy",
                "path": ["busy"],
                "locations": [{"line": 1, "column": 10}],
                "extensions": {
                    "code": "SOURCE_UNAVAILABLE",
                    "retryable": True,
                    "source": "erp-main",
                    "correlationId": "abcdefgh-1",
                },
            }
        ],
    }


async def test_candidates_of_an_ambiguous_identifier_reach_the_caller(app: ASGIApp) -> None:
    extensions = (await query(app, '{ fails(how: "ambiguous") }')).json["errors"][0]["extensions"]
    assert (extensions["code"], extensions["candidates"]) == ("AMBIGUOUS_IDENTIFIER", ["a", "b"])


async def test_internals_never_reach_a_caller(app: ASGIApp) -> None:
    with capture_logs():
        for how in RAISED:
            reply = await query(app, f'{{ fails(how: "{how}") }}')
            assert CANARY.encode() not in reply.body, how


async def test_a_fault_is_logged_once_with_the_correlation_id_that_the_caller_got(app: ASGIApp) -> None:
    for document in ('{ fails(how: "bug") }', '{ fails(how: "fault") }', "{ broken }"):
        with capture_logs() as lines:
            reply = await query(app, document, GRAPHQL_JSON)
        assert [line["event"] for line in lines] == ["endpoint.failed"]
        error = reply.json["errors"][0]
        assert (reply.status, error["message"], error["extensions"]["code"]) == (200, "internal error", "INTERNAL")
        assert lines[0]["correlation_id"] == error["extensions"]["correlationId"]
        assert lines[0]["exc_info"] is not None


async def test_errors_that_the_caller_can_mend_are_not_logged_as_faults(app: ASGIApp) -> None:
    with capture_logs() as lines:
        await query(app, '{ a: fails(how: "busy") b: fails(how: "denied") nope }')
        await query(app, '{ a: fails(how: "busy") b: fails(how: "denied") }')
    assert lines == []


async def test_an_argument_that_cannot_be_read_while_running_is_the_callers(app: ASGIApp) -> None:
    reply = await query(app, "query ($n: String) { hello(name: $n) }", variables={"n": None})
    assert (reply.status, reply.codes) == (200, ["BAD_USER_INPUT"])


async def test_names_that_nearly_exist_are_not_suggested(app: ASGIApp) -> None:
    for document in ("{ hell }", "{ hello(nam: 1) }", "{ orders { nummer } }", "{ ... on Orde { a } }"):
        reply = await query(app, document)
        assert (reply.status, b"Did you mean" in reply.body) == (400, False)


async def test_a_correlation_id_is_taken_over_or_replaced(app: ASGIApp) -> None:
    taken = await query(app, "{ who }", {**POST, "x-correlation-id": "order-4711_a"})
    assert taken.json["data"]["who"] == "rep order-4711_a True"
    assert taken.headers["x-correlation-id"] == "order-4711_a"
    for offered in ("short", "x" * 65, "line\x0bbreak-", "a b c d e f", "<script>alert", "ünïcode-id"):
        reply = await query(app, "{ who }", {**POST, "x-correlation-id": offered})
        made = reply.headers["x-correlation-id"]
        assert made != offered
        assert reply.json["data"]["who"] == f"rep {made} True"
        assert len(made) == 32


async def test_a_callers_trace_is_its_correlation_id_where_it_offers_no_other(app: ASGIApp) -> None:
    parent = f"00-{'a1' * 16}-{'b2' * 8}-01"
    taken = await query(app, "{ who }", {**POST, "traceparent": parent})
    assert taken.headers["x-correlation-id"] == "a1" * 16
    both = await query(app, "{ who }", {**POST, "traceparent": parent, "x-correlation-id": "order-4711_a"})
    assert both.headers["x-correlation-id"] == "order-4711_a"
    for offered in ("", "00", parent.upper(), f"{parent}-x", f"00-{'0' * 32}-{'b2' * 8}-01", "x" * 4_000):
        reply = await query(app, "{ who }", {**POST, "traceparent": offered})
        assert reply.status == 200
        assert reply.headers["x-correlation-id"] != "a1" * 16


async def test_each_operation_gets_a_context_of_its_own(app: ASGIApp, world: World) -> None:
    await query(app, "{ truth }")
    await query(app, "mutation { bump }")
    assert (await query(app, "{ truth }")).json == {"data": {"truth": 1}}
    assert len({id(context) for context in world.contexts}) == 3


async def test_an_operation_that_does_not_end_is_given_up(world: World) -> None:
    app, _ = app_of(world, Limits(execution=0.02))
    reply = await query(app, "{ slow }")
    assert (reply.status, reply.json["data"], reply.codes) == (200, None, ["COST_LIMIT_EXCEEDED"])
    assert reply.json["errors"][0]["extensions"]["retryable"] is True


async def test_an_answer_over_the_cap_is_replaced_by_an_error(world: World) -> None:
    app, _ = app_of(world, Limits(response=1_000))
    assert len((await query(app, "{ huge(size: 900) }")).body) < 1_000
    reply = await query(app, "{ huge(size: 1000) }")
    assert (reply.status, reply.json["data"], reply.codes) == (200, None, ["COST_LIMIT_EXCEEDED"])


async def test_a_body_over_the_cap_is_refused_however_it_arrives(app: ASGIApp) -> None:
    body = b'{"query":"{hello}"}' + b" " * 262_144
    for chunks in (body, [body[:7], body[7:]], [b" " * 64] * 4_097):
        reply = await ask(app, chunks, {**POST, "content-length": "19"})
        assert (reply.status, reply.codes) == (413, ["COST_LIMIT_EXCEEDED"])


async def test_a_body_that_does_not_arrive_is_given_up(world: World) -> None:
    app, _ = app_of(world, Limits(reading=0.02))
    reply = await ask(app, [])
    assert reply.status == 408


async def test_an_idempotency_key_goes_with_the_one_mutation(app: ASGIApp, world: World) -> None:
    reply = await query(app, "mutation { bump(by: 2) }", {**POST, "idempotency-key": "k-1"})
    assert (reply.json["data"]["bump"], world.ran) == (2, ["bump 2 k-1"])
    for document, key in (("mutation { a: bump b: bump }", "k-2"), ("mutation { bump }", "k" * 256)):
        reply = await query(app, document, {**POST, "idempotency-key": key})
        assert (reply.status, reply.codes) == (400, ["BAD_USER_INPUT"])
    assert world.truth == 2
    assert (await query(app, "{ truth }", {**POST, "idempotency-key": "k-3"})).status == 200


async def test_introspection_may_need_a_scope(world: World) -> None:
    closed, _ = app_of(world, introspection_scope="schema:read")
    for document in (
        "{ __schema { types { name } } }",
        '{ ...F } fragment F on Query { __type(name: "Order") { name } }',
    ):
        reply = await query(closed, document)
        assert (reply.status, reply.codes) == (403, ["FORBIDDEN"])
        assert (await query(app_of(world, introspection_scope="orders:read")[0], document)).status == 200
    assert (await query(closed, "{ __typename }")).status == 200


async def test_a_subscription_without_a_stream_is_told_which_transports_there_are(app: ASGIApp) -> None:
    reply = await query(app, "subscription { count { value } }")
    assert reply.status == 406
    assert "text/event-stream" in reply.json["errors"][0]["message"]
    assert "graphql-transport-ws" in reply.json["errors"][0]["message"]


async def test_what_was_served_is_told_without_the_document(app: ASGIApp, world: World) -> None:
    await query(app, 'query Named { fails(how: "busy") }')
    (served,) = world.served
    assert (served.asked.transport, served.asked.kind, served.asked.name) == ("http", "query", "Named")
    assert (served.call.actor, served.codes, served.events) == ("rep", ("SOURCE_UNAVAILABLE",), 0)


async def test_a_fault_of_the_edge_itself_is_masked_and_logged(world: World) -> None:
    async def faulty(_: Mapping[str, str]) -> Admission:
        raise RuntimeError(CANARY)

    with capture_logs() as lines:
        reply = await query(app_of(world, authenticate=faulty)[0], "{ hello }")
    assert (reply.status, reply.codes, CANARY.encode() in reply.body) == (500, ["INTERNAL"], False)
    assert [line["event"] for line in lines] == ["endpoint.failed"]


async def test_answers_do_not_wait_for_each_other(app: ASGIApp) -> None:
    slow = asyncio.ensure_future(query(app, "{ slow(seconds: 30) }"))
    assert (await query(app, "{ hello }")).status == 200
    assert not slow.done()
    slow.cancel()
