from datetime import timedelta

import pytest

from hub.flow.facts import HUB, KeptDelivery, KeptRecord, RootFacts
from hub.merge.assemble import assemble
from hub.merge.conflicts import PERSISTS, SETTLED, asked_since_settled, command_of, conflict_cases, seen_at
from hub.model.cases import ExceptionCode
from hub.model.intents import DeliveryState
from hub.model.observation import Content, line_key
from hub.model.order import Order
from hub.model.values import ConflictValue, FieldConflict
from hub.model.vocabulary import FieldGroup, Kind
from tests.kit.facts import ERP, SHOP, WMS, at, content, delivery, facts, line, order_record, shipment_record

S = DeliveryState
OPEN = [state for state in DeliveryState if state not in SETTLED]


def conflicts(*records: KeptRecord, deliveries: tuple[KeptDelivery, ...] = ()) -> tuple[FieldConflict, ...]:
    return order_of(facts(*records, deliveries=deliveries)).conflicts


def order_of(known: RootFacts) -> Order:
    found = assemble(known).documents["o1"]
    assert isinstance(found, Order)
    return found


def shop(cancelled: int, seen: tuple[float, float]) -> KeptRecord:
    return order_record(SHOP, content(line("a", 3, cancelled=cancelled), status="ALLOCATED"), seen)


def hub(total: int) -> KeptRecord:
    said = line("k1:1", 2, cancelled=total, target=line_key(SHOP, Kind.ORDER, "a"))
    return order_record(HUB, Content(lines=(said,)), source_id="o1")


def settled(state: DeliveryState, when: float | None) -> KeptDelivery:
    return delivery(SHOP, state, [("a", 1, 2)], settled_at=None if when is None else at(when))


def test_a_silent_refusal_is_a_conflict_once_the_source_was_asked_again() -> None:
    """Story `silent_refusal`: the cancel settled at 10, the shop kept the old quantity, asked again at 12."""
    (found,) = conflicts(shop(0, (12, 13)), hub(2), deliveries=(settled(S.DONE, 10),))
    assert found == FieldConflict(
        path="lines.1.quantities.cancelled",
        group=FieldGroup.COMMERCIAL,
        chosen=SHOP,
        values=(
            ConflictValue(source=SHOP, value="0", observed_at=at(12)),
            ConflictValue(source=HUB, value="2", observed_at=at(12)),
        ),
    )


@pytest.mark.parametrize("started", [0, 9, 10])
def test_an_answer_that_was_asked_before_it_settled_is_no_conflict(started: float) -> None:
    assert conflicts(shop(0, (started, 20)), hub(2), deliveries=(settled(S.DONE, 10),)) == ()


@pytest.mark.parametrize("state", OPEN)
def test_while_a_delivery_is_open_the_owners_value_is_shown_and_nothing_conflicts(state: DeliveryState) -> None:
    known = facts(shop(0, (12, 13)), hub(2), deliveries=(settled(state, None),))
    assert order_of(known).conflicts == ()
    assert order_of(known).lines[0].quantities.cancelled == 0


@pytest.mark.parametrize("state", OPEN)
def test_a_later_delivery_that_is_open_makes_every_answer_pending_again(state: DeliveryState) -> None:
    both = (settled(S.DONE, 10), delivery(SHOP, state, id="d2", command_id="k2", key="shop/cancel:k2"))
    assert conflicts(shop(0, (12, 13)), hub(2), deliveries=both) == ()


def test_what_was_refused_or_never_told_is_no_conflict() -> None:
    assert conflicts(shop(0, (12, 13)), hub(2), deliveries=(settled(S.REFUSED, 10),)) == ()
    assert conflicts(shop(0, (12, 13)), hub(2)) == ()


def test_an_owner_that_cancelled_as_much_or_more_agrees() -> None:
    for cancelled in (2, 3):
        assert conflicts(shop(cancelled, (12, 13)), hub(2), deliveries=(settled(S.DONE, 10),)) == ()


def test_the_hubs_word_alone_never_moves_a_quantity_or_a_status() -> None:
    known = facts(shop(0, (0, 1)), hub(3))
    assert order_of(known).lines[0].quantities.cancelled == 0
    assert order_of(known).status == "ALLOCATED"


def test_a_mirror_that_differs_is_a_conflict_whichever_was_read_last() -> None:
    erp = order_record(ERP, content(line("1", 2), status="VALIDATED"), (5, 6))
    for seen in ((7, 8), (0, 1)):
        (found,) = conflicts(erp, order_record(SHOP, content(line("a", 3), status="ALLOCATED"), seen))
        assert (found.path, found.chosen) == ("lines.1.quantities.ordered", ERP)
        assert [(one.source, one.value) for one in found.values] == [(ERP, "2"), (SHOP, "3")]


def test_a_mirror_that_ended_what_its_owner_goes_on_with_is_a_conflict_of_status() -> None:
    erp = order_record(ERP, content(line("1"), status="VALIDATED"), (5, 6))
    for seen in ((7, 8), (0, 1)):
        (found,) = conflicts(erp, order_record(SHOP, content(line("a"), status="CANCELLED"), seen))
        assert (found.path, found.group, found.chosen) == ("status", FieldGroup.LIFECYCLE, ERP)
        assert [one.value for one in found.values] == ["VALIDATED", "CANCELLED"]
    behind = order_record(SHOP, content(line("a"), status="ACCEPTED"), (7, 8))
    assert conflicts(erp, behind) == ()


def test_who_says_that_more_left_than_the_warehouse_does_disagrees_and_who_is_behind_does_not() -> None:
    warehouse = shipment_record(WMS, Content(status="SHIPPED", lines=(line("x", 2),)))
    placed = order_record(SHOP, content(line("a", 3), status="ALLOCATED"))
    for shipped, told in ((3, [(WMS, "2"), (ERP, "3")]), (1, []), (2, [])):
        erp = order_record(ERP, content(line("1", 3, shipped=shipped), status="VALIDATED"))
        found = [one for one in conflicts(placed, erp, warehouse) if one.path == "lines.1.quantities.shipped"]
        assert [(v.source, v.value) for one in found for v in one.values] == told


def test_systems_must_have_disagreed_for_a_while_before_somebody_must_look() -> None:
    records = (
        order_record(ERP, content(line("1", 2), status="VALIDATED"), (5, 6)),
        order_record(SHOP, content(line("a", 3), status="ALLOCATED"), (7, 8)),
    )
    early = assemble(facts(*records, now=at(60)))
    assert (early.cases, early.decide_at) == ((), at(7) + PERSISTS)
    later = assemble(facts(*records, now=at(7) + PERSISTS))
    assert [case.dedup_key for case in later.cases] == ["ORDER_CONFLICT|o1|lines.1.quantities.ordered"]


def test_each_conflict_is_a_case_that_names_both_sides() -> None:
    picture = assemble(facts(shop(0, (12, 13)), hub(2), deliveries=(settled(S.DONE, 10),)))
    (case,) = picture.cases
    assert (case.code, case.dedup_key) == (
        ExceptionCode.ORDER_CONFLICT,
        "ORDER_CONFLICT|o1|lines.1.quantities.cancelled",
    )
    assert case.title == "lines.1.quantities.cancelled: shop says 0, hub says 2"
    assert not case.grows_only
    assert conflict_cases("o1", (), at(0)) == ()


def test_reading_the_same_disagreement_again_is_no_news() -> None:
    done = (settled(S.DONE, 10),)
    first = facts(shop(0, (12, 13)), hub(2), deliveries=done)
    again = facts(shop(0, (50, 51)), hub(2), deliveries=done, documents=assemble(first).documents)
    assert order_of(again).conflicts == order_of(first).conflicts
    other = facts(shop(1, (50, 51)), hub(2), deliveries=done, documents=assemble(first).documents)
    assert [one.observed_at for one in order_of(other).conflicts[0].values] == [at(50), at(12)]


def test_only_the_last_settling_and_only_this_source_count() -> None:
    record = shop(0, (12, 13))
    assert asked_since_settled(record, [])
    assert asked_since_settled(record, [settled(S.DONE, 10), delivery(ERP, S.PENDING)])
    assert not asked_since_settled(record, [settled(S.DONE, 10), settled(S.WITHDRAWN, 12)])
    pushed = order_record(SHOP, content(), started=None)
    assert not asked_since_settled(pushed, [settled(S.DONE, 10)])
    assert seen_at(pushed) == pushed.finished
    assert seen_at(record) == record.finished - timedelta(seconds=1)


def test_the_command_is_named_in_the_hubs_lines() -> None:
    assert command_of(line("0190-aa:12")) == "0190-aa"
