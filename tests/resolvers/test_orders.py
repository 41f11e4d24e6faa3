import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.call import worker_call
from hub.errors import Ambiguous, CursorInvalid, InvalidInput
from hub.model.cases import CaseQueue, CaseStatus, ExceptionCase, ExceptionCode, RootCause, Severity
from hub.model.ids import global_id
from hub.model.intents import DeliveryState
from hub.model.order import OrderCommercial
from hub.model.values import Identifier
from hub.model.vocabulary import IdentifierScheme, Kind
from hub.store import tables
from hub.store.store import Store
from tests.kit.graph import REP, Graph
from tests.kit.orders import NOON, Kept, keep_alone, keep_order, keep_rows, make_customer, make_order, make_record
from tests.kit.statements import counted
from tests.kit.wholes import make_accepted, make_sent

PORTAL = replace(REP, actor="portal", account="acme")
CASE = ExceptionCase(
    id="x", version=1, code=ExceptionCode.DEAD_LETTER, severity=Severity.S2, status=CaseStatus.NEW,
    queue=CaseQueue.CS, title="It failed", root_cause=RootCause.SOURCE_OUTAGE, occurrences=1, first_seen_at=NOON,
    suggested=("orderCancel", "deadLetterReplay"),
)  # fmt: skip


async def test_what_fits_two_orders_is_null_with_the_candidates(graph: Graph, store: Store) -> None:
    for number in ("A1", "B2"):
        po = Identifier(scheme=IdentifierScheme.PO_NUMBER, value="PO-7")
        await keep_order(store, Kept(order=make_order(number, identifiers=(po,))))
    said = await graph.answer('{order(by: {identifier: "PO-7"}) {number}}')
    assert said.data == {"order": None}
    assert said.errors is not None
    wrong = said.errors[0].original_error
    assert isinstance(wrong, Ambiguous)
    candidates = wrong.facts["candidates"]
    assert [one["id"] for one in candidates] == [global_id("Order", f"order-{n}") for n in ("A1", "B2")]  # type: ignore[attr-defined]  # dicts


async def test_a_missing_order_is_null_without_an_error(graph: Graph) -> None:
    assert await graph.data('{order(by: {identifier: "nothing"}) {number}}') == {"order": None}


async def test_a_portal_sees_his_order_without_what_is_for_staff(graph: Graph, store: Store) -> None:
    await keep_order(store, Kept(order=make_order(), account="acme", records=[make_record()], cases=[CASE]))
    staff = "exceptionCases {code} trace {state} timeline {nodes {event}}"
    query = f'{{order(by: {{identifier: "R7K2"}}) {{number statusText {staff}}}}}'
    rep = (await graph.data(query))["order"]
    assert rep["exceptionCases"] == [{"code": "DEAD_LETTER"}]
    assert rep["trace"] == {"state": "BLOCKED"}
    mine = (await graph.data(query, PORTAL))["order"]
    assert (mine["number"], mine["exceptionCases"], mine["trace"], mine["timeline"]) == ("R7K2", None, None, None)
    assert await graph.data(query, replace(PORTAL, account="beta")) == {"order": None}


async def test_operations_are_pending_or_done(graph: Graph, store: Store) -> None:
    commands = [make_accepted(), make_accepted(id="c2", accepted_at=NOON + timedelta(minutes=1))]
    deliveries = [
        make_sent(DeliveryState.DONE),
        make_sent(DeliveryState.PENDING, id="d2", key="k2", command_id="c2", next_attempt_at=NOON),
    ]
    await keep_order(store, Kept(order=make_order(), commands=commands, deliveries=deliveries))
    query = """{order(by: {identifier: "R7K2"}) {
      all: operations {state} open: operations(pending: true) {state action} shut: operations(pending: false) {state}
    }}"""
    assert (await graph.data(query))["order"] == {
        "all": [{"state": "APPLIED"}, {"state": "QUEUED"}],
        "open": [{"state": "QUEUED", "action": "orderCancel"}],
        "shut": [{"state": "APPLIED"}],
    }


async def test_the_whole_trace_takes_a_statement_of_its_own(graph: Graph, store: Store) -> None:
    await keep_order(store, Kept(order=make_order(), commands=[make_accepted()]))
    query = '{order(by: {identifier: "R7K2"}) {trace {state %s}}}'
    with counted() as sent:
        await graph.data(query % "blocker {text}")
    assert len(sent) == 2
    with counted() as sent:
        said = await graph.data(query % "hops {operation}")
    assert len(sent) == 3
    assert said["order"]["trace"]["hops"] == [{"operation": "orderCancel"}]


async def test_a_timeline_pages_on(graph: Graph, store: Store) -> None:
    await keep_order(store, Kept(order=make_order(), records=[make_record()], commands=[make_accepted()]))
    query = """query Q($after: String) {order(by: {identifier: "R7K2"}) {timeline(first: 2, after: $after) {
      nodes {event} edges {cursor} pageInfo {hasNextPage endCursor}}}}"""
    first = (await graph.data(query))["order"]["timeline"]
    after = first["pageInfo"]["endCursor"]
    rest = (await graph.data(query, variables={"after": after}))["order"]["timeline"]
    events = [one["event"] for page in (first, rest) for one in page["nodes"]]
    assert events == ["command.orderCancel", "order.placed", "order.seen"]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    other = await graph.answer(query, replace(REP, actor="else"), variables={"after": after})
    assert other.errors is not None
    assert isinstance(other.errors[0].original_error, CursorInvalid)


async def test_a_page_of_fifty_orders_takes_two_statements_and_its_count_a_third(graph: Graph, store: Store) -> None:
    await keep_alone(store, Kind.CUSTOMER, make_customer())
    for number in range(60):
        head = OrderCommercial(placed_at=NOON + timedelta(minutes=number))
        order = make_order(f"N{number:02}", customer_id="customer-ACME", commercial=head)
        await keep_order(store, Kept(order=order, records=[make_record(number=f"N{number:02}")]))
    fields = "nodes {number statusText isLate systems {state} provenance {group} timeline {nodes {event}}}"
    with counted() as sent:
        said = (await graph.data(f"{{orders(first: 50) {{{fields} pageInfo {{hasNextPage endCursor}}}}}}"))["orders"]
    assert len(sent) == 2
    assert [one["number"] for one in said["nodes"]] == [f"N{number:02}" for number in range(59, 9, -1)]
    with counted() as sent:
        after = said["pageInfo"]["endCursor"]
        rest = (await graph.data(f'{{orders(after: "{after}") {{{fields} totalCount}}}}'))["orders"]
    assert len(sent) == 3
    assert (len(rest["nodes"]), rest["totalCount"]) == (10, 60)
    with counted() as sent:
        await graph.data("{orders {nodes {number placedAt} edges {cursor}}}")
    assert len(sent) == 1


async def test_the_last_orders_and_those_before_a_cursor(graph: Graph, store: Store) -> None:
    for number in range(4):
        head = OrderCommercial(placed_at=NOON + timedelta(minutes=number))
        await keep_order(store, Kept(order=make_order(f"N{number}", commercial=head)))
    part = "nodes {number} pageInfo {hasNextPage hasPreviousPage startCursor}"
    last = (await graph.data(f"{{orders(last: 2) {{{part}}}}}"))["orders"]
    assert [one["number"] for one in last["nodes"]] == ["N1", "N0"]
    assert (last["pageInfo"]["hasNextPage"], last["pageInfo"]["hasPreviousPage"]) == (False, True)
    cursor = last["pageInfo"]["startCursor"]
    before = (await graph.data(f'{{orders(last: 5, before: "{cursor}") {{{part}}}}}'))["orders"]
    assert [one["number"] for one in before["nodes"]] == ["N3", "N2"]
    assert (before["pageInfo"]["hasNextPage"], before["pageInfo"]["hasPreviousPage"]) == (True, False)


async def test_orders_of_a_customer_by_whatever_names_him(graph: Graph, store: Store) -> None:
    await keep_alone(store, Kind.CUSTOMER, make_customer())
    await keep_order(store, Kept(order=make_order("A1", customer_id="customer-ACME")))
    await keep_order(store, Kept(order=make_order("B2")))
    query = '{orders(filter: {customer: {identifier: "%s"}}) {nodes {number}}}'
    assert (await graph.data(query % "buyer@acme.test"))["orders"]["nodes"] == [{"number": "A1"}]
    assert (await graph.data(query % "nobody"))["orders"]["nodes"] == []


async def test_a_page_of_more_than_a_hundred_is_refused(graph: Graph) -> None:
    said = await graph.answer("{orders(first: 101) {nodes {number}}}")
    assert said.errors is not None
    assert isinstance(said.errors[0].original_error, InvalidInput)


async def reading_soon(store: Store) -> None:
    """A worker that serves the hint as soon as it is raised: it reads the object and finds it unchanged."""
    while True:
        async with store.shard(worker_call("acme")) as tx:
            hints = (await tx.execute(tables.hint.select())).all()
            if hints:
                assert [(one.source_id, one.priority) for one in hints] == [("shop-R7K2", 1)]
                now = await tx.now()
                await tx.execute(tables.record.update().values(started=now, finished=now))
                return
        await asyncio.sleep(0.01)


async def test_a_fresher_answer_is_asked_for_and_waited_for(graph: Graph, store: Store) -> None:
    await keep_order(store, Kept(order=make_order(), records=[make_record(started=NOON - timedelta(days=400))]))
    query = '{order(by: {identifier: "R7K2"}, maxStalenessSeconds: 60) {systems {source freshness}}}'
    worker = asyncio.create_task(reading_soon(store))
    said = (await graph.data(query))["order"]["systems"][0]
    await worker
    assert said == {"source": "shop", "freshness": "FRESH"}
    with counted() as sent:
        await graph.data(query)
    assert len(sent) == 2  # fresh enough: nothing is asked


async def test_an_answer_that_cannot_be_fresher_in_time_says_its_age(graph: Graph, store: Store) -> None:
    await keep_order(store, Kept(order=make_order(), records=[make_record(started=NOON - timedelta(days=400))]))
    query = '{order(by: {identifier: "R7K2"}, maxStalenessSeconds: 0) {systems {freshness}}}'
    hurried = replace(REP, deadline=0.0)  # no time at all: the answer is what there is
    said = (await graph.data(query, hurried))["order"]["systems"][0]
    assert said == {"freshness": "STALE"}


@pytest.mark.parametrize("wrong", ['{id: "rubbish"}', '{identifier: ""}', '{exact: {scheme: RMA, value: " "}}'])
async def test_rubbish_is_refused_with_words(graph: Graph, wrong: str) -> None:
    said = await graph.answer(f"{{order(by: {wrong}) {{number}}}}")
    assert said.errors is not None
    assert isinstance(said.errors[0].original_error, InvalidInput)


async def answering_soon(store: Store) -> None:
    """A worker that asks the shop what was typed, reads the order it names, and closes the question."""
    while True:
        async with store.glance(worker_call("acme")) as tx:
            asked = (await tx.execute(tables.hint.select())).all()
        if asked:
            assert [(one.source, one.source_id, one.correlation_id) for one in asked] == [
                ("shop", "?R7K2", REP.correlation_id)
            ]
            await keep_order(store, Kept(order=make_order(), records=[make_record()]))
            async with store.shard(worker_call("acme")) as tx:
                await tx.execute(tables.hint.update().values(is_open=False))
            return
        await asyncio.sleep(0.01)


async def test_a_miss_is_looked_up_at_the_sources_where_freshness_is_asked(graph: Graph, store: Store) -> None:
    query = '{order(by: {identifier: "R7K2"}%s) {number}}'
    assert await graph.data(query % "") == {"order": None}
    worker = asyncio.create_task(answering_soon(store))
    said = await graph.data(query % ", maxStalenessSeconds: 1000000000")
    await worker
    assert said == {"order": {"number": "R7K2"}}


async def test_a_source_that_does_not_answer_is_not_asked(graph: Graph, store: Store) -> None:
    await keep_rows(store, tables.source_state, {"source": "shop", "breaker": "OPEN"})
    query = '{order(by: {identifier: "R7K2"}, maxStalenessSeconds: 1) {number}}'
    assert await graph.data(query) == {"order": None}
    async with store.glance(worker_call("acme")) as tx:
        assert (await tx.execute(tables.hint.select())).all() == []
