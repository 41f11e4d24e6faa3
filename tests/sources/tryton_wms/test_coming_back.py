"""What returns at the warehouse mean, and what is next with them."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec
import pytest

from hub.model.effects import Disposed, GoodsLine, InspectReturn, ReceiveReturn
from hub.model.intents import OutcomeState
from hub.model.returns import Disposition
from sources.tryton_wms.coming_back import (
    Carry,
    Expect,
    Fit,
    Plan,
    Press,
    PutAside,
    came_on,
    expected,
    inspected,
    received,
    wanted_aside,
)
from sources.tryton_wms.wire import AsideRow, ReturnRow
from tests.sources.tryton_wms.made import back, move

ABSENT, PARTIAL, DONE, REFUSED = OutcomeState.ABSENT, OutcomeState.PARTIAL, OutcomeState.DONE, OutcomeState.REFUSED
LOST, QUAR = 9, 11
PLACES = {Disposition.SCRAP: LOST, Disposition.QUARANTINE: QUAR}


def document(one: int, state: str, *brings: tuple[str, float]) -> ReturnRow:
    """A return whose moves bring so many units of items; its moves count from a hundred times its id."""
    there = {"id": 1, "code": "IN", "type": "storage"}
    moved = "done" if state in ("received", "done") else "draft"
    moves = [
        move(one * 100 + at, units, moved, **{"to_location.": there, "product.": {"id": at, "code": sku, "name": sku}})
        for at, (sku, units) in enumerate(brings)
    ]
    return back(**{"id": one, "number": str(one), "state": state, "moves.": moves})


def goods(**units: int) -> tuple[GoodsLine, ...]:
    return tuple(
        GoodsLine(line_no=at, sku=sku, quantity=Decimal(n), unit="C62") for at, (sku, n) in enumerate(units.items())
    )


def came(*rows: ReturnRow, **units: int) -> Plan:
    return received(rows, ReceiveReturn(reference="C-R1", lines=goods(**units)))


def aside(one: int, units: float, place: int, state: str = "done", sku: str = "MUG") -> AsideRow:
    told = {
        "id": one,
        "state": state,
        "quantity": units,
        "to_location": place,
        "product.": {"id": 1, "code": sku, "name": sku},
        "uom.": {"id": 1, "symbol": "u", "digits": 0},
    }
    return msgspec.convert(told, AsideRow)


def judged(*rows: ReturnRow, moved: tuple[AsideRow, ...] = (), **units: int) -> Plan:
    lines = tuple(
        Disposed(line_no=1, sku="MUG", quantity=Decimal(n), disposition=Disposition(what)) for what, n in units.items()
    )
    content = InspectReturn(reference="C-R1", lines=lines)
    return inspected(rows, moved, content, wanted_aside(content, PLACES))


def test_a_return_that_somebody_gave_up_is_not_made_again_and_one_that_stands_is_enough() -> None:
    new, there = expected([], goods(MUG=2)), expected([document(4, "draft", ("MUG", 2))], goods(MUG=2))
    assert (new.outcome.state, new.step, new.is_last) == (ABSENT, Expect(lines=(("MUG", Decimal(2)),)), True)
    assert (there.outcome.state, there.outcome.source_id, there.step) == (DONE, "4", None)
    gone = expected([document(4, "cancelled", ("MUG", 2))], goods(MUG=2))
    assert (gone.outcome.state, gone.outcome.words) == (REFUSED, "the return was cancelled in the warehouse")


def test_fewer_than_expected_are_written_before_they_are_received() -> None:
    first = came(document(4, "draft", ("MUG", 3), ("LAMP", 1)), MUG=2, LAMP=0)
    assert (first.outcome.state, first.step) == (
        ABSENT,
        Fit(one=4, known=((400, Decimal(2)), (401, Decimal(0))), more=()),
    )
    then = came(document(4, "draft", ("MUG", 2), ("LAMP", 0)), MUG=2, LAMP=0)
    assert (then.outcome.state, then.step, then.is_last) == (PARTIAL, Press(one=4, button="receive"), True)
    assert came(document(4, "received", ("MUG", 2)), MUG=2).outcome.state is DONE


def test_more_and_other_items_than_expected_are_written_too() -> None:
    plan = came(document(4, "draft", ("MUG", 3)), MUG=4, LAMP=1)
    assert plan.step == Fit(one=4, known=((400, Decimal(4)),), more=(("LAMP", Decimal(1)),))


def test_what_comes_late_comes_on_another_return_of_the_reference() -> None:
    early = document(4, "done", ("MUG", 2))
    late = came(early, MUG=3)
    assert (late.outcome.state, late.step) == (PARTIAL, Expect(lines=(("MUG", Decimal(1)),)))
    assert came(early, document(5, "draft", ("MUG", 1)), MUG=3).step == Press(one=5, button="receive")
    assert came_on([early, document(5, "received", ("MUG", 1))]) == {"MUG": Decimal(3)}


def test_less_than_the_dock_has_taken_in_is_refused() -> None:
    plan = came(document(4, "received", ("MUG", 3)), MUG=2)
    assert (plan.outcome.state, plan.outcome.words) == (REFUSED, "MUG: 3 have come in the warehouse, not 2")


def test_scrap_is_put_away_moved_on_and_carried_in_that_order() -> None:
    there = document(4, "received", ("MUG", 3))
    first = judged(there, RESTOCK=2, SCRAP=1)
    assert (first.outcome.state, first.step) == (ABSENT, Press(one=4, button="done"))
    done = document(4, "done", ("MUG", 3))
    second = judged(done, RESTOCK=2, SCRAP=1)
    assert second.step == PutAside(sku="MUG", units=Decimal(1), place=LOST, origin=400)
    third = judged(done, moved=(aside(7, 1, LOST, "draft"),), RESTOCK=2, SCRAP=1)
    assert (third.outcome.state, third.step, third.is_last) == (PARTIAL, Carry(one=7), True)
    assert judged(done, moved=(aside(7, 1, LOST),), RESTOCK=2, SCRAP=1).outcome.state is DONE


def test_a_target_that_grew_moves_only_what_is_missing() -> None:
    done = document(4, "done", ("MUG", 3))
    plan = judged(done, moved=(aside(7, 1, LOST),), SCRAP=2, QUARANTINE=1)
    assert plan.step == PutAside(sku="MUG", units=Decimal(1), place=LOST, origin=400)


@pytest.mark.parametrize(
    ("moved", "units", "words"),
    [
        ((), {"RESTOCK": 4}, "MUG: 4 are judged, 3 have come in the warehouse"),
        ((aside(7, 2, LOST),), {"SCRAP": 1}, "MUG: 2 were moved off the shelf already, not 1"),
    ],
)
def test_what_cannot_be_is_refused_in_words(moved: tuple[AsideRow, ...], units: Mapping[str, int], words: str) -> None:
    plan = judged(document(4, "done", ("MUG", 3)), moved=moved, **units)
    assert (plan.outcome.state, plan.outcome.words) == (REFUSED, words)


def test_what_never_comes_is_given_up() -> None:
    rows = document(4, "done", ("MUG", 2)), document(5, "draft", ("MUG", 1))
    assert judged(*rows, RESTOCK=2).outcome.state is DONE
    assert judged(*rows, RESTOCK=2, NOT_RECEIVED=1).step == Press(one=5, button="cancel")
