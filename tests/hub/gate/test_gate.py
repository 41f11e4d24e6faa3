"""Every call of a source passes its gate (design D8, domain.md 4.3, F17-F23, F32)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.call import Call, span_id, trace_id
from hub.errors import (
    HubError,
    NotOffered,
    OutcomeUnknown,
    Overtaken,
    SourceBusy,
    SourceGarbled,
    SourceMisset,
    SourceRefused,
)
from hub.gate.errand import Errand, Urgency
from hub.gate.gate import Gate, Surroundings
from hub.gate.health import Side
from hub.model.intents import OutcomeState
from hub.model.manifest import Rate
from hub.model.trace import HopKind, HopOutcome
from hub.model.vocabulary import Kind
from hub.ports import Failed, Found, Health, Missing, Question, SourceCall
from tests.kit.gates import ACME, cancel, errand, leased, scripted_gate
from tests.kit.recorder import ListRecorder
from tests.kit.scripted_shop import Fault, ScriptedAdapter, ScriptedShop, scripted_binding, scripted_manifest
from tests.kit.virtual import EPOCH, VirtualClock, VirtualLoop

BUSY = SourceBusy("the source failed", source="shop")
LOST = OutcomeUnknown("the answer was lost", source="shop")
CALL = timedelta(seconds=10)
PARENT = f"00-{'a1' * 16}-{'b2' * 8}-01"


class Marked(ScriptedAdapter):
    """An adapter that keeps the headers its calls are to bear."""

    marks: dict[str, str]

    async def health(self, call: SourceCall) -> Health:
        self.marks = call.marks
        return await super().health(call)


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualLoop}


@pytest.fixture
def shop() -> ScriptedShop:
    made = ScriptedShop()
    for number in range(1, 6):
        made.place(f"o{number}")
    return made


@pytest.fixture
async def clock() -> VirtualClock:
    return VirtualClock()


def seconds() -> float:
    return asyncio.get_running_loop().time()


async def read(gate: Gate, *ids: str, attempt: int = 1) -> Mapping[str, Found | Missing | Failed]:
    return await gate.read(errand(attempt=attempt), Kind.ORDER, ids)


async def outcomes(*calls: asyncio.Future[object] | object) -> list[object]:
    return await asyncio.gather(*calls, return_exceptions=True)  # type: ignore[arg-type]  # coroutines


async def test_a_read_answers_for_every_id_and_leaves_a_hop(shop: ScriptedShop, clock: VirtualClock) -> None:
    recorder = ListRecorder()
    shop.fail(Fault(verb="read", slow=2.0))
    answer = await read(scripted_gate(shop, clock, recorder=recorder), "o1", "gone", "broken")
    assert isinstance(answer["o1"], Found)
    assert answer["gone"] == Missing()
    assert isinstance(answer["broken"], Failed)
    (hop,) = recorder.hops
    assert (hop.kind, hop.operation, hop.outcome) == (HopKind.SOURCE_CALL, "read ORDER", HopOutcome.OK)
    assert (hop.tenant, hop.source, hop.correlation_id, hop.duration_ms) == ("acme", "shop", "correlation-1", 2000)


@pytest.mark.parametrize("parent", [None, PARENT])
async def test_a_call_bears_what_it_belongs_to_and_the_hop_that_it_is(clock: VirtualClock, parent: str | None) -> None:
    recorder, adapter = ListRecorder(), Marked(ScriptedShop())
    around = Surroundings(recorder=recorder, clock=clock)
    gate = Gate(scripted_binding(adapter.describe()), adapter, leased(clock), around)
    await gate.health(replace(errand(), call=replace(ACME, traceparent=parent)))
    (hop,) = recorder.hops
    trace = trace_id(ACME.correlation_id) if parent is None else "a1" * 16
    assert adapter.marks == {
        "x-correlation-id": ACME.correlation_id,
        "traceparent": f"00-{trace}-{span_id(hop.id)}-01",
    }


async def test_a_batch_leaves_one_hop_for_each_correlation_it_serves(shop: ScriptedShop, clock: VirtualClock) -> None:
    recorder = ListRecorder()
    gate = scripted_gate(shop, clock, recorder=recorder)
    serves = Errand(call=ACME, urgency=Urgency.HINT, epoch=1, also=("other-one", "correlation-1"))
    await gate.read(serves, Kind.ORDER, ["o1"])
    assert [hop.correlation_id for hop in recorder.hops] == ["correlation-1", "other-one"]


async def test_no_more_calls_at_once_than_the_source_bears(shop: ScriptedShop, clock: VirtualClock) -> None:
    gate = scripted_gate(shop, clock, manifest=scripted_manifest(rate=Rate(at_most=3)))
    shop.fail(*(Fault(verb="read", slow=1.0) for _ in range(9)))
    await asyncio.gather(*(read(gate, "o1") for _ in range(9)))
    assert shop.most_at_once == 3
    assert seconds() == pytest.approx(3.0)


async def test_the_rate_is_exact_and_waiting_for_it_costs_no_patience(shop: ScriptedShop, clock: VirtualClock) -> None:
    manifest = scripted_manifest(rate=Rate(at_most=50, per_second=0.5), longest_call=timedelta(seconds=1))
    gate = scripted_gate(shop, clock, manifest=manifest)
    began = seconds()
    moments: list[float] = []
    shop.on_request = lambda _: moments.append(round(seconds() - began, 3))
    await asyncio.gather(*(gate.execute(errand(), cancel(f"o{n}")) for n in range(1, 6)))
    assert moments == [0.0, 2.0, 4.0, 6.0, 8.0]


async def test_a_delivery_goes_before_a_hint_before_a_sweep(shop: ScriptedShop, clock: VirtualClock) -> None:
    gate = scripted_gate(shop, clock, manifest=scripted_manifest(rate=Rate(at_most=1)))
    shop.fail(Fault(verb="read", slow=1.0))
    shop.requests.clear()
    feed = gate.feed(errand(urgency=Urgency.SWEEP), (Kind.ORDER, "open"), None)
    first = asyncio.ensure_future(read(gate, "o1"))
    await asyncio.sleep(0.1)
    await asyncio.gather(feed.next(), read(gate, "o2"), gate.execute(errand(urgency=Urgency.DELIVERY), cancel("o1")))
    await first
    assert shop.requests == ["read", "execute", "read", "changes"]


async def test_a_call_that_takes_too_long_is_given_up(shop: ScriptedShop, clock: VirtualClock) -> None:
    gate = scripted_gate(shop, clock)
    shop.fail(Fault(verb="read", slow=100.0))
    with pytest.raises(SourceBusy, match="in time"):
        await read(gate, "o1")
    assert seconds() == pytest.approx(30.0, abs=1)


async def test_the_callers_deadline_shortens_patience(shop: ScriptedShop, clock: VirtualClock) -> None:
    gate = scripted_gate(shop, clock)
    shop.fail(Fault(verb="ask", slow=100.0))
    began = seconds()
    hurried = Call(actor="rep", tenant="acme", correlation_id="correlation-1", deadline=began + 2.0)
    asking = Errand(call=hurried, urgency=Urgency.DELIVERY, epoch=1)
    with pytest.raises(SourceBusy):
        await gate.ask(asking, Question(name="order.find", facts={"identifier": "o1"}))
    assert seconds() - began == pytest.approx(2.0)
    with pytest.raises(SourceBusy, match="no time is left"):
        await gate.ask(asking, Question(name="order.find", facts={"identifier": "o1"}))


async def test_an_effect_given_up_is_an_unknown_outcome(shop: ScriptedShop, clock: VirtualClock) -> None:
    gate = scripted_gate(shop, clock, manifest=scripted_manifest(longest_call=CALL))
    shop.fail(Fault(verb="execute", slow=100.0))
    with pytest.raises(OutcomeUnknown, match="in time"):
        await gate.execute(errand(), cancel("o1"))


@pytest.mark.parametrize(
    ("error", "becomes"),
    [
        (BUSY, SourceBusy),
        (LOST, OutcomeUnknown),
        (SourceRefused("it is shipped"), SourceRefused),
        (SourceMisset("no permission"), SourceMisset),
        (SourceGarbled("no JSON"), OutcomeUnknown),
        (KeyError("a bug"), OutcomeUnknown),
    ],
)
async def test_what_goes_wrong_with_an_effect_is_never_taken_for_nothing(
    shop: ScriptedShop, clock: VirtualClock, error: Exception, becomes: type[HubError]
) -> None:
    gate = scripted_gate(shop, clock)
    shop.fail(Fault(verb="execute", error=error))
    with pytest.raises(becomes):
        await gate.execute(errand(), cancel("o1"))


async def test_a_bug_of_the_adapter_while_reading_is_a_garbled_source(shop: ScriptedShop, clock: VirtualClock) -> None:
    shop.fail(Fault(verb="read", error=KeyError("a bug")))
    with pytest.raises(SourceGarbled, match="KeyError"):
        await read(scripted_gate(shop, clock), "o1")


async def test_what_the_manifest_does_not_declare_is_not_offered(shop: ScriptedShop, clock: VirtualClock) -> None:
    gate = scripted_gate(shop, clock)
    with pytest.raises(NotOffered):
        await gate.ask(errand(), Question(name="price", facts={}))
    with pytest.raises(NotOffered):
        gate.write(replace(cancel("o1"), action="order.create"))
    assert shop.requests == []


async def test_one_login_for_a_hundred_calls_that_find_the_credential_expired(
    shop: ScriptedShop, clock: VirtualClock
) -> None:
    gate = scripted_gate(shop, clock, manifest=scripted_manifest(rate=Rate(at_most=50)))
    shop.fail(Fault(verb="read", expires=True), Fault(verb="login", slow=1.0))
    answers = await asyncio.gather(*(read(gate, "o1") for _ in range(100)))
    assert shop.logins == 1
    assert all(isinstance(answer["o1"], Found) for answer in answers)


async def test_credentials_that_are_wrong_are_tried_once_a_minute(shop: ScriptedShop, clock: VirtualClock) -> None:
    gate = scripted_gate(shop, clock)
    shop.fail(Fault(verb="read", expires=True), Fault(verb="login", error=SourceMisset("wrong password")))
    results = await outcomes(*(read(gate, "o1") for _ in range(4)))
    assert [type(one) for one in results] == [SourceMisset] * 4
    asked = len(shop.requests)
    with pytest.raises(SourceMisset, match="wrong password"):
        await read(gate, "o1")
    assert len(shop.requests) == asked
    assert gate.state.is_paused
    assert gate.rests(Side.READ) == pytest.approx(60.0)
    assert gate.rests(Side.WRITE) == 0.0
    await asyncio.sleep(61)
    assert isinstance((await read(gate, "o1"))["o1"], Found)
    assert not gate.state.is_paused


async def test_a_source_that_throttles_is_left_alone_for_as_long(shop: ScriptedShop, clock: VirtualClock) -> None:
    gate = scripted_gate(shop, clock)
    for wait, believed in ((7, 7.0), (10_000, 300.0), (-5, 0.0)):
        error = SourceBusy("too many", throttled=True, retry_at=clock.now() + timedelta(seconds=wait))
        shop.fail(Fault(verb="read", error=error))
        with pytest.raises(SourceBusy):
            await read(gate, "o1")
        assert gate.rests(Side.READ) == pytest.approx(believed)
        asked = len(shop.requests)
        if believed:
            with pytest.raises(SourceBusy, match="fewer"):
                await read(gate, "o1")
        assert len(shop.requests) == asked
        await asyncio.sleep(believed)
        await read(gate, "o1")


async def test_a_dead_source_is_left_alone_and_tried_again_with_one_call(
    shop: ScriptedShop, clock: VirtualClock
) -> None:
    gate = scripted_gate(shop, clock)
    shop.fail(*(Fault(verb="read", error=BUSY) for _ in range(11)))
    for _ in range(10):
        with pytest.raises(SourceBusy):
            await read(gate, "o1")
    assert gate.state.breaker == "OPEN"
    with pytest.raises(SourceBusy, match="left alone"):
        await read(gate, "o1")
    assert len(shop.requests) == 10
    await asyncio.sleep(gate.rests(Side.READ))
    results = await outcomes(read(gate, "o1"), read(gate, "o1"))
    assert len(shop.requests) == 11
    assert [type(one) for one in results] == [SourceBusy, SourceBusy]
    assert gate.state.breaker == "OPEN"
    await asyncio.sleep(gate.rests(Side.READ))
    for _ in range(3):
        assert gate.at_once == 1
        await read(gate, "o1")
    assert (gate.state.breaker, gate.at_once) == ("CLOSED", 4)
    assert gate.state.breaker_since == EPOCH + timedelta(seconds=seconds())


async def test_retries_are_at_most_a_fifth_of_first_calls(shop: ScriptedShop, clock: VirtualClock) -> None:
    gate = scripted_gate(shop, clock)
    for _ in range(100):
        await read(gate, "o1")
    retries = 0
    while gate.may_retry:
        await read(gate, "o1", attempt=2)
        retries += 1
    assert retries == 20
    await asyncio.sleep(62)
    assert gate.may_retry


async def test_nothing_is_sent_once_the_lease_has_run_out(shop: ScriptedShop, clock: VirtualClock) -> None:
    gate = scripted_gate(shop, clock)
    gate.lease.hold(asked_at=clock.monotonic() - 5, length=5.0, epoch=1)
    with pytest.raises(Overtaken):
        await gate.execute(errand(), cancel("o1"))
    gate.lease.hold(asked_at=clock.monotonic(), length=5.0, epoch=2)
    with pytest.raises(Overtaken):
        await gate.execute(errand(epoch=1), cancel("o1"))
    assert shop.requests == []
    assert (await gate.execute(errand(epoch=2), cancel("o1"))).state is OutcomeState.DONE


async def test_a_lease_that_runs_out_while_a_call_stands_in_line_is_noticed(
    shop: ScriptedShop, clock: VirtualClock
) -> None:
    gate = scripted_gate(shop, clock, manifest=scripted_manifest(rate=Rate(at_most=1), longest_call=CALL))
    gate.lease.hold(asked_at=clock.monotonic(), length=3.0, epoch=1)
    shop.fail(Fault(verb="execute", slow=4.0))
    results = await outcomes(gate.execute(errand(), cancel("o1")), gate.execute(errand(), cancel("o2")))
    assert [type(one).__name__ for one in results] == ["Outcome", "Overtaken"]
    assert shop.effects == ["shop/cancel:o1"]


async def test_a_feed_asks_for_one_page_at_a_time_and_resumes_after_an_error(
    shop: ScriptedShop, clock: VirtualClock
) -> None:
    gate = scripted_gate(shop, clock)
    feed = gate.feed(errand(urgency=Urgency.SWEEP), (Kind.ORDER, "open"), None)
    pages = [await feed.next()]
    shop.fail(Fault(verb="changes", error=BUSY))
    with pytest.raises(SourceBusy):
        await feed.next()
    while (page := await feed.next()) is not None:
        pages.append(page)
    await feed.close()
    found = [[seen.source_id for seen in page.found] for page in pages if page]
    assert found == [["o1", "o2"], ["o3", "o4"], ["o5"]]


async def test_a_feed_logs_in_again_between_pages(shop: ScriptedShop, clock: VirtualClock) -> None:
    gate = scripted_gate(shop, clock)
    feed = gate.feed(errand(urgency=Urgency.SWEEP), (Kind.ORDER, "open"), None)
    await feed.next()
    shop.fail(Fault(verb="changes", expires=True))
    second = await feed.next()
    assert second is not None
    assert [seen.source_id for seen in second.found] == ["o3", "o4"]
    assert shop.logins == 1
