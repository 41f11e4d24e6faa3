"""A return at the warehouse from its announcement to the shelf, over the rehearsed API."""

from decimal import Decimal

import pytest

from hub.errors import SourceRefused
from hub.model.effects import (
    CREATE_RETURN,
    INSPECT_RETURN,
    RECEIVE_RETURN,
    CreateReturn,
    Disposed,
    Effect,
    GoodsLine,
    InspectReturn,
    ReceiveReturn,
)
from hub.model.intents import IntentOf, Outcome, OutcomeState
from hub.model.returns import Disposition
from hub.model.vocabulary import Kind
from sources.kit.checks.bench import Bench
from sources.tryton_wms.rehearsal.state import LOCATION, PRODUCT, RETURN, Shipment
from tests.sources.tryton_wms.conftest import CALL, Own

ONE = Decimal(1)
ACTIONS = {CreateReturn: CREATE_RETURN, ReceiveReturn: RECEIVE_RETURN, InspectReturn: INSPECT_RETURN}


async def told(own: Own, content: Effect) -> Outcome:
    intent = IntentOf(
        source="wms", kind=Kind.RETURN, source_id=None, action=ACTIONS[type(content)], key="k", content=content
    )
    async with Bench(own.stage).adapter() as adapter:
        return await adapter.execute(CALL, intent)


def goods(*lines: tuple[str, int]) -> tuple[GoodsLine, ...]:
    return tuple(
        GoodsLine(line_no=at, sku=sku, quantity=Decimal(n), unit="C62") for at, (sku, n) in enumerate(lines, start=1)
    )


def announced(*lines: tuple[str, int], warehouse: str | None = "WH") -> CreateReturn:
    return CreateReturn(reference="C-R1", order=None, lines=goods(*lines), currency_code="EUR", warehouse=warehouse)


def judged(**units: int) -> InspectReturn:
    lines = tuple(
        Disposed(line_no=1, sku="MUG", quantity=Decimal(n), disposition=Disposition(what)) for what, n in units.items()
    )
    return InspectReturn(reference="C-R1", lines=lines)


def lies(own: Own, place: str) -> Decimal:
    depot = own.stand.depot
    return depot.quantity(depot.by_code(PRODUCT, "MUG"), depot.within(depot.by_code(LOCATION, place)))


async def test_two_of_three_come_back_one_is_scrapped_and_one_lies_on_the_shelf(own: Own) -> None:
    shelf, waste = lies(own, "STO"), lies(own, "LOST")
    outcomes = [
        await told(own, announced(("MUG", 3))),
        await told(own, ReceiveReturn(reference="C-R1", lines=goods(("MUG", 2)))),
        await told(own, judged(RESTOCK=1, SCRAP=1, NOT_RECEIVED=1)),
    ]
    assert [one.state for one in outcomes] == [OutcomeState.DONE] * 3
    assert {one.source_id for one in outcomes} == {"1"}
    assert (lies(own, "STO") - shelf, lies(own, "LOST") - waste, lies(own, "IN")) == (ONE, ONE, Decimal(0))


async def test_what_is_not_for_sale_lies_apart(own: Own) -> None:
    shelf = lies(own, "STO")
    await told(own, announced(("MUG", 2)))
    await told(own, ReceiveReturn(reference="C-R1", lines=goods(("MUG", 2))))
    assert (await told(own, judged(RESTOCK=1, QUARANTINE=1))).state is OutcomeState.DONE
    assert (lies(own, "STO") - shelf, lies(own, "QUAR")) == (ONE, ONE)


async def test_a_late_parcel_comes_on_a_second_return_of_the_reference(own: Own) -> None:
    await told(own, announced(("MUG", 3)))
    for units in (2, 3, 3):
        assert (
            await told(own, ReceiveReturn(reference="C-R1", lines=goods(("MUG", units))))
        ).state is OutcomeState.DONE
    states = [row.state for row in own.stand.depot.all(RETURN, Shipment)]
    assert states == ["received", "received"]


async def test_a_wrong_item_in_the_parcel_is_taken_in_as_what_it_is(own: Own) -> None:
    await told(own, announced(("MUG", 1)))
    came = await told(own, ReceiveReturn(reference="C-R1", lines=goods(("MUG", 0), ("LAPTOP", 1))))
    depot = own.stand.depot
    assert came.state is OutcomeState.DONE
    assert depot.quantity(depot.by_code(PRODUCT, "LAPTOP"), [depot.by_code(LOCATION, "IN")]) == 1


async def test_what_cannot_be_announced_is_refused_in_words_and_nothing_stands(own: Own) -> None:
    nothing = await told(own, announced(("MUG", 0)))
    nowhere = await told(own, announced(("MUG", 1), warehouse=None))
    litres = CreateReturn(
        reference="C-R1",
        order=None,
        lines=(GoodsLine(line_no=1, sku="MUG", quantity=Decimal(1), unit="LTR"),),
        currency_code="EUR",
        warehouse="WH",
    )
    assert [nothing.words, nowhere.words, (await told(own, litres)).words] == [
        "a return needs lines, and each of them units",
        "no warehouse was named for the return",
        "the warehouse counts MUG in C62, not in LTR",
    ]
    assert list(own.stand.depot.all(RETURN, Shipment)) == []


async def test_what_nobody_has_judged_stays_where_it_is(own: Own) -> None:
    await told(own, announced(("MUG", 1)))
    with pytest.raises(SourceRefused, match="nobody has said what becomes of all"):
        await told(own, judged(UNKNOWN=1))
