"""What a return in the ERP means, and what is next with it."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec
import pytest

from hub.model.effects import Disposed, InspectReturn, ReceiveReturn
from hub.model.intents import OutcomeState
from hub.model.returns import Disposition
from sources.tryton_erp.backwards import BACK, MOVE, Stand, alive, inspected, received
from sources.tryton_erp.deed import New, Plan, Press, Put, Wizard
from sources.tryton_erp.forms import AsideMove, BackShipment, FoundReturn
from tests.sources.tryton_erp.written import goods

ABSENT, PARTIAL, DONE, REFUSED = OutcomeState.ABSENT, OutcomeState.PARTIAL, OutcomeState.DONE, OutcomeState.REFUSED
LOST, STORAGE = 9, 4
PLACES = {Disposition.SCRAP: LOST, Disposition.KEEP_WITH_CUSTOMER: LOST}


def shipment(one: int, state: str, **units: int) -> BackShipment:
    """A return shipment; its moves count from a hundred times its id."""
    moved = "done" if state in ("received", "done") else "draft"
    moves = [
        {"id": one * 100 + at, "state": moved, "quantity": n, "unit": {"id": 1},
         "product": {"id": 50 + at, "code": sku, "type": "goods"}}
        for at, (sku, n) in enumerate(units.items())
    ]  # fmt: skip
    door = {"id": 1, "code": "WH", "storage_location": {"id": STORAGE}, "lost_found_location": {"id": LOST}}
    told = {"id": one, "state": state, "warehouse": {**door, "waste_locations": []}, "incoming_moves": moves}
    return msgspec.convert(told, BackShipment)


def aside(one: int, units: int, state: str = "done") -> AsideMove:
    product = {"id": 50, "code": "MUG", "type": "goods"}
    told = {"id": one, "state": state, "quantity": units, "product": product, "to_location": {"id": LOST}}
    return msgspec.convert(told, AsideMove)


def stand(*shipments: BackShipment, moved: tuple[AsideMove, ...] = (), cancelled: int | None = None) -> Stand:
    moves = [{"id": cancelled, "state": "cancelled"}] if cancelled else []
    line = {"id": 3, "moves": moves, "moves_ignored": [], "moves_recreated": []}
    sale = msgspec.convert({"id": 7, "number": "12", "state": "processing", "lines": [line]}, FoundReturn)
    return Stand(sale=sale, shipments=alive(shipments), aside=moved)


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


def test_scrap_is_put_away_moved_on_and_done_in_that_order() -> None:
    first = judged(stand(shipment(4, "received", MUG=3)), RESTOCK=2, SCRAP=1)
    assert (first.outcome.state, first.step) == (ABSENT, Press(model=BACK, one=4, button="do"))
    done = shipment(4, "done", MUG=3)
    second = judged(stand(done), RESTOCK=2, SCRAP=1)
    assert second.step == New(
        model=MOVE,
        values=(
            ("product", 50),
            ("quantity", 1.0),
            ("unit", 1),
            ("from_location", STORAGE),
            ("to_location", LOST),
            ("origin", "stock.move,400"),
        ),
    )
    third = judged(stand(done, moved=(aside(8, 1, "draft"),)), RESTOCK=2, SCRAP=1)
    assert (third.step, third.is_last) == (Press(model=MOVE, one=8, button="do"), True)
    assert judged(stand(done, moved=(aside(8, 1),)), RESTOCK=2, SCRAP=1).outcome.state is DONE


def test_more_than_came_or_less_than_was_moved_on_is_refused() -> None:
    done = shipment(4, "done", MUG=3)
    over, back = judged(stand(done), RESTOCK=4), judged(stand(done, moved=(aside(8, 2),)), SCRAP=1)
    assert over.outcome.words == "MUG: 4 are judged, 3 have come in the ERP"
    assert back.outcome.words == "MUG: 2 were moved off the shelf already, not 1"
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
    assert judged(stand(shipment(4, "received", MUG=2)), KEEP_WITH_CUSTOMER=2).step == Press(
        model=BACK, one=4, button="do"
    )
