"""Processed sales of the rehearsed ERP that are taken back."""

from decimal import Decimal

import pytest

from hub.errors import OutcomeUnknown
from hub.model.effects import CancelOrder, CancelReason, CancelTarget
from hub.model.intents import Intent, OutcomeState
from hub.model.order import OrderStatus
from hub.model.vocabulary import Kind
from hub.ports import Adapter, Found
from sources.kit.chaos import Order, Trouble
from sources.kit.checks.bench import Bench
from sources.kit.stage import Stage
from sources.tryton_erp.rehearsal.hands import Hands
from sources.tryton_erp.rehearsal.stage import TrytonErpStage
from tests.sources.tryton_erp.conftest import CALL
from tests.sources.tryton_erp.written import intent


def hands(erp: Stage) -> Hands:
    assert isinstance(erp, TrytonErpStage)
    return erp.hands


async def processed(erp: Stage, adapter: Adapter, *, posted: bool = False) -> tuple[str, Intent]:
    sale = await erp.place(5, 2)
    await hands(erp).process(sale)
    if posted:
        await hands(erp).press("account.invoice", (await hands(erp).order(sale))["invoices"][0]["id"], "post")
    lines = (await Bench(erp).content(adapter, sale)).lines
    targets = tuple(
        CancelTarget(line=line.id, line_no=number, cancelled=line.quantities.ordered or Decimal(0))
        for number, line in enumerate(lines, start=1)
    )
    content = CancelOrder(lines=targets, reason=CancelReason.CUSTOMER, whole=True)
    return sale, intent(content, one=sale)


@pytest.mark.parametrize("posted", [False, True])
async def test_a_processed_sale_ends_done_with_nothing_shipped_and_nothing_owed(
    erp: Stage, adapter: Adapter, *, posted: bool
) -> None:
    sale, wanted = await processed(erp, adapter, posted=posted)
    assert (await adapter.resolve(CALL, wanted)).state is OutcomeState.ABSENT
    outcomes = [await adapter.execute(CALL, wanted) for _ in range(2)]
    assert [(one.state, [int(grant.cancelled) for grant in one.grants]) for one in outcomes] == [
        (OutcomeState.DONE, [5, 2])
    ] * 2
    found = await hands(erp).order(sale)
    assert (found["state"], found["shipments"][0]["state"], [one["state"] for one in found["invoices"]]) == (
        "done", "cancelled", ["cancelled"],
    )  # fmt: skip
    (seen,) = (await adapter.read(CALL, Kind.ORDER, [sale])).values()
    assert isinstance(seen, Found)
    assert seen.seen[0].content is not None
    assert seen.seen[0].content.status == OrderStatus.CANCELLED.value
    notes = [["origin_invoices", "=", found["invoices"][0]["id"]]]
    assert len(await hands(erp).rest("GET", "model/account.invoice", d=notes, f=["state"])) == int(posted)


@pytest.mark.parametrize(
    "step", [b"/cancel?", b"invoice.credit.execute", b"shipment.exception.execute"]
)  # fmt: skip
async def test_a_reply_that_is_lost_on_the_way_takes_nothing_back_twice(
    erp: Stage, adapter: Adapter, step: bytes
) -> None:
    sale, wanted = await processed(erp, adapter, posted=True)
    erp.proxy.order(Order(trouble=Trouble.LOSE, holding=step))
    with pytest.raises(OutcomeUnknown):
        await adapter.execute(CALL, wanted)
    erp.proxy.heal()
    assert (await adapter.resolve(CALL, wanted)).state in (OutcomeState.PARTIAL, OutcomeState.DONE)
    assert (await adapter.execute(CALL, wanted)).state is OutcomeState.DONE
    invoice = (await hands(erp).order(sale))["invoices"][0]["id"]
    notes = await hands(erp).rest("GET", "model/account.invoice", d=[["origin_invoices", "=", invoice]], f=["state"])
    assert len(notes) == 1
