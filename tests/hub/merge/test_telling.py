"""How a fact becomes a row of the outbox."""

from __future__ import annotations

from dataclasses import replace

from hub.merge.telling import Cause, Fact, Telling, outgoing, row_of
from hub.model.changes import Change, ChangeKind, Origin, Traits
from hub.model.vocabulary import Kind
from tests.kit.merging import at

TELLING = Telling(now=at(9), origin=Origin.LIVE, mint=lambda: "event", causes={}, cause=Cause(correlation_id="c"))
FACT = Fact(
    kind=Kind.ORDER,
    id="a",
    root="r",
    version=5,
    root_version=7,
    events=("order.accepted", "order.allocated"),
    changed_fields=("status",),
    stands=Traits(account="acme", status="ALLOCATED"),
    stood=Traits(account="acme", status="PENDING_ACCEPTANCE"),
)


def test_the_last_step_is_the_event_and_the_others_were_passed() -> None:
    change = outgoing(FACT, TELLING).payload
    assert (change.event, change.passed, change.events) == ("order.allocated", ("order.accepted",), FACT.events)
    assert (change.change, change.was) == (ChangeKind.UPDATED, FACT.stood)
    assert (change.account, change.status, change.sku) == ("acme", "ALLOCATED", None)
    assert (change.occurred_at, change.recorded_at, change.correlation_id) == (at(9), at(9), "c")


def test_what_was_not_there_is_created_and_what_stands_as_before_says_so_by_nothing() -> None:
    new = outgoing(replace(FACT, stood=None, occurred_at=at(-9)), TELLING).payload
    assert (new.change, new.was, new.occurred_at) == (ChangeKind.CREATED, None, at(-9))
    same = outgoing(replace(FACT, stood=FACT.stands), TELLING).payload
    assert (same.change, same.was) == (ChangeKind.UPDATED, None)


def test_a_merge_is_named_as_one_and_passes_what_else_happened() -> None:
    merged = outgoing(replace(FACT, events=("order.updated",), survivor="s"), TELLING).payload
    assert (merged.event, merged.passed, merged.survivor_id) == ("entity.merged", (), "s")
    moved = outgoing(replace(FACT, survivor="s"), TELLING).payload
    assert (moved.event, moved.passed) == ("entity.merged", FACT.events)


def test_a_root_tells_its_own_cause_where_it_has_one() -> None:
    telling = replace(TELLING, causes={"r": Cause(correlation_id="mine")})
    assert outgoing(FACT, telling).payload.correlation_id == "mine"
    own = replace(FACT, cause=Cause(correlation_id="its", causation_id="x"))
    assert outgoing(own, telling).payload.causation_id == "x"


def test_a_row_of_the_outbox_repeats_what_routing_needs() -> None:
    change = Change(
        event_id="e", event="order.updated", change=ChangeKind.UPDATED, kind=Kind.ORDER, entity_id="a", root_id="r",
        version=5, root_version=7, changed_fields=(), occurred_at=at(1), recorded_at=at(2), correlation_id="c",
        account="acme/north",
    )  # fmt: skip
    row = row_of(change)
    assert (row.aggregatetype, row.aggregateid, row.root_id, row.account, row.entity_version) == (
        "order", "a", "r", "acme/north", 5,
    )  # fmt: skip
    assert row.payload is change
