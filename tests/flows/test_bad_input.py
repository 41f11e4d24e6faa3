"""Bad input at every edge: a clear typed answer, nothing lost, no 5xx, no traceback."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from structlog.testing import capture_logs

from sources.kit.rehearsal.faults import Trouble
from tests.flows.broken import storm
from tests.kit.caller import Json
from tests.kit.hub import Running, Shop, hook_of
from tests.kit.letters import letter, send, signature
from tests.kit.surface import document
from tests.kit.wait import until_so
from tests.resolvers.endpoint.mutate import mutated

ORDER = """query Look($code: String!) {
  order(by: {identifier: $code}) {
    number status statusText systems { source rawStatus message } exceptionCases { code title }
    shipments { status } } }"""
CANCEL = """mutation Try($input: OrderCancelInput!) {
  orderCancel(input: $input) { dryRun userErrors { code message } operation { id } lines { lineNo requested } } }"""
READING = "HubOrders("
DOUBTED = "its last answers differ or cannot be read: being read again"
MISSED = """query Missed($code: String!) {
  search(text: $code) { gaps { source } } exceptionCases { nodes { code title } } }"""
AT_ONCE = 8


@pytest.fixture
def tracebacks(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """What was logged with a traceback while the test ran: nothing."""
    found: list[str] = []
    with capture_logs() as lines:
        yield found
    found += [str(line) for line in lines if line.get("exc_info")]
    found += [record.getMessage() for record in caplog.records if record.exc_info]
    assert found == []


async def look(running: Running, code: str) -> Json:
    """An order as the rep sees it."""
    found: Json = (await running.rep.data(ORDER, code=code))["order"]
    return found


async def post(running: Running, body: bytes, **headers: str) -> httpx.Response:
    """Raw bytes at the graph, under the rep's key."""
    said = {"authorization": "Bearer rep", "content-type": "application/json", **headers}
    return await running.rep.http.post(f"{running.url}/graphql", content=body, headers=said)


async def test_without_a_key_nothing_is_answered(running: Running) -> None:
    query = json.dumps({"query": "{ viewer { actor } }"}).encode()
    for authorization in ("", "Bearer", "Bearer nobody", "Basic cmVwOg=="):
        answer = await post(running, query, authorization=authorization)
        assert answer.status_code == 401
        assert [one["extensions"]["code"] for one in answer.json()["errors"]] == ["UNAUTHENTICATED"]
        assert "data" not in answer.json() or answer.json()["data"] is None


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"query"', b'{"query": 1}', b'{"query": "{"}', b"\xff\xfe", b'{"query": "{viewer{actor}}'],
    ids=["empty", "open", "batch", "string", "number", "document", "bytes", "half"],
)
async def test_a_malformed_body_is_a_bad_request(running: Running, body: bytes) -> None:
    answer = await post(running, body, accept="application/graphql-response+json")
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] in {"BAD_USER_INPUT", "GRAPHQL_PARSE_FAILED"}


async def test_what_nobody_knows_is_null_and_what_is_someone_elses_is_the_same(running: Running, shop: Shop) -> None:
    foreign = await running.other.place(1)
    seen = await running.seen(foreign, by=running.stranger)
    own = await running.seen(shop.some("PaymentSettled"))
    for code in ("NOBODY-KNOWS", foreign.code, foreign.payments[0].transaction):
        assert await running.rep.data(ORDER, code=code) == {"order": None}
        assert (await running.rep.data(document("Find"), text=code))["search"]["hits"] == []
    by_id = "query($id: ID!) { node(id: $id) { id } order(by: {id: $id}) { number } trace(by: {id: $id}) { state } }"
    nothing = {"node": None, "order": None, "trace": None}
    assert await running.rep.data(by_id, id=seen["id"]) == nothing
    assert await running.stranger.data(by_id, id=own["id"]) == nothing
    cancel = {"order": {"id": seen["id"]}, "reason": "CUSTOMER"}
    said = await running.rep.ask(CANCEL, headers={"idempotency-key": "somebody-elses"}, input=cancel)
    assert [one["code"] for one in said.data["orderCancel"]["userErrors"]] == ["NOT_FOUND"]
    assert foreign.state == "PaymentSettled"


async def test_an_id_that_is_none_of_ours_is_said_to_be(running: Running) -> None:
    for wrong in ("", "zzz", "MTpPcmRlcg", "\x00", "' or 1=1 --"):
        answer = await running.rep.ask("query($id: ID!) { order(by: {id: $id}) { number } }", id=wrong)
        assert (answer.status, answer.codes) in ((200, ["BAD_USER_INPUT"]), (400, ["BAD_USER_INPUT"])), wrong


async def test_a_page_too_large_is_refused(running: Running) -> None:
    for size in (101, 10_000_000, -1):
        answer = await running.rep.ask(f"{{ orders(first: {size}) {{ nodes {{ number }} }} }}")
        assert answer.status in (200, 400)
        assert set(answer.codes) <= {"BAD_USER_INPUT", "COST_LIMIT_EXCEEDED"}
        assert len(answer.codes) == 1


async def test_a_delivery_that_is_not_the_shops_is_refused_and_kept_nowhere(running: Running, shop: Shop) -> None:
    body = letter(shop.some("PaymentSettled"))
    ((before,),) = await running.rows("select count(*) from inbox")
    signed = signature(body)["x-vendure-signature"]
    assert await send(running.url, body, {}) == 401
    assert await send(running.url, body, {"x-vendure-signature": "sha256=00"}) == 401
    assert await send(running.url, body + b" ", {"x-vendure-signature": signed}) == 401
    assert await send(running.url, body, source="nobody") == 404
    assert await send(running.url, b"x" * (1024 * 1024 + 1)) == 413
    assert await send(running.url, b"not json") == 400
    assert await running.rows("select count(*) from inbox") == [(before,)]


async def test_a_status_that_nobody_mapped_is_unknown_with_a_case(running: Running, deaf: Shop) -> None:
    order = await deaf.place(2)
    order.state = "Teleported"
    assert await send(running.url, letter(order)) == 202
    await running.seen(order)
    shown = await look(running, order.code)
    assert (shown["status"], shown["systems"][0]["rawStatus"]) == ("UNKNOWN", "Teleported")
    assert shown["statusText"] == "In a state that the hub does not know."
    assert [one["code"] for one in shown["exceptionCases"]] == ["STATUS_UNMAPPED"]
    order.state = "PaymentSettled"
    assert await send(running.url, letter(order)) == 202

    async def is_well() -> bool:
        return (await look(running, order.code))["status"] == "ALLOCATED"  # type: ignore[no-any-return]  # JSON

    await until_so(is_well)
    assert (await look(running, order.code))["exceptionCases"] == []


async def test_an_order_that_cannot_be_read_is_said_to_be_missing_until_it_can(running: Running, deaf: Shop) -> None:
    order = await deaf.place(2)
    (payment,) = order.payments
    paid, payment.updated = payment.updated, payment.updated.replace(tzinfo=None)
    await running.sweep()

    async def is_said() -> bool:
        found = await running.rep.data(MISSED, code=order.code)
        (case,) = found["exceptionCases"]["nodes"] or [None]
        gaps = [one["source"] for one in found["search"]["gaps"]]
        return case is not None and case["code"] == "SCHEMA_DRIFT" and gaps == ["shop"]

    await until_so(is_said)
    (source,) = (await running.rep.data("{ sources { state stateText } }"))["sources"]
    assert source["state"] == "DEGRADED"
    assert re.match(
        rf"Cannot be read: ORDER {order.id}: .*without an offset.*: correct it there, or the", source["stateText"]
    )
    payment.updated = paid
    await running.do("update hint set due_at = clock_timestamp()")
    await running.seen(order)

    async def is_well() -> bool:
        found = await running.rep.data(MISSED, code=order.code)
        return (found["exceptionCases"]["nodes"], found["search"]["gaps"]) == ([], [])

    await until_so(is_well)


@pytest.mark.parametrize("trouble", [Trouble.HTML, Trouble.TRUNCATE])
async def test_an_answer_that_cannot_be_read_leaves_what_is_known_and_is_said(
    running: Running, deaf: Shop, trouble: Trouble
) -> None:
    order = await deaf.place(2)
    assert await send(running.url, letter(order)) == 202
    await running.seen(order)
    before = await look(running, order.code)
    deaf.suffer(trouble, holding=READING)
    await deaf.hands.ship(str(order.id))
    assert await send(running.url, letter(order)) == 202

    async def is_said() -> bool:
        (source,) = (await running.rep.data("{ sources { lastError } }"))["sources"]
        return source["lastError"] is not None

    await until_so(is_said)
    shown = await look(running, order.code)
    assert shown["systems"][0].pop("message") in (None, DOUBTED)
    assert before["systems"][0].pop("message") is None
    assert shown == before
    deaf.heal()
    await running.do("update hint set due_at = clock_timestamp()")

    async def is_read() -> bool:
        return (await look(running, order.code))["status"] == "SHIPPED"  # type: ignore[no-any-return]  # JSON

    await until_so(is_read)


async def all_of(running: Running, path: str, requests: list[tuple[bytes, dict[str, str]]]) -> Counter[int]:
    """How many answers of each status a list of (body, headers) brings, some at a time."""
    statuses: Counter[int] = Counter()
    waiting = iter(requests)
    where = urlsplit(running.url)

    async def work() -> None:
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        for body, headers in waiting:
            sent = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            head = f"POST {path} HTTP/1.1\r\nhost: {where.netloc}\r\ncontent-length: {len(body)}\r\n{sent}\r\n"
            writer.write(head.encode() + body)
            said = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            (length,) = re.findall(r"content-length: (\d+)", said)
            assert set(json.loads(await reader.readexactly(int(length)))) <= {"data", "errors", "message"}
            statuses[int(said.split()[1])] += 1
        writer.close()

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return statuses


async def test_two_thousand_mutated_graphql_bodies_get_a_typed_answer(
    running: Running, shop: Shop, tracebacks: list[str]
) -> None:
    order = shop.some("PaymentSettled")
    given = {"order": {"identifier": order.code}, "reason": "CUSTOMER", "dryRun": True}
    seeds = [
        json.dumps({"query": document("OrderByAnything"), "operationName": "OrderByAnything"}).encode(),
        json.dumps({"query": document("Find"), "variables": {"text": order.code}}).encode(),
        json.dumps({"query": CANCEL, "variables": {"input": given}}).encode(),
        json.dumps({"query": document("UntilDone"), "variables": {"id": "MTpPcGVyYXRpb246MQ"}}).encode(),
        json.dumps({"query": "{ orders(first: 2) { nodes { number } } }", "variables": None}).encode(),
    ]
    headers = {"authorization": "Bearer rep", "content-type": "application/json"}
    bodies = mutated(seeds, 2_000, random.Random(20261121))
    statuses = await all_of(running, "/graphql", [(body, headers) for body in bodies])
    print(f"\nGraphQL bodies: {dict(sorted(statuses.items()))}")
    assert statuses.total() == 2_000
    assert max(statuses) < 500
    assert order.state == "PaymentSettled"


async def test_a_thousand_mutated_and_rightly_signed_deliveries_break_nothing(
    running: Running, shop: Shop, tracebacks: list[str]
) -> None:
    seeds = [letter(order) for order in shop.orders[-5:]]
    seeds.append(letter(shop.orders[-1], type="fulfillment.state", fulfillmentId=3, orderIds=[1, 2, "3"]))
    path = f"/hooks/{hook_of('shop')}"
    bodies = mutated(seeds, 1_000, random.Random(11))
    statuses = await all_of(running, path, [(body, signature(body)) for body in bodies])
    print(f"\ndeliveries: {dict(sorted(statuses.items()))}")
    assert statuses.total() == 1_000
    assert max(statuses) < 500

    async def is_digested() -> bool:
        return await running.rows("select id from inbox where state = 'PENDING'") == []

    await until_so(is_digested)

    async def is_served() -> bool:
        return await running.rows("select source_id from hint where is_open") == []

    await until_so(is_served)
    placed = await shop.place(1)
    assert (await running.seen(placed))["number"] == placed.code


async def test_broken_frames_and_requests_end_in_a_typed_error_and_disturb_no_stream(
    running: Running, tracebacks: list[str]
) -> None:
    """Ten thousand of them: `python -m tests.flows.broken`."""
    ends = await storm(running, 300)
    print(f"\nsubscriptions: {dict(ends.most_common())}")
    assert ends["error"] > 20
    assert ends["close 4400"] > 20
    assert ends["400"] > 20
    assert not any(end.startswith("5") for end in ends)
