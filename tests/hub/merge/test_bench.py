"""Why roots were looked at, what happened on the way, what to read again."""

from __future__ import annotations

from dataclasses import replace

from hub.merge.bench import Bench, cause_of, causes, happened, hints, served
from hub.merge.join import Joined
from hub.merge.keys import RecordKey, SlotKey
from hub.merge.locks import Reach
from hub.merge.observe import Observed
from hub.merge.work import HintRaise, ServedHint, Work
from hub.model.cases import ExceptionCode, Severity
from hub.model.intents import DeliveryState
from hub.model.vocabulary import Kind
from tests.kit.deliveries import delivery
from tests.kit.merging import CALL, SHOP, landscape, order, seen
from tests.kit.shelves import record, shelf_of

SLOT = SlotKey(SHOP, Kind.ORDER, "s0")


def bench(work: Work | None = None, **found: object) -> Bench:
    shelf = shelf_of(record(SHOP, "s0", entity="a"))
    made = Bench(
        call=CALL, work=work or Work(), landscape=landscape(), reach=Reach(), before=shelf, shelf=shelf.copy()
    )  # fmt: skip
    for name, value in found.items():
        setattr(made, name, value)
    return made


def test_a_root_is_looked_at_because_of_what_was_observed_under_it() -> None:
    answer = replace(seen((SHOP, Kind.ORDER, "s0"), order()), correlation_id="of-the-webhook")
    (cause,) = causes(bench(observed=Observed(slots={SLOT: answer}))).values()
    assert (cause.correlation_id, cause.causation_id) == ("of-the-webhook", "shop/ORDER/s0")
    assert cause_of(bench()).correlation_id == CALL.correlation_id


def test_what_was_noticed_becomes_a_case_that_only_grows() -> None:
    noticed = Observed(
        suspicions={(SLOT, ExceptionCode.SOURCE_WENT_BACK)}, reborn={RecordKey(SHOP, Kind.ORDER, "s0")}
    )  # fmt: skip
    cases = happened(bench(observed=noticed))["a"]
    assert [case.code for case in cases] == [ExceptionCode.SOURCE_WENT_BACK, ExceptionCode.OTHER]
    assert all(case.grows_only for case in cases)


def test_a_departure_and_a_doubled_delivery_are_cases() -> None:
    kept, other = delivery("k", state=DeliveryState.DONE, reference="SO-1"), delivery("o", reference="SO-2")
    joined = Joined(departures=((RecordKey(SHOP, Kind.ORDER, "s0"), "gone"),), doubled=[("a", kept, other)])
    left, doubled = happened(bench(joined=joined))["a"]
    assert left.code is ExceptionCode.ORDER_CONFLICT
    assert (doubled.code, doubled.severity) == (ExceptionCode.DUPLICATE_ORDER, Severity.S1)
    assert "SO-1" in doubled.title
    assert "SO-2" in doubled.title


def test_each_object_is_asked_for_once_and_by_the_most_urgent_reason() -> None:
    raised = HintRaise(source=SHOP, kind=Kind.ORDER, source_id="s0", reason="freshness", priority=0)
    asking = bench(Work(hints=(raised,)), observed=Observed(doubts={SLOT}, told={SLOT}))
    assert [(row.reason, row.priority) for row in hints(asking, {})] == [("freshness", 0)]


def test_what_a_delivery_changed_is_read_when_the_source_s_reads_have_settled() -> None:
    (row,) = hints(bench(observed=Observed(doubts={SLOT})), {SLOT: 2.0})
    assert (row.reason, row.wait_seconds) == ("settled", 2.0)


def test_served_hints_keep_their_counter() -> None:
    one = ServedHint(source=SHOP, kind=Kind.ORDER, source_id="s0", counter=7)
    assert [row.counter for row in served(bench(Work(served=(one,))))] == [7]
