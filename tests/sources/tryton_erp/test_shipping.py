"""Shipments of the rehearsed ERP that leave, on good days and on bad ones."""

from dataclasses import replace
from decimal import Decimal

import pytest

from hub.errors import OutcomeUnknown, SourceRefused
from hub.model.effects import ShipGoods
from hub.model.intents import Intent, OutcomeState
from hub.model.vocabulary import Kind
from hub.ports import Adapter, Found
from sources.kit.chaos import Order, Trouble
from sources.kit.stage import Stage
from sources.tryton_erp.rehearsal.hands import Hands
from sources.tryton_erp.rehearsal.stage import TrytonErpStage
from tests.sources.tryton_erp.conftest import CALL
from tests.sources.tryton_erp.written import goods, intent, left


def hands(erp: Stage) -> Hands:
    assert isinstance(erp, TrytonErpStage)
    return erp.hands


async def planned(erp: Stage, *lines: tuple[str, str, int]) -> tuple[str, str]:
    """A processed sale and its one shipment."""
    sale = await hands(erp).sell(hands(erp).code(), lines)
    await hands(erp).process(sale)
    (shipment,) = (await hands(erp).order(sale))["shipments"]
    return sale, str(shipment["id"])


def shipped(one: str, content: ShipGoods) -> Intent:
    return intent(content, kind=Kind.SHIPMENT, one=one)


async def test_what_left_is_done_and_tryton_plans_the_rest_by_itself(erp: Stage, adapter: Adapter) -> None:
    sale, one = await planned(erp, ("MUG", "7.50", 5), ("TSHIRT-M", "19.90", 2))
    wanted = shipped(one, left(goods(units="3"), tracking=("1Z1", "1Z2")))
    outcomes = [await adapter.execute(CALL, wanted) for _ in range(2)]
    assert [outcome.state for outcome in outcomes] == [OutcomeState.DONE] * 2
    found = await hands(erp).order(sale)
    assert (found["shipment_state"], [part["state"] for part in found["shipments"]]) == (
        "partially shipped", ["done", "waiting"],
    )  # fmt: skip
    rest = await adapter.read(CALL, Kind.SHIPMENT, [one, str(found["shipments"][1]["id"])])
    told = [seen.seen[0].content for seen in rest.values() if isinstance(seen, Found)]
    lines = [[(line.sku, int(line.quantities.ordered or 0)) for line in content.lines] for content in told if content]
    assert lines == [[("MUG", 3)], [("MUG", 2), ("TSHIRT-M", 2)]]
    parcels = [
        key.value.split("/")[1] for content in told if content for key in content.bears if key.scheme == "parcel"
    ]
    assert parcels == ["1Z1", "1Z2"]


async def test_what_the_books_lack_is_assigned_by_force(erp: Stage, adapter: Adapter) -> None:
    sale, one = await planned(erp, ("LAPTOP", "899.00", 5))
    outcome = await adapter.execute(CALL, shipped(one, left(goods("LAPTOP", "4"))))
    assert outcome.state is OutcomeState.DONE
    assert (await hands(erp).order(sale))["shipment_state"] == "partially shipped"


async def test_where_force_is_withheld_it_is_refused(erp: Stage, adapter: Adapter) -> None:
    _, one = await planned(erp, ("LAPTOP", "899.00", 500))
    erp.proxy.order(
        Order(trouble=Trouble.FAIL, holding=b"/assign_force?", status=403, headers={"content-type": "text/html"})
    )
    outcome = await adapter.execute(CALL, shipped(one, left(goods("LAPTOP", "500"))))
    assert (outcome.state, outcome.words) == (OutcomeState.REFUSED, "the ERP does not let this user do that")


async def test_what_people_have_begun_is_gone_on_with(erp: Stage, adapter: Adapter) -> None:
    _, one = await planned(erp, ("MUG", "7.50", 5))
    for button in ("assign_try", "pick"):
        await hands(erp).press("stock.shipment.out", one, button)
    refused = await adapter.execute(CALL, shipped(one, left(goods(units="3"))))
    assert refused.words == "the shipment is picked in the ERP with other quantities (MUG: 5.0 in the ERP, 3 left)"
    assert (await adapter.execute(CALL, shipped(one, left()))).state is OutcomeState.DONE


async def test_an_assigned_shipment_is_planned_anew_for_less(erp: Stage, adapter: Adapter) -> None:
    sale, one = await planned(erp, ("MUG", "7.50", 5))
    await hands(erp).press("stock.shipment.out", one, "assign_try")
    assert (await adapter.execute(CALL, shipped(one, left(goods(units="2"))))).state is OutcomeState.DONE
    assert len((await hands(erp).order(sale))["shipments"]) == 2


@pytest.mark.parametrize("trouble", [Trouble.LOSE, Trouble.CUT])
async def test_trouble_halfway_is_gone_on_from(erp: Stage, adapter: Adapter, trouble: Trouble) -> None:
    sale, one = await planned(erp, ("MUG", "7.50", 5))
    wanted = shipped(one, left(goods(units="3")))
    assert (await adapter.resolve(CALL, wanted)).state is OutcomeState.ABSENT
    erp.proxy.order(Order(trouble=trouble, holding=b"/pack?"))
    with pytest.raises(OutcomeUnknown):
        await adapter.execute(CALL, wanted)
    erp.proxy.heal()
    assert (await adapter.resolve(CALL, wanted)).state is OutcomeState.PARTIAL
    assert (await adapter.execute(CALL, wanted)).state is OutcomeState.DONE
    assert len((await hands(erp).order(sale))["shipments"]) == 2


async def test_a_shipment_that_is_not_there_is_refused_and_units_are_the_erps_own(erp: Stage, adapter: Adapter) -> None:
    with pytest.raises(SourceRefused, match="no such shipment"):
        await adapter.resolve(CALL, shipped("9000000", left()))
    _, one = await planned(erp, ("MUG", "7.50", 5))
    dozen = replace(left(), lines=(goods(units="60", factor=Decimal(12)),))
    assert (await adapter.execute(CALL, shipped(one, dozen))).state is OutcomeState.DONE
