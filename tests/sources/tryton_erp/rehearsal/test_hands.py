"""Hands at the ERP."""

import pytest

from hub.settings import Secret
from sources.kit.stage import Stage
from sources.registry import stage
from sources.tryton_erp.rehearsal.hands import Hands, HandsFailed
from sources.tryton_erp.rehearsal.stage import TrytonErpStage


async def test_hands_carry_an_order_from_the_desk_to_the_door_and_say_what_they_are_refused() -> None:
    async with stage("tryton_erp") as made:
        hands = _hands(made)
        order = await hands.place([2, 1], reference="C" * 16)
        await hands.ship(order)
        assert [one["state"] for one in (await hands.order(order))["shipments"]] == ["shipped"]
        await hands.deliver(order)
        told = await hands.order(order)
        assert (told["reference"], told["shipment_state"]) == ("C" * 16, "sent")
        with pytest.raises(HandsFailed, match="You can not call"):
            await hands.cancel(order)
        too_many = await hands.sell(hands.code(), [("LAPTOP", "899.00", 9)])
        with pytest.raises(HandsFailed, match="stays waiting"):
            await hands.ship(too_many)
        with pytest.raises(HandsFailed, match="nope"):
            await hands.rpc("model.sale.sale.search_count", [["nope", "=", 1]])


async def test_what_was_processed_is_called_off_by_wizards() -> None:
    async with stage("tryton_erp") as made:
        hands = _hands(made)
        order = await hands.place([2])
        await hands.process(order)
        await hands.call_off(order)
        told = await hands.order(order)
        assert (told["state"], told["shipment_state"], told["invoice_state"]) == ("done", "none", "paid")


async def test_a_stranger_gets_nowhere() -> None:
    async with stage("tryton_erp") as made:
        assert isinstance(made, TrytonErpStage)
        stranger = Hands(made.proxy.url, database="erp", user="hub", password=Secret("no"), key=Secret("no"))
        with pytest.raises(HandsFailed, match="401"):
            await stranger.place([1])
        await stranger.close()


def _hands(made: Stage) -> Hands:
    assert isinstance(made, TrytonErpStage)
    return made.hands
