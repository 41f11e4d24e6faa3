"""The way of a shipment out, judged by how it stands."""

from decimal import Decimal

import pytest

from hub.model.intents import OutcomeState
from sources.tryton_erp.deed import Plan, Press, Put, Step, Tried
from sources.tryton_erp.leaving import planned, shares
from sources.tryton_erp.wire import TrytonMove, TrytonShipment
from tests.sources.tryton_erp.made import move, shipment
from tests.sources.tryton_erp.written import goods, left

OUT = move(71, "5.0", "sale.line,7")


def shelf(units: str, state: str = "draft", one: int = 81) -> TrytonMove:
    return move(one, units, "stock.move,71", state)


def noted(state: str, *inventory: TrytonMove, out: TrytonMove = OUT) -> TrytonShipment:
    """A shipment that bears our number already."""
    found = shipment(state, out, inventory=inventory)
    found.shipping_reference = "1Z1"
    return found


def plan(found: TrytonShipment, units: str = "5", *tried: Step) -> Plan:
    return planned(found, left(goods(units=units)), Tried(list(tried)), is_tracked=True)


def press(button: str) -> Press:
    return Press(model="stock.shipment.out", one=31, button=button)


def test_the_carriers_numbers_come_first_and_show_that_it_is_ours() -> None:
    found = plan(shipment("waiting"))
    assert (found.outcome.state, found.step) == (
        OutcomeState.ABSENT, Put(model="stock.shipment.out", one=31, values={"shipping_reference": "1Z1"}),
    )  # fmt: skip
    assert plan(noted("waiting", shelf("5.0"))).outcome.state is OutcomeState.PARTIAL
    two = planned(shipment("waiting"), left(tracking=("1Z1", "1Z2")), Tried(), is_tracked=True)
    assert isinstance(two.step, Put)
    assert two.step.values == {"shipping_reference": "1Z1,1Z2"}
    untracked = planned(shipment("draft"), left(), Tried(), is_tracked=False)
    assert untracked.step == press("wait")


@pytest.mark.parametrize(
    ("state", "button", "is_last"),
    [("draft", "wait", False), ("waiting", "assign_try", False), ("assigned", "pick", False),
     ("picked", "pack", False), ("packed", "ship", False), ("shipped", "do", True)],
)  # fmt: skip
def test_one_button_after_the_other(state: str, button: str, *, is_last: bool) -> None:
    found = plan(noted(state, shelf("5.0")))
    assert (found.step, found.is_last) == (press(button), is_last)


def test_less_than_was_planned_is_written_on_the_shelf_and_nothing_else_stays_planned() -> None:
    found = plan(noted("waiting", shelf("5.0")), "3")
    assert found.step == Put(model="stock.move", one=81, values={"quantity": 3.0})
    assert plan(noted("waiting", shelf("3.0")), "3").step == press("assign_try")
    split = noted("waiting", shelf("3.0", "assigned"), shelf("2.0", one=82))
    assert plan(split, "4").step == press("wait")
    assert plan(noted("assigned", shelf("5.0", "assigned")), "3").step == press("wait")


def test_what_the_books_do_not_have_is_assigned_by_force_after_a_try() -> None:
    short = noted("waiting", shelf("2.0"), shelf("3.0", "assigned", 82))
    assert plan(short).step == press("assign_try")
    assert plan(short, "5", press("assign_try")).step == press("assign_force")


def test_it_is_done_when_it_is_done_with_what_left() -> None:
    found = plan(noted("done", shelf("3.0", "done"), out=move(71, "3.0", "sale.line,7", "done")), "3")
    assert (found.outcome.state, found.step, found.outcome.reference) == (OutcomeState.DONE, None, "44")
    assert plan(shipment("done")).step == Put(
        model="stock.shipment.out", one=31, values={"shipping_reference": "1Z1"}
    )  # fmt: skip


@pytest.mark.parametrize("state", ["picked", "packed", "shipped", "done"])
def test_off_the_shelf_with_other_quantities_is_for_people(state: str) -> None:
    found = plan(noted(state), "3")
    assert (found.outcome.state, found.step) == (OutcomeState.REFUSED, None)
    assert (
        found.outcome.words == f"the shipment is {state} in the ERP with other quantities (MUG: 5.0 in the ERP, 3 left)"
    )


def test_more_than_was_planned_or_other_goods_are_refused_and_so_is_a_cancelled_one() -> None:
    assert (
        plan(noted("waiting", shelf("5.0")), "6").outcome.words == "1 units of MUG left that the shipment does not have"
    )
    other = planned(noted("waiting"), left(goods("HAT")), Tried(), is_tracked=True)
    assert other.outcome.words == "5 units of HAT left that the shipment does not have"
    assert plan(shipment("cancelled")).outcome.words == "the shipment was cancelled in the ERP"


def test_units_go_to_their_own_move_else_item_by_item() -> None:
    moves = [move(71, "2.0", "sale.line,7"), move(72, "3.0", "sale.line,8")]
    assert shares(moves, left(goods(units="4"))) == {71: 2, 72: 2}
    assert shares(moves, left(goods(units="3", line="72"))) == {71: 0, 72: 3}
    assert shares(moves, left(goods(units="24", factor=Decimal(12)))) == {71: 2, 72: 0}


def test_without_numbers_only_what_is_taken_from_the_shelf_shows_that_it_has_begun() -> None:
    for state, begun in (("waiting", OutcomeState.ABSENT), ("assigned", OutcomeState.PARTIAL)):
        found = planned(shipment(state, OUT, inventory=(shelf("5.0"),)), left(tracking=()), Tried(), is_tracked=True)
        assert found.outcome.state is begun
