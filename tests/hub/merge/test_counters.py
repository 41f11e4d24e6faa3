import pytest

from hub.merge.counters import (
    CARRIED,
    GROUP_OF,
    NAMES,
    RANK,
    Statement,
    carried,
    in_order,
    summed,
    told_of,
)
from hub.merge.derive import Hearing
from hub.model.observation import SourceQuantities
from hub.model.order import OrderStatus
from hub.model.shipment import ShipmentMilestone
from hub.model.vocabulary import FieldGroup, SystemKind
from tests.kit.facts import ERP, SHOP, WMS, d

M = ShipmentMilestone
COMMERCE = SystemKind.COMMERCE


def said(source: str, system: SystemKind, **counters: int) -> Statement:
    return Statement(source=source, system=system, rows={0: {name: d(value) for name, value in counters.items()}})


def test_every_counter_has_an_owner() -> None:
    assert set(GROUP_OF) == set(NAMES)


def test_the_owners_word_counts_and_not_the_greatest() -> None:
    statements = [said(SHOP, COMMERCE, shipped=5), said(WMS, SystemKind.WMS, shipped=0)]
    assert Hearing(statements, accepted=True).told(0, "shipped") == 0
    assert Hearing(statements[:1], accepted=True).told(0, "shipped") == 5
    assert Hearing(statements, accepted=True).told(0, "invoiced") == 0


def test_what_the_owner_does_not_say_of_a_row_another_may() -> None:
    """One line leaves the warehouse, another comes from a vendor whom only the shop knows."""
    warehouse = Statement(source=WMS, system=SystemKind.WMS, rows={1: {"shipped": d(2)}})
    statements = [said(SHOP, COMMERCE, shipped=1), warehouse]
    assert Hearing(statements, accepted=True).told(0, "shipped") == 1


@pytest.mark.parametrize(("accepted", "value"), [(False, 3), (True, 2)])
def test_the_channel_speaks_for_what_was_ordered_until_the_erp_has_accepted(value: int, *, accepted: bool) -> None:
    statements = [said(ERP, SystemKind.ERP, ordered=2), said(SHOP, COMMERCE, ordered=3)]
    assert Hearing(statements, accepted=accepted).told(0, "ordered") == value


def test_statements_are_heard_in_the_order_of_authority() -> None:
    statements = [said(SHOP, COMMERCE), said(ERP, SystemKind.ERP), said(WMS, SystemKind.WMS)]
    heard = in_order(statements, FieldGroup.FULFILLMENT, accepted=True)
    assert [one.source for one in heard] == [WMS, ERP, SHOP]


def test_a_claim_has_the_rank_of_its_own_word_or_of_the_one_it_repeats() -> None:
    assert Statement(source=ERP, system=SystemKind.ERP).rank == -1
    assert Statement(source=ERP, system=SystemKind.ERP, claim=OrderStatus.UNKNOWN).rank == -1
    assert Statement(source=ERP, system=SystemKind.ERP, claim=OrderStatus.VALIDATED).rank == 2
    repeats = Statement(source=ERP, system=SystemKind.ERP, claim=OrderStatus.VALIDATED, repeats=OrderStatus.SHIPPED)
    assert repeats.rank == RANK[OrderStatus.SHIPPED]


@pytest.mark.parametrize(
    ("status", "counters"),
    [
        (M.CREATED, (0, 0, 0, 0)),
        (M.PICK_STARTED, (0, 0, 0, 0)),
        (M.PICKED, (3, 0, 0, 0)),
        (M.PACKED, (3, 3, 0, 0)),
        (M.READY_FOR_PICKUP, (3, 3, 0, 0)),
        (M.SHIPPED, (3, 3, 3, 0)),
        (M.IN_TRANSIT, (3, 3, 3, 0)),
        (M.LOST, (3, 3, 3, 0)),
        (M.DELIVERED, (3, 3, 3, 3)),
        (M.CANCELLED, (0, 0, 0, 0)),
    ],
)
def test_a_shipments_status_raises_the_counters_of_what_it_carries(
    status: M, counters: tuple[int, int, int, int]
) -> None:
    raised = carried(SourceQuantities(ordered=d(3)), status, releases=False)
    assert [raised[name] for name in ("picked", "packed", "shipped", "delivered")] == [d(one) for one in counters]


def test_units_that_a_source_tells_count_beside_the_status() -> None:
    """Two of three packed by name, the shipment as a whole only picked."""
    raised = carried(SourceQuantities(ordered=d(3), packed=d(2)), M.PICKED, releases=False)
    assert (raised["picked"], raised["packed"]) == (d(3), d(2))


def test_a_warehouse_that_has_a_shipment_has_said_yes_until_it_is_void() -> None:
    assert carried(SourceQuantities(ordered=d(3)), M.CREATED, releases=True)["released"] == 3
    assert carried(SourceQuantities(ordered=d(3)), M.VOIDED, releases=True)["released"] == 0
    assert "released" not in carried(SourceQuantities(ordered=d(3)), M.CREATED, releases=False)


def test_an_unmapped_shipment_adds_only_what_it_tells() -> None:
    assert carried(SourceQuantities(ordered=d(3), shipped=d(1)), M.UNKNOWN, releases=True) == {"shipped": d(1)}


def test_no_milestone_raises_two_counters_by_itself() -> None:
    named = [milestone for milestones in CARRIED.values() for milestone in milestones]
    assert len(named) == len(set(named))


def test_sums_leave_out_what_nobody_tells() -> None:
    one, other = SourceQuantities(ordered=d(1), shipped=d(1)), SourceQuantities(ordered=d(2))
    assert summed([told_of(one), told_of(other)]) == {"ordered": d(3), "shipped": d(1)}
