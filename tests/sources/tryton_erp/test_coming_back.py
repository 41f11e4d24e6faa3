"""A return in the ERP from its agreement to its credit note, at the rehearsed ERP."""

from decimal import Decimal
from typing import Any

from hub.model.effects import CreateReturn, Disposed, Effect, GoodsLine, InspectReturn, PostInvoice, ReceiveReturn
from hub.model.intents import Outcome, OutcomeState
from hub.model.returns import Disposition
from hub.model.vocabulary import Kind
from hub.ports import Adapter
from sources.kit.stage import Stage
from sources.tryton_erp.coming_back import turned
from sources.tryton_erp.rehearsal.hands import Hands
from sources.tryton_erp.rehearsal.stage import TrytonErpStage
from tests.sources.tryton_erp.conftest import CALL
from tests.sources.tryton_erp.written import eur, goods, intent

DONE = OutcomeState.DONE
_FIELDS = ("state", "number", "origin", "invoice_method", "untaxed_amount", "party.code", "lines.unit_price",
           "shipment_returns.state", "invoices.state", "invoices.untaxed_amount", "invoices.total_amount",
           "shipment_state")  # fmt: skip


def hands_of(erp: Stage) -> Hands:
    assert isinstance(erp, TrytonErpStage)
    return erp.hands


async def sold(erp: Stage) -> tuple[str, str]:
    """Code and id of a sale of five shirts and four mugs that has been processed."""
    hands = hands_of(erp)
    code = hands.code()
    sale = await hands.place([5, 4], reference=code)
    await hands.process(sale)
    return code, sale


async def told(adapter: Adapter, content: Effect, one: str | None = None, kind: Kind = Kind.RETURN) -> Outcome:
    return await adapter.execute(CALL, intent(content, kind=kind, one=one))


async def shown(erp: Stage, one: str | None) -> Any:  # Any: JSON
    return await hands_of(erp).rest("GET", f"model/sale.sale/{one}", f=_FIELDS)


def agreed(code: str, order: str | None, *lines: GoodsLine) -> CreateReturn:
    return CreateReturn(reference=f"{code}-R1", order=order, lines=lines, currency_code="EUR")


def judged(code: str, **units: int) -> InspectReturn:
    lines = tuple(
        Disposed(line_no=1, sku="MUG", quantity=Decimal(n), disposition=Disposition(what)) for what, n in units.items()
    )
    return InspectReturn(reference=f"{code}-R1", lines=lines)


async def test_a_return_is_agreed_at_the_price_it_was_sold_at_and_billed_by_what_comes(
    erp: Stage, adapter: Adapter
) -> None:
    code, sale = await sold(erp)
    made = await told(adapter, agreed(code, sale, goods("MUG", "3", None)))
    back = await shown(erp, made.source_id)
    assert (made.state, back["origin"], back["invoice_method"]) == (DONE, f"sale.sale,{sale}", "fulfillment")
    assert (back["untaxed_amount"], back["invoices"]) == (Decimal("-22.50"), [])
    assert [one["state"] for one in back["shipment_returns"]] == ["draft"]


async def test_two_of_three_come_one_is_scrap_and_two_are_credited(erp: Stage, adapter: Adapter) -> None:
    code, sale = await sold(erp)
    one = (await told(adapter, agreed(code, sale, goods("MUG", "3", None)))).source_id
    came = await told(adapter, ReceiveReturn(reference=f"{code}-R1", lines=(goods("MUG", "2"),)), one)
    put = await told(adapter, judged(code, RESTOCK=1, SCRAP=1, NOT_RECEIVED=1), one)
    back = await shown(erp, one)
    assert (came.state, put.state) == (DONE, DONE)
    assert sorted(one["state"] for one in back["shipment_returns"]) == ["cancelled", "done"]
    (memo,) = back["invoices"]
    assert (memo["state"], memo["untaxed_amount"], memo["total_amount"]) == (
        "draft",
        Decimal("-15.00"),
        Decimal("-18.15"),
    )
    wrong = await told(adapter, PostInvoice(total=eur("18.16")), str(memo["id"]), Kind.CREDIT_MEMO)
    right = await told(adapter, PostInvoice(total=eur("18.15")), str(memo["id"]), Kind.CREDIT_MEMO)
    assert (wrong.state, right.state) == (OutcomeState.REFUSED, DONE)
    after = await shown(erp, one)
    assert (after["shipment_state"], after["invoices"][0]["state"]) == ("sent", "posted")


async def test_a_late_unit_is_received_on_the_shipment_of_the_rest_and_credited_by_itself(
    erp: Stage, adapter: Adapter
) -> None:
    code, sale = await sold(erp)
    one = (await told(adapter, agreed(code, sale, goods("MUG", "3", None)))).source_id
    for units in ("2", "3", "3"):
        assert (
            await told(adapter, ReceiveReturn(reference=f"{code}-R1", lines=(goods("MUG", units),)), one)
        ).state is DONE
    back = await shown(erp, one)
    assert [one["state"] for one in back["shipment_returns"]] == ["received", "received"]
    assert [memo["untaxed_amount"] for memo in back["invoices"]] == [Decimal("-15.00"), Decimal("-7.50")]


async def test_more_than_agreed_is_received_because_it_has_come(erp: Stage, adapter: Adapter) -> None:
    code, sale = await sold(erp)
    one = (await told(adapter, agreed(code, sale, goods("MUG", "1", None)))).source_id
    came = await told(adapter, ReceiveReturn(reference=f"{code}-R1", lines=(goods("MUG", "2"),)), one)
    assert (came.state, came.words) == (DONE, None)
    (memo,) = (await shown(erp, one))["invoices"]
    assert memo["untaxed_amount"] == Decimal("-15.00")


async def test_a_return_needs_units_and_a_sale_that_is_there(erp: Stage, adapter: Adapter) -> None:
    code, sale = await sold(erp)
    none = await told(adapter, agreed(code, sale, goods("MUG", "0", None)))
    gone = await told(adapter, agreed(code, "999999", goods("MUG", "1", None)))
    assert (none.state, none.words) == (OutcomeState.REFUSED, "a return needs lines, and each of them units")
    assert gone.words == "the ERP has no such sale that goods could come back from"


def test_without_a_first_sale_the_return_is_turned_as_it_is() -> None:
    order = turned(agreed("CODE", None, goods("MUG", "3")), None)
    assert (order.lines[0].quantity, order.lines[0].unit_price, order.customer) == (Decimal(-3), eur("7.50"), None)
