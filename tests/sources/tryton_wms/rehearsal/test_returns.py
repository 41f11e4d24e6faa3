"""Hands for returns: what was done at the dock is what they see."""

from decimal import Decimal

from sources.kit.stage import Stage
from sources.tryton_wms.rehearsal.hands import Hands
from sources.tryton_wms.rehearsal.returns import Expecting, Inspecting, Receiving
from sources.tryton_wms.rehearsal.stage import TrytonWmsStage


def hands_of(wms: Stage) -> Hands:
    assert isinstance(wms, TrytonWmsStage)
    return wms.hands


async def test_the_warehouse_takes_a_second_return_of_one_reference(wms: Stage) -> None:
    expecting = Expecting(hands=hands_of(wms), source="wms")
    intent = await expecting.sample()
    assert await expecting.again(intent)
    assert await expecting.again(intent)
    assert len(await expecting.bearing(intent)) == 2


async def test_a_return_shows_once_it_is_received_and_is_judged_once_it_is_put_away(wms: Stage) -> None:
    hands = hands_of(wms)
    receiving, inspecting = Receiving(hands=hands, source="wms"), Inspecting(hands=hands, source="wms")
    intent, judged = await receiving.sample(), await inspecting.sample()
    await hands.step_back(str(intent.source_id), "receive")
    await hands.step_back(str(judged.source_id), "done")
    (came,), (away,) = await receiving.bearing(intent), await inspecting.bearing(judged)
    assert (came.source_id, dict(came.lines)) == (intent.source_id, {"TSHIRT-M": Decimal(3), "MUG": Decimal(2)})
    assert (away.source_id, away.is_whole) == (judged.source_id, False)
