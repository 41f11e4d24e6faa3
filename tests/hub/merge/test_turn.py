"""Steps 4 to 6 for one root, until nothing more follows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hub.flow.facts import HUB
from hub.merge.keys import RecordKey
from hub.merge.shelf import Shelf
from hub.merge.turn import Turning, assert_as_hub, turn
from hub.model.command import CancelCommand
from hub.model.effects import CancelReason
from hub.model.intents import DeliveryState
from hub.model.observation import Content, SourceLine, SourceQuantities, line_key
from hub.model.order import Order
from hub.model.vocabulary import Kind
from hub.store.accepted import CommandRow
from tests.kit.merging import SHOP, at, landscape, line, order
from tests.kit.shelves import indexed, record, shelf_of

TURNING = Turning(landscape=landscape(), mint=lambda: "minted", correlation_id="correlation-1")


def asked() -> Shelf:
    """An order of three units, and a command that cancels one."""
    shelf = shelf_of(record(SHOP, "s0", order("C0", line("1", 3)), entity="a"))
    _, where = indexed(shelf)
    shelf.commands["c1"] = CommandRow(
        id="c1", client="rep", operation="orderCancel", key="k", hash="h", root_id="a", correlation_id="c",
        input=CancelCommand(order_id="a", reason=CancelReason.CUSTOMER), consequences=(), version=1,
        accepted_at=at(50),
        moved_at=at(50),
    )  # fmt: skip
    asserted = SourceLine(
        id="c1:1", sku="A", target=line_key(SHOP, Kind.ORDER, "1"),
        quantities=SourceQuantities(ordered=Decimal(1), cancelled=Decimal(1), rejected=Decimal(0)),
    )  # fmt: skip
    assert assert_as_hub(shelf, where, "a", Content(lines=(asserted,)))
    return shelf


def test_a_plain_order_comes_to_rest_at_once_with_its_line_numbers() -> None:
    shelf = shelf_of(record(SHOP, "s0", entity="a"))
    turned = turn(shelf, indexed(shelf)[1], "a", TURNING)
    document = turned.picture.documents["a"]
    assert isinstance(document, Order)
    assert (document.number, shelf.deliveries) == ("C0", {})
    assert list(shelf.roots["a"].line_numbers.values()) == [1]


def test_what_the_hub_asserts_leads_to_a_delivery() -> None:
    shelf = asked()
    turn(shelf, indexed(shelf)[1], "a", TURNING)
    (row,) = shelf.deliveries.values()
    assert (row.id, row.source, row.state, row.command_id) == ("minted", SHOP, DeliveryState.PENDING, "c1")


def test_what_was_asked_for_first_leaves_the_root_at_rest_until_it_must_be_confirmed() -> None:
    shelf = asked()
    _, where = indexed(shelf)
    turned = turn(shelf, where, "a", TURNING)
    (row,) = shelf.deliveries.values()
    assert row.confirm_by is not None
    assert turned.result.wake_at == row.confirm_by
    kept = dict(shelf.deliveries)
    assert turn(shelf, where, "a", TURNING) == turned
    assert shelf.deliveries == kept


def test_a_record_asked_after_the_claim_settles_the_row_on_the_way() -> None:
    shelf = asked()
    turn(shelf, indexed(shelf)[1], "a", TURNING)
    claimed = replace(shelf.deliveries["minted"], state=DeliveryState.CLAIMED, claimed_at=at(60), attempts=1)
    shelf.deliveries["minted"] = claimed
    key = RecordKey(SHOP, Kind.ORDER, "s0")
    shown = record(SHOP, "s0", order("C0", line("1", 3, cancelled=1)), entity="a")
    shelf.records[key] = replace(shown, started=at(61), finished=at(62))
    turn(shelf, indexed(shelf)[1], "a", TURNING)
    assert shelf.deliveries["minted"].state is DeliveryState.DONE


def test_the_hub_s_record_is_kept_once_per_content() -> None:
    shelf = asked()
    key = RecordKey(HUB, Kind.ORDER, "a")
    _, where = indexed(shelf)
    assert not assert_as_hub(shelf, where, "a", shelf.records[key].content)
    assert assert_as_hub(shelf, where, "a", Content())
    assert where.records["a"].count(key) == 1
