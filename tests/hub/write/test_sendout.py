"""Orders that go out for returns: each once, whatever dies in between, and called back where the return is."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from hub.call import Call
from hub.clock import SystemClock
from hub.errors import StoreBusy
from hub.merge.work import Applied, Work
from hub.merge.writer import Writer
from hub.model.command import UserErrorCode
from hub.model.party import CustomerStatus
from hub.model.returns import ExchangeLine, ReturnType
from hub.store.store import Store
from hub.write.sendout import SendingOut
from tests.kit.merging import TENANT
from tests.kit.sendout import NUMBER, Exchanged, exchanged

SEND, BACK = "hub/return.send:C0-R1", "hub/return.call_back:C0-R1"


@pytest.fixture
async def known(store: Store) -> Exchanged:
    return await exchanged(store)


class Killed(Writer):
    """A worker that is killed as it is about to settle what it has done."""

    async def write(self, call: Call, work: Work) -> Applied:
        if work.settlements:
            message = "killed"
            raise StoreBusy(message)
        return await super().write(call, work)


async def test_what_is_exchanged_goes_out_once_the_goods_were_looked_at(known: Exchanged) -> None:
    assert (await known.ask()).user_errors == ()
    assert (await known.loop.turn(), await known.told()) == (0, [])
    await known.come_back()
    assert await known.told() == [(SEND, "PENDING")]
    assert [await known.loop.turn(), await known.loop.turn()] == [1, 0]
    assert await known.told() == [(SEND, "DONE")]
    assert await known.sent() == [(NUMBER, "ACCEPTED", "HUB")]


async def test_the_order_and_the_return_know_each_other(known: Exchanged) -> None:
    await known.ask()
    await known.come_back()
    await known.loop.turn()
    ((name, doc),) = await known.hub.rows("select id, doc from entity where number = :n", n=NUMBER)
    returned = await known.returned()
    assert returned["replacement_id"] == name
    head = doc["groups"]["commercial"]
    assert (head["replaces_id"], head["replaces_return_id"]) == (known.order_id, returned["id"])
    assert (head["type"], head["channel"], doc["customer_id"] is not None) == ("EXCHANGE", "CS", True)
    assert [(one["sku"], one["unit_price"]["amount"]) for one in doc["lines"]] == [("FLOUR", "4.00")]
    money = returned["groups"]["money"]
    assert money["suggested_refund"]["amount"] == "16.00"


async def test_killed_between_the_two_transactions_there_is_one_order(known: Exchanged) -> None:
    await known.ask()
    await known.come_back()
    dying = SendingOut(known.hub.store, Killed(known.hub.store, {TENANT: known.hub.landscape}), SystemClock())
    for _ in range(2):
        with pytest.raises(StoreBusy):
            await dying.turn()
    assert (await known.told(), len(await known.sent())) == ([(SEND, "PENDING")], 1)
    await known.loop.turn()
    assert (await known.told(), len(await known.sent())) == ([(SEND, "DONE")], 1)
    assert (await known.returned())["replacement_id"] is not None


async def test_several_workers_at_once_send_one_order(known: Exchanged) -> None:
    await known.ask()
    await known.come_back()
    loops = [SendingOut(known.hub.store, known.hub.writer, SystemClock()) for _ in range(4)]
    await asyncio.gather(*(one.turn() for one in loops))
    await known.loop.turn()
    assert (await known.told(), len(await known.sent())) == ([(SEND, "DONE")], 1)


async def test_an_advance_replacement_goes_as_it_is_allowed_and_is_called_back_with_the_return(
    known: Exchanged,
) -> None:
    await known.ask(ReturnType.ADVANCE_REPLACEMENT)
    await known.loop.turn()
    assert await known.sent() == [(NUMBER, "ACCEPTED", "HUB")]
    applied = await known.call_off()
    assert [one.text for one in applied.consequences][1] == (
        "What goes out instead is called back, as far as it has not left."
    )
    assert (await known.returned())["status"] == "CANCELLED"
    assert await known.told() == [(BACK, "PENDING"), (SEND, "DONE")]
    await known.loop.turn()
    assert (await known.told())[0] == (BACK, "DONE")
    assert await known.sent() == [(NUMBER, "CANCELLED", "HUB")]


async def test_a_return_called_off_before_its_order_was_entered_sends_nothing(known: Exchanged) -> None:
    await known.ask(ReturnType.ADVANCE_REPLACEMENT)
    await known.call_off()
    assert await known.told() == [(BACK, "PENDING"), (SEND, "WITHDRAWN")]
    await known.loop.turn()
    assert (await known.told(), await known.sent()) == ([(BACK, "DONE"), (SEND, "WITHDRAWN")], [])


async def test_called_off_after_it_was_entered_and_before_that_was_known_it_is_called_back(known: Exchanged) -> None:
    await known.ask(ReturnType.ADVANCE_REPLACEMENT)
    dying = SendingOut(known.hub.store, Killed(known.hub.store, {TENANT: known.hub.landscape}), SystemClock())
    with pytest.raises(StoreBusy):
        await dying.turn()
    await known.call_off()
    await known.loop.turn()
    assert await known.sent() == [(NUMBER, "CANCELLED", "HUB")]


async def test_an_order_that_cannot_be_entered_is_one_case_and_goes_out_once_it_can(known: Exchanged) -> None:
    await known.ask()
    await known.come_back()
    await known.stands(CustomerStatus.BLOCKED, 10)
    await known.loop.turn()
    assert (await known.told(), await known.cases()) == ([(SEND, "DEAD")], ["DEAD_LETTER"])
    await known.stands(CustomerStatus.ACTIVE, 20)
    await known.again()
    await known.loop.turn()
    assert (await known.told(), await known.cases()) == ([(SEND, "DONE")], [])


async def test_what_the_tenant_does_not_sell_is_refused_at_once_and_nothing_is_written(known: Exchanged) -> None:
    before = await known.hub.count("command"), await known.hub.count("record"), await known.hub.count("outbox")
    for sku, code in (("RELIC", UserErrorCode.UNKNOWN_SKU), ("NOTHING", UserErrorCode.UNKNOWN_SKU)):
        line = ExchangeLine(sku=sku, quantity=Decimal(1))
        applied = await known.ask(exchange_lines=(line,))
        assert [(one.code, one.field) for one in applied.user_errors] == [(code, ("exchangeLines", "0", "sku"))]
    assert before == (
        await known.hub.count("command"), await known.hub.count("record"), await known.hub.count("outbox"),
    )  # fmt: skip
