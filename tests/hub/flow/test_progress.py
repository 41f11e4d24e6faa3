"""Who is asked when, and what is passed on: the stories of the model of cancels, and walks through all of them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.flow.facts import KeptRecord, RootFacts
from hub.flow.holders import holders_of
from hub.flow.progress import ALREADY_SO, CLOSED, GONE, free_of_warehouse, key_of, progress_of, short_of, shows, spread
from hub.model.effects import CancelTarget
from hub.model.intents import DeliveryState
from hub.model.observation import Content
from tests.kit.facts import ERP, SHOP, WMS, at, cancel, content, d, delivery, facts, line, order_record, shipment_record
from tests.kit.flows import (
    accept,
    apply,
    delivery_of,
    flowing,
    moved,
    order_of,
    pictured,
    seen,
    states,
    totals,
    with_hub,
)

S = DeliveryState
AT_SHOP, AT_ERP, AT_WMS = "shop/cancel:k1", "erp/cancel:k1", "wms/cancel:k1:wms-9"


def shop(cancelled: int = 0, status: str = "ALLOCATED", started: float = 200) -> KeptRecord:
    return order_record(SHOP, content(line("a", 5, cancelled=cancelled), status=status), (started, started + 1))


def erp(cancelled: int = 0, status: str = "VALIDATED") -> KeptRecord:
    return order_record(ERP, content(line("1", 5, cancelled=cancelled), status=status), (200, 201))


def parcel(status: str = "PICKED", cancelled: int = 0, units: int = 5) -> KeptRecord:
    return shipment_record(WMS, Content(status=status, lines=(line("x", units, cancelled=cancelled),)), (200, 201))


# ------------------------------------------------------------------ one system


def test_a_cancel_states_a_total_per_source_line_and_never_a_delta() -> None:
    known = accept(facts(shop(cancelled=1)), cancel({1: 2}))
    assert states(known) == {AT_SHOP: "PENDING"}
    assert totals(known, AT_SHOP) == {"a": 3}


def test_a_later_cancel_builds_on_the_earlier_ones_total() -> None:
    known = accept(accept(facts(shop()), cancel({1: 2})), cancel({1: 1}), "k2")
    assert (totals(known, AT_SHOP), totals(known, "shop/cancel:k2")) == ({"a": 2}, {"a": 3})


def test_what_was_refused_is_withdrawn_from_the_totals_of_later_commands() -> None:
    known = accept(accept(facts(shop()), cancel({1: 2})), cancel({1: 1}), "k2")
    known = moved(known, AT_SHOP, S.REFUSED, error="packed")
    assert totals(known, "shop/cancel:k2") == {"a": 1}
    hub = next(one for one in known.records if one.source == "hub")
    told = [(one.id, one.quantities.cancelled, one.quantities.rejected) for one in hub.content.lines]
    assert told == [("k1:1", d(0), d(2)), ("k2:1", d(1), d(0))]


def test_withdrawing_is_done_once_however_often_flow_runs() -> None:
    known = moved(accept(facts(shop()), cancel({1: 3})), AT_SHOP, S.DONE, {1: 1})
    again = apply(apply(known))
    assert again == known
    hub = next(one for one in known.records if one.source == "hub")
    assert (hub.content.lines[0].quantities.cancelled, hub.content.lines[0].quantities.rejected) == (d(1), d(2))


def test_what_was_refused_never_grows_back_when_another_hand_cancels_it_later() -> None:
    known = moved(accept(facts(shop()), cancel({1: 2})), AT_SHOP, S.REFUSED, error="packed")
    known = seen(known, shop(cancelled=2, started=300))
    hub = next(one for one in known.records if one.source == "hub")
    assert hub.content.lines[0].quantities.rejected == 2
    assert apply(replace(known, deliveries=())) == replace(known, deliveries=())


def test_what_the_source_shows_already_is_not_asked_and_not_asked_again() -> None:
    """Another hand cancelled it first; taken back later, the hub does not insist."""
    known = accept(facts(shop()), cancel({1: 2}))
    known = seen(known, shop(cancelled=2))
    row = delivery_of(known, AT_SHOP)
    assert (row.state, row.withdrawn_because) == (S.WITHDRAWN, ALREADY_SO)
    assert states(seen(known, shop(cancelled=0, started=300))) == {AT_SHOP: "WITHDRAWN"}


def test_a_claimed_row_keeps_what_it_was_claimed_with() -> None:
    known = accept(accept(facts(shop()), cancel({1: 2})), cancel({1: 1}), "k2")
    known = moved(known, "shop/cancel:k2", S.CLAIMED, claimed_at=at(150))
    known = moved(known, AT_SHOP, S.REFUSED)
    assert totals(known, "shop/cancel:k2") == {"a": 3}


def test_a_row_that_has_begun_is_finished_and_never_withdrawn() -> None:
    known = moved(accept(facts(shop()), cancel({1: 2})), AT_SHOP, S.PENDING, has_begun=True)
    known = seen(known, shop(cancelled=2))
    assert states(known) == {AT_SHOP: "PENDING"}
    assert flowing(known).intents[0].content == delivery_of(known, AT_SHOP).content


def test_a_dead_letter_stays_wanted_and_goes_when_it_is_needless() -> None:
    known = moved(accept(facts(shop()), cancel({1: 2})), AT_SHOP, S.DEAD, error="502")
    assert [intent.key for intent in flowing(known).intents] == [AT_SHOP]
    assert states(seen(known, shop(cancelled=2))) == {AT_SHOP: "WITHDRAWN"}


@pytest.mark.parametrize("status", ["COMPLETED", "REJECTED"])
def test_a_closed_order_emits_nothing(status: str) -> None:
    known = accept(facts(shop()), cancel({1: 2}))
    known = seen(known, shop(status=status))
    assert flowing(known).intents == ()
    assert delivery_of(known, AT_SHOP).withdrawn_because == CLOSED


def test_an_order_that_is_open_again_wants_its_cancel_again() -> None:
    known = seen(accept(facts(shop()), cancel({1: 2})), shop(status="COMPLETED"))
    assert states(known) == {AT_SHOP: "WITHDRAWN"}
    assert states(seen(known, shop(started=300))) == {AT_SHOP: "PENDING"}


# ------------------------------------------------------------------ several systems


def test_who_speaks_for_the_order_is_asked_before_mirrors_and_they_are_told_what_it_granted() -> None:
    known = accept(facts(shop(), erp()), cancel({1: 3}))
    assert states(known) == {AT_ERP: "PENDING"}
    known = moved(known, AT_ERP, S.DONE, {1: 2})
    assert states(known) == {AT_ERP: "DONE", AT_SHOP: "PENDING"}
    assert totals(known, AT_SHOP) == {"a": 2}


def test_mirrors_hear_nothing_of_a_cancel_that_was_refused() -> None:
    known = moved(accept(facts(shop(), erp()), cancel({1: 3})), AT_ERP, S.REFUSED, error="posted")
    assert states(known) == {AT_ERP: "REFUSED"}


def test_a_mirror_that_refuses_takes_nothing_back() -> None:
    known = moved(accept(facts(shop(), erp()), cancel({1: 3})), AT_ERP, S.DONE, {1: 3})
    known = moved(known, AT_SHOP, S.REFUSED, error="locked")
    hub = next(one for one in known.records if one.source == "hub")
    assert hub.content.lines[0].quantities.cancelled == 3


def test_a_mirror_is_told_even_after_the_owner_shows_the_order_cancelled() -> None:
    known = moved(accept(facts(shop(), erp()), cancel()), AT_ERP, S.DONE)
    known = seen(known, erp(cancelled=5, status="CANCELLED"))
    assert order_of(known).status == "CANCELLED"
    assert states(known) == {AT_ERP: "DONE", AT_SHOP: "PENDING"}
    known = seen(moved(known, AT_SHOP, S.DONE), shop(cancelled=5, status="CANCELLED"))
    assert states(known) == {AT_ERP: "DONE", AT_SHOP: "DONE"}


@pytest.mark.parametrize("state", [S.PENDING, S.CLAIMED, S.ACCEPTED, S.UNKNOWN, S.REVIEW, S.DEAD])
def test_for_a_released_quantity_nobody_hears_of_it_until_the_warehouse_has_answered(state: DeliveryState) -> None:
    known = accept(facts(shop(), erp(), parcel()), cancel({1: 3}))
    assert states(known) == {AT_WMS: "PENDING"}
    assert totals(known, AT_WMS) == {"x": 3}
    assert states(moved(known, AT_WMS, state)) == {AT_WMS: state.value}


def test_and_then_only_what_the_warehouse_granted() -> None:
    known = accept(facts(shop(), erp(), parcel()), cancel({1: 3}))
    known = moved(known, AT_WMS, S.DONE, {1: 1})
    assert totals(known, AT_ERP) == {"1": 1}
    known = moved(known, AT_ERP, S.DONE, {1: 1})
    assert totals(known, AT_SHOP) == {"a": 1}


def test_a_warehouse_is_asked_only_for_what_it_has_in_its_hands() -> None:
    known = accept(facts(shop(), parcel(units=3)), cancel({1: 4}))
    assert totals(known, AT_WMS) == {"x": 2}
    known = moved(known, AT_WMS, S.REFUSED, error="picked")
    assert totals(known, AT_SHOP) == {"a": 2}
    free = accept(facts(shop(), parcel(units=3)), cancel({1: 2}))
    assert states(free) == {AT_SHOP: "PENDING"}


def test_a_warehouse_that_ships_while_it_is_asked_has_answered_no() -> None:
    """Unclaimed: withdrawn, and nothing is passed on. Claimed: it waits for the answer, shipped or not."""
    asked = accept(facts(shop(), parcel()), cancel({1: 3}))
    left = seen(asked, parcel(status="SHIPPED"))
    assert (states(left), delivery_of(left, AT_WMS).withdrawn_because) == ({AT_WMS: "WITHDRAWN"}, GONE)
    out = seen(moved(asked, AT_WMS, S.UNKNOWN), parcel(status="SHIPPED"))
    assert states(out) == {AT_WMS: "UNKNOWN"}
    assert states(moved(out, AT_WMS, S.REFUSED)) == {AT_WMS: "REFUSED"}


def test_what_a_warehouse_refused_stays_refused_after_the_parcel_has_gone() -> None:
    known = moved(accept(facts(shop(), parcel()), cancel({1: 3})), AT_WMS, S.REFUSED, error="picked")
    assert states(known) == {AT_WMS: "REFUSED"}
    assert states(seen(known, parcel(status="SHIPPED"))) == {AT_WMS: "REFUSED"}


def test_a_parcel_that_the_warehouse_voids_has_given_everything_back() -> None:
    known = accept(facts(shop(), parcel()), cancel({1: 3}))
    known = seen(moved(known, AT_WMS, S.CLAIMED, claimed_at=at(150)), parcel(status="CANCELLED"))
    assert states(known) == {AT_WMS: "DONE", AT_SHOP: "PENDING"}


def test_two_parcels_in_one_warehouse_are_asked_under_two_keys() -> None:
    second = replace(parcel(units=2), source_id="wms-8", entity_id="s2")
    known = accept(facts(shop(), parcel(units=3), second), cancel({1: 4}))
    assert {key: totals(known, key) for key in states(known)} == {
        "wms/cancel:k1:wms-8": {"x": 2},
        AT_WMS: {"x": 2},
    }


# ------------------------------------------------------------------ parts


def test_a_total_is_spread_over_the_lines_of_a_document_in_their_order() -> None:
    known = pictured(facts(order_record(SHOP, content(line("a", 3, cancelled=1), status="ALLOCATED"))))
    (holder,) = holders_of(order_of(known), known, known.documents)
    twice = replace(holder, lines=(*holder.lines, replace(holder.lines[0], line="b", cancelled=d(0))))
    told = [(one.line, one.cancelled) for one in spread(twice, 1, d(4))]
    assert told == [("a", d(3)), ("b", d(1))]
    assert [(one.line, one.cancelled) for one in spread(twice, 1, d(0))] == [("a", d(1)), ("b", d(0))]
    assert shows(holder, [CancelTarget(line="a", line_no=1, cancelled=d(1))])
    assert not shows(holder, [CancelTarget(line="a", line_no=1, cancelled=d(2))])
    assert key_of(holder, "k1") == AT_SHOP


def test_what_no_warehouse_holds_is_free() -> None:
    assert free_of_warehouse(order_of(facts(shop(cancelled=1), parcel(units=3))), 1) == 1
    assert free_of_warehouse(order_of(facts(shop(cancelled=1))), 1) == 4


def test_what_was_wanted_and_not_granted_is_short() -> None:
    known = facts(shop(cancelled=1))
    wanted = [("a", 1, 3)]
    assert short_of(delivery(SHOP, S.DONE, wanted), 1, known) == 0
    assert short_of(delivery(SHOP, S.DONE, wanted, {1: 2}), 1, known) == 1
    assert short_of(delivery(SHOP, S.REFUSED, wanted), 1, known) == 2
    assert short_of(delivery(SHOP, S.REFUSED, wanted), 2, known) == 0


def test_progress_is_told_per_command_oldest_first() -> None:
    known = accept(accept(facts(shop()), cancel({1: 2})), cancel({1: 1}), "k2")
    found, entries = progress_of(order_of(known), known, known.documents)
    assert [(one.command.id, one.is_decided) for one in found] == [("k1", False), ("k2", False)]
    assert [entry.command_id for entry in entries] == ["k1", "k2"]
    assert progress_of(order_of(known), with_hub(known, Content()), known.documents)[0][0].shares == ()


# ------------------------------------------------------------------ walks

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["wms", "erp", "shop"]),
        st.sampled_from([S.CLAIMED, S.UNKNOWN, S.ACCEPTED, S.DEAD, S.DONE, S.REFUSED]),
        st.integers(0, 5),
    ),
    max_size=8,
)


@given(asked=st.integers(1, 5), held=st.integers(0, 5), steps=STEPS)
def test_no_walk_tells_a_mirror_more_than_was_granted_or_asks_two_stages_at_once(
    asked: int, held: int, steps: list[tuple[str, DeliveryState, int]]
) -> None:
    records = (shop(), erp(), parcel(units=held)) if held else (shop(), erp())
    known = accept(facts(*records), cancel({1: asked}))
    for source, state, units in steps:
        key = {"wms": AT_WMS, "erp": AT_ERP, "shop": AT_SHOP}[source]
        row = next((one for one in known.deliveries if one.key == key), None)
        if row is None or row.state in (S.DONE, S.REFUSED, S.WITHDRAWN):
            continue
        grants = {1: min(units, totals(known, key).popitem()[1])} if state is S.DONE else None
        known = moved(known, key, state, grants)
        _holds(known, asked)
    assert apply(known) == known


def _holds(known: RootFacts, asked: int) -> None:
    rows = {row.source: row for row in known.deliveries}
    limit = asked
    for source in ("wms", "erp", "shop"):
        row = rows.get(source)
        if row is None:
            continue
        wanted = int(row.cancel.total(1))
        assert wanted <= limit, (source, wanted, limit)
        if row.state not in (S.DONE, S.REFUSED):
            later = {"wms": ("erp", "shop"), "erp": ("shop",), "shop": ()}[source]
            assert not [one for one in later if one in rows], states(known)
            return
        short = wanted - int(row.grants[0].cancelled) if row.grants else (wanted if row.state is S.REFUSED else 0)
        limit -= short
