"""What a return in the ERP means, and what is next with it."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec
import pytest

from hub.model.effects import Disposed, InspectReturn, ReceiveReturn
from hub.model.intents import OutcomeState
from hub.model.returns import Disposition
from sources.tryton_erp.backwards import BACK, MOVE, Stand, alive, inspected, received
from sources.tryton_erp.deed import Plan, Press, Put, Wizard
from sources.tryton_erp.forms import BackShipment, FoundReturn
from tests.sources.tryton_erp.written import goods

ABSENT, PARTIAL, DONE, REFUSED = OutcomeState.ABSENT, OutcomeState.PARTIAL, OutcomeState.DONE, OutcomeState.REFUSED
LOST, STORAGE = 9, 4
PLACES = {Disposition.SCRAP: LOST, Disposition.KEEP_WITH_CUSTOMER: LOST}


def shipment(one: int, state: str, aside: int = 0, **units: int) -> BackShipment:
    """A return shipment; its moves in count from a hundred times its id, those away from 50 more, *aside* to waste."""
    moved = "done" if state in ("received", "done") else "draft"
    moves = [
        {"id": one * 100 + at, "state": moved, "quantity": n, "unit": {"id": 1},
         "product": {"id": 50 + at, "code": sku, "type": "goods"}}
        for at, (sku, n) in enumerate(units.items())
    ]  # fmt: skip
    shares = [(at, n - aside, STORAGE) for at, n in enumerate(units.values())] if moved == "done" else []
    shares += [(9, aside, LOST)] if aside else []
    away = [
        {**(moves[at] if at < len(moves) else moves[0]), "id": one * 100 + 50 + at, "quantity": n,
         "state": "done" if state == "done" else "draft", "origin": f"stock.move,{one * 100}",
         "from_location": {"id": 2}, "to_location": {"id": place}}
        for at, n, place in shares
    ]  # fmt: skip
    door = {"id": 1, "code": "WH", "storage_location": {"id": STORAGE}, "waste_locations": [{"id": LOST}]}
    told = {"id": one, "state": state, "warehouse": door, "incoming_moves": moves, "inventory_moves": away}
    return msgspec.convert(told, BackShipment)


def stand(*shipments: BackShipment, cancelled: int | None = None) -> Stand:
    moves = [{"id": cancelled, "state": "cancelled"}] if cancelled else []
    line = {"id": 3, "moves": moves, "moves_ignored": [], "moves_recreated": []}
    sale = msgspec.convert({"id": 7, "number": "12", "state": "processing", "lines": [line]}, FoundReturn)
    return Stand(sale=sale, shipments=alive(shipments))


def came(*shipments: BackShipment, **units: int) -> Plan:
    lines = tuple(goods(sku, str(n)) for sku, n in units.items())
    return received(stand(*shipments), ReceiveReturn(reference="C-R1", lines=lines))


def judged(there: Stand, **units: int) -> Plan:
    lines = tuple(
        Disposed(line_no=1, sku="MUG", quantity=Decimal(n), disposition=Disposition(what)) for what, n in units.items()
    )
    return inspected(there, InspectReturn(reference="C-R1", lines=lines), PLACES)


def test_fewer_than_planned_are_written_before_they_are_received() -> None:
    first = came(shipment(4, "draft", MUG=3, LAMP=1), MUG=2, LAMP=1)
    assert (first.outcome.state, first.step) == (ABSENT, Put(model=MOVE, one=400, values={"quantity": 2.0}))
    then = came(shipment(4, "draft", MUG=2, LAMP=1), MUG=2, LAMP=1)
    assert then.step == Press(model=BACK, one=4, button="receive", is_sure=True)
    assert (then.outcome.state, then.is_last, then.outcome.source_id) == (PARTIAL, True, "7")


def test_all_shipments_together_count_and_the_rest_that_tryton_plans_is_received_when_it_comes() -> None:
    early, rest = shipment(4, "done", MUG=2), shipment(5, "draft", MUG=1)
    assert came(early, rest, MUG=2).outcome.state is DONE
    assert came(early, rest, MUG=3).step == Press(model=BACK, one=5, button="receive", is_sure=True)


@pytest.mark.parametrize(
    ("shipments", "units", "words"),
    [
        ([shipment(4, "done", MUG=3)], {"MUG": 2}, "MUG: 3 have come in the ERP"),
        ([shipment(4, "done", MUG=3)], {"MUG": 4}, "MUG: the ERP expects no more, 1 have come"),
        ([shipment(4, "draft", MUG=3)], {"LAMP": 1}, "LAMP: 1 have come, and the ERP sold none"),
    ],
)
def test_what_the_erp_cannot_book_is_refused_in_words(
    shipments: list[BackShipment], units: Mapping[str, int], words: str
) -> None:
    plan = came(*shipments, **units)
    assert (plan.outcome.state, plan.outcome.words, plan.step) == (REFUSED, words, None)


def test_scrap_is_parted_from_what_is_put_away_before_it_is() -> None:
    first = judged(stand(shipment(4, "received", MUG=3)), RESTOCK=2, SCRAP=1)
    values = {
        "product": 50,
        "quantity": 1.0,
        "unit": 1,
        "from_location": 2,
        "to_location": LOST,
        "origin": "stock.move,400",
    }
    parted = [["write", [450], {"quantity": 2.0}], ["create", [values]]]
    assert (first.outcome.state, first.step) == (ABSENT, Put(model=BACK, one=4, values={"inventory_moves": parted}))
    second = judged(stand(shipment(4, "received", aside=1, MUG=3)), RESTOCK=2, SCRAP=1)
    assert (second.outcome.state, second.step, second.is_last) == (PARTIAL, Press(model=BACK, one=4, button="do"), True)
    assert judged(stand(shipment(4, "done", aside=1, MUG=3)), RESTOCK=2, SCRAP=1).outcome.state is DONE


def test_a_move_that_is_all_scrap_goes_there_itself() -> None:
    plan = judged(stand(shipment(4, "received", MUG=3)), SCRAP=3)
    assert plan.step == Put(model=MOVE, one=450, values={"to_location": LOST})


def test_what_the_shelf_has_already_and_what_never_came_is_refused_in_words() -> None:
    done = shipment(4, "done", MUG=3)
    over, late = judged(stand(done), RESTOCK=4), judged(stand(done), RESTOCK=2, SCRAP=1)
    back = judged(stand(shipment(4, "received", aside=2, MUG=3)), RESTOCK=2, SCRAP=1)
    assert over.outcome.words == "MUG: 4 are judged, 3 have come in the ERP"
    assert late.outcome.words == "MUG: 1 lie on the shelf already in the ERP"
    assert back.outcome.words == "MUG: 2 go elsewhere than on the shelf already, not 1"
    assert judged(stand(done), UNKNOWN=1).outcome.state is REFUSED


def test_what_never_comes_is_given_up_and_the_sale_hears_of_it() -> None:
    early, rest = shipment(4, "done", MUG=2), shipment(5, "draft", MUG=1)
    assert judged(stand(early, rest), RESTOCK=2).outcome.state is DONE
    first = judged(stand(early, rest), RESTOCK=2, NOT_RECEIVED=1)
    assert first.step == Press(model=BACK, one=5, button="cancel")
    then = judged(stand(early, shipment(5, "cancelled", MUG=1), cancelled=500), RESTOCK=2, NOT_RECEIVED=1)
    assert isinstance(then.step, Wizard)
    assert then.step.forms == {"ask": {"recreate_moves": [], "ignore_moves": [500], "domain_moves": [500]}}


def test_what_the_customer_keeps_comes_in_on_paper_and_leaves_again() -> None:
    first = judged(stand(shipment(4, "draft", MUG=3)), KEEP_WITH_CUSTOMER=2)
    assert (first.outcome.state, first.step) == (ABSENT, Put(model=MOVE, one=400, values={"quantity": 2.0}))
    then = judged(stand(shipment(4, "draft", MUG=2)), KEEP_WITH_CUSTOMER=2)
    assert (then.step, then.is_last) == (Press(model=BACK, one=4, button="receive", is_sure=True), False)
    left = judged(stand(shipment(4, "received", MUG=2)), KEEP_WITH_CUSTOMER=2)
    assert left.step == Put(model=MOVE, one=450, values={"to_location": LOST})
