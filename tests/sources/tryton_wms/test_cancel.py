"""A whole shipment is taken back until it is picked; who was quicker is seen."""

from decimal import Decimal

import pytest

from hub.errors import SourceBusy, SourceRefused
from hub.model.effects import CancelOrder, CancelReason, CancelTarget
from hub.model.intents import LineGrant, OutcomeState
from sources.kit.chaos import Order, Trouble
from sources.kit.checks.bench import Bench
from sources.kit.stage import Stage
from sources.tryton_wms.cancel import standing
from tests.sources.tryton_wms.conftest import CALL, Own
from tests.sources.tryton_wms.made import move, out, picking

TWO = [move(100, 3.0, "draft"), move(102, 2.0, "draft"), picking(101, 3.0, "draft", 100)]


def cancel(*targets: tuple[str, int]) -> CancelOrder:
    lines = tuple(
        CancelTarget(line=line, line_no=number, cancelled=Decimal(units))
        for number, (line, units) in enumerate(targets, start=1)
    )
    return CancelOrder(lines=lines, reason=CancelReason.CUSTOMER)


@pytest.mark.parametrize("state", ["draft", "waiting", "assigned"])
def test_what_is_not_picked_can_be_taken_back_whole(state: str) -> None:
    told = standing(out(state=state, **{"moves.": TWO}), cancel(("100", 3), ("102", 2)))
    assert (told.state, told.words) == (OutcomeState.ABSENT, None)
    assert told.grants == (LineGrant(line_no=1, cancelled=Decimal(0)), LineGrant(line_no=2, cancelled=Decimal(0)))


@pytest.mark.parametrize("state", ["picked", "packed", "done"])
def test_what_is_picked_stays_and_the_words_say_so(state: str) -> None:
    told = standing(out(state=state, **{"moves.": TWO}), cancel(("100", 3), ("102", 2)))
    assert told.state is OutcomeState.REFUSED
    assert told.words == f"the shipment is {state}: the warehouse takes back only what it has not picked"
    assert [grant.cancelled for grant in told.grants] == [0, 0]


def test_a_cancelled_shipment_grants_no_more_than_it_had() -> None:
    told = standing(out(state="cancelled", **{"moves.": TWO}), cancel(("100", 9), ("102", 1)))
    assert told.state is OutcomeState.DONE
    assert [grant.cancelled for grant in told.grants] == [3, 1]


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ([("100", 3)], "the warehouse cancels a shipment as a whole, not some of its units"),
        ([("100", 3), ("102", 1)], "the warehouse cancels a shipment as a whole, not some of its units"),
        ([("100", 3), ("101", 3)], "the shipment has no such line"),
    ],
)
def test_a_part_is_refused_in_words(targets: list[tuple[str, int]], words: str) -> None:
    told = standing(out(**{"moves.": TWO}), cancel(*targets))
    assert (told.state, told.words, told.reference) == (OutcomeState.REFUSED, words, "12")


def test_nothing_wanted_is_done() -> None:
    assert standing(out(**{"moves.": TWO}), cancel(("100", 0))).state is OutcomeState.DONE


async def test_what_is_picked_between_our_look_and_our_cancel_stays(own: Own) -> None:
    one = own.stand.scene.carry(own.stand.scene.take_in("C/1", [("MUG", 2)]), "assigned")
    bench = Bench(own.stage)

    def picked(body: bytes) -> bytes:
        own.stand.work.pick(one)
        return body

    async with bench.adapter() as adapter:
        intent = await bench.cancel(adapter, str(one.id))
        own.stage.proxy.order(Order(trouble=Trouble.SPOIL, holding=own.stage.reading, change=picked))
        refused = await adapter.execute(CALL, intent)
    assert (refused.state, one.state) == (OutcomeState.REFUSED, "picked")
    assert refused.words == "the shipment is picked: the warehouse takes back only what it has not picked"
    assert refused.grants == (LineGrant(line_no=1, cancelled=Decimal(0)),)


async def test_what_is_assigned_meanwhile_is_tried_again_and_taken_back(own: Own) -> None:
    one = own.stand.scene.take_in("C/1", [("MUG", 2)])
    bench = Bench(own.stage)

    def assigned(body: bytes) -> bytes:
        own.stand.work.assign_try(one)
        return body

    async with bench.adapter() as adapter:
        intent = await bench.cancel(adapter, str(one.id))
        own.stage.proxy.order(Order(trouble=Trouble.SPOIL, holding=own.stage.reading, change=assigned))
        with pytest.raises(SourceBusy):
            await adapter.execute(CALL, intent)
        done = await adapter.execute(CALL, intent)
    assert (done.state, one.state) == (OutcomeState.DONE, "cancelled")
    assert done.grants == (LineGrant(line_no=1, cancelled=Decimal(2)),)


async def test_a_shipment_that_is_not_there_is_refused(wms: Stage) -> None:
    bench = Bench(wms)
    async with bench.adapter() as adapter:
        for strange in ("424242", "x", ""):
            with pytest.raises(SourceRefused, match="no such shipment"):
                await adapter.execute(CALL, bench.intent(strange, [("1", 1)]))


async def test_locked_rows_are_a_reason_to_come_back(wms: Stage) -> None:
    one = await wms.place(2)
    bench = Bench(wms)
    said = b'{"id":1,"error":["could not obtain lock on row in relation \\"stock_move\\"",""]}'
    async with bench.adapter() as adapter:
        intent = await bench.cancel(adapter, one)
        wms.proxy.order(Order(trouble=Trouble.SPOIL, holding=wms.effect, change=lambda _: said))
        with pytest.raises(SourceBusy):
            await adapter.execute(CALL, intent)
