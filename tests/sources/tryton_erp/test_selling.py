"""Orders brought into the rehearsed ERP, on good days and on bad ones."""

from dataclasses import replace
from typing import Any

import pytest

from hub.errors import OutcomeUnknown, SourceBusy
from hub.model.effects import CreateOrder
from hub.model.intents import Intent, OutcomeState
from hub.model.values import Address
from hub.ports import Adapter
from sources.kit.chaos import Order, Trouble
from sources.kit.stage import Stage
from sources.tryton_erp.rehearsal.hands import Hands
from sources.tryton_erp.rehearsal.stage import TrytonErpStage
from tests.sources.tryton_erp.conftest import CALL
from tests.sources.tryton_erp.written import goods, intent, order

MEIR = Address(name="Ana Silva", lines=("Meir 44", "bus 2"), city="Antwerpen", postcode="2000", country="BE")
SALE = (
    "state", "description", "number", "comment", "party.code", "warehouse.code", "payment_term.name",
    "shipment_cost_method", "shipment_address.street", "invoice_address.street", "lines.unit_price",
)  # fmt: skip


def hands(erp: Stage) -> Hands:
    assert isinstance(erp, TrytonErpStage)
    return erp.hands


def fresh(erp: Stage, content: CreateOrder | None = None) -> Intent:
    return intent(replace(content or order(), reference=hands(erp).code()))


async def sales(erp: Stage, wanted: Intent) -> list[dict[str, Any]]:  # Any: JSON
    assert isinstance(wanted.content, CreateOrder)
    domain = [["reference", "=", wanted.content.reference]]
    found: list[dict[str, Any]] = await hands(erp).rest("GET", "model/sale.sale", d=domain, f=SALE)
    return found


async def test_a_web_buyers_order_is_a_sale_of_the_guest_party_that_goes_where_it_should(
    erp: Stage, adapter: Adapter
) -> None:
    wanted = fresh(
        erp,
        order(goods(description="Blue mug"), ship_to=MEIR, note="ring twice", warehouse="WH-EAST", po_number="4711"),
    )
    outcome = await adapter.execute(CALL, wanted)
    (sale,) = await sales(erp, wanted)
    assert (outcome.state, outcome.source_id, outcome.reference) == (
        OutcomeState.DONE, str(sale["id"]), sale["number"],
    )  # fmt: skip
    shown = {name: sale[name] for name in ("state", "description", "comment", "shipment_cost_method")}
    assert list(shown.values()) == ["processing", "4711", "ring twice", None]
    codes = [sale["party"], sale["warehouse"], sale["payment_term"], sale["shipment_address"]]
    names = ("code", "code", "name", "street")
    assert [part[name] for part, name in zip(codes, names, strict=True)] == [
        "WEB", "WH-EAST", "Immediate", "Meir 44\nbus 2",
    ]  # fmt: skip
    assert sale["invoice_address"]["street"] == "Meir 44\nbus 2"


async def test_an_address_is_made_once_and_used_again(erp: Stage, adapter: Adapter) -> None:
    there = replace(MEIR, lines=("Meir 46",))
    for _ in range(2):
        await adapter.execute(CALL, fresh(erp, order(ship_to=there, bill_to=there)))
    found = await hands(erp).rest("GET", "model/party.address", d=[["street", "=", "Meir 46"]], f=["party_name"])
    assert [one["party_name"] for one in found] == ["Ana Silva"]


async def test_a_known_customer_is_billed_where_it_always_is(erp: Stage, adapter: Adapter) -> None:
    (beta,) = await hands(erp).rest("GET", "model/party.party", d=[["code", "=", "BETA"]], f=["code"])
    wanted = fresh(erp, order(customer=str(beta["id"]), ship_to=MEIR))
    assert (await adapter.execute(CALL, wanted)).state is OutcomeState.DONE
    ((sale),) = await sales(erp, wanted)
    streets = [sale[f"{name}_address"]["street"] for name in ("shipment", "invoice")]
    assert streets == ["Meir 44\nbus 2", "Rue de la Loi 16"]


async def test_what_nobody_has_agreed_a_price_for_costs_what_the_erp_says(erp: Stage, adapter: Adapter) -> None:
    wanted = fresh(erp, order(goods(price=None)))
    assert (await adapter.execute(CALL, wanted)).state is OutcomeState.DONE
    (product,) = await hands(erp).rest("GET", "model/product.product", d=[["code", "=", "MUG"]], f=("list_price",))
    ((line,),) = [sale["lines"] for sale in await sales(erp, wanted)]
    assert line["unit_price"] == product["list_price"]


async def test_who_has_a_price_list_is_not_asked_the_list_price(erp: Stage, adapter: Adapter) -> None:
    (beta,) = await hands(erp).rest("GET", "model/party.party", d=[["code", "=", "BETA"]], f=["code"])
    outcome = await adapter.execute(CALL, fresh(erp, order(goods(price=None), customer=str(beta["id"]))))
    assert (outcome.state, outcome.words) == (OutcomeState.REFUSED, "MUG has no price, and the ERP makes none")


@pytest.mark.parametrize(
    ("content", "words"),
    [(order(goods("HAT")), "the ERP has no product HAT"),
     (order(customer="9000"), "the ERP has no customer 9000"),
     (order(warehouse="WH-WEST"), "the ERP has no warehouse WH-WEST"),
     (order(warehouse=None), "the ERP has several warehouses, and none was named"),
     (order(currency_code="JPY"), "the ERP has no currency JPY"),
     (order(goods(price=None), currency_code="USD"), "MUG has no price, and the ERP makes none"),
     (order(goods(unit="KGM")), "the ERP does not sell MUG in KGM"),
     (order(goods(units="1.5")), "The number of digits"),
     (order(goods(price="7.50001")), "The number of digits")],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
async def test_what_cannot_be_sold_is_refused_in_words_and_nothing_is_made(
    erp: Stage, adapter: Adapter, content: CreateOrder, words: str
) -> None:
    wanted = fresh(erp, content)
    outcome = await adapter.execute(CALL, wanted)
    assert outcome.state is OutcomeState.REFUSED
    assert (outcome.words or "").startswith(words)
    assert await sales(erp, wanted) == []
    assert (await adapter.resolve(CALL, wanted)).state is OutcomeState.ABSENT


async def test_a_refused_confirm_leaves_a_quotation_that_is_gone_on_with_or_rewritten(
    erp: Stage, adapter: Adapter
) -> None:
    (acme,) = await hands(erp).rest("GET", "model/party.party", d=[["code", "=", "ACME"]], f=["code"])
    wanted = fresh(erp, order(goods(units="2000"), customer=str(acme["id"])))
    for _ in range(2):
        refused = await adapter.execute(CALL, wanted)
        assert refused.state is OutcomeState.REFUSED
        assert refused.words == 'The party "Acme NV" will exceed their €1000.00 credit limit by €14000.00.'
    assert [sale["state"] for sale in await sales(erp, wanted)] == ["quotation"]
    assert (await adapter.resolve(CALL, wanted)).state is OutcomeState.PARTIAL
    assert isinstance(wanted.content, CreateOrder)
    mended = replace(wanted, content=replace(wanted.content, lines=order().lines, warehouse="WH-EAST"))
    assert (await adapter.execute(CALL, mended)).state is OutcomeState.DONE
    (sale,) = await sales(erp, wanted)
    assert (sale["state"], len(sale["lines"])) == ("processing", 1)


@pytest.mark.parametrize("step", [b"sale.sale?f=id", b"/quote?", b"/confirm?"])
async def test_a_reply_that_is_lost_at_any_step_doubles_nothing(erp: Stage, adapter: Adapter, step: bytes) -> None:
    wanted = fresh(erp)
    erp.proxy.order(Order(trouble=Trouble.LOSE, holding=step))
    with pytest.raises(OutcomeUnknown):
        await adapter.execute(CALL, wanted)
    erp.proxy.heal()
    assert (await adapter.resolve(CALL, wanted)).state in (OutcomeState.PARTIAL, OutcomeState.DONE)
    outcome = await adapter.execute(CALL, wanted)
    assert (outcome.state, [sale["state"] for sale in await sales(erp, wanted)]) == (OutcomeState.DONE, ["processing"])


async def test_a_row_lock_after_the_draft_says_that_it_has_begun(erp: Stage, adapter: Adapter) -> None:
    wanted = fresh(erp)
    erp.proxy.order(Order(trouble=Trouble.FAIL, holding=b"/quote?", status=503, headers={"content-type": "text/html"},
                          change=lambda _: b"<h1>could not obtain lock on row</h1>"))  # fmt: skip
    assert (await adapter.execute(CALL, wanted)).state is OutcomeState.PARTIAL
    erp.proxy.order(Order(trouble=Trouble.FAIL, holding=b"sale.sale?d=", status=503))
    with pytest.raises(SourceBusy):
        await adapter.execute(CALL, wanted)
    erp.proxy.heal()
    assert (await adapter.execute(CALL, wanted)).state is OutcomeState.DONE


async def test_a_sale_that_people_typed_in_twice_is_taken_and_no_third_is_made(erp: Stage, adapter: Adapter) -> None:
    wanted, desk = fresh(erp), hands(erp)
    assert isinstance(wanted.content, CreateOrder)
    both = [await desk.sell(wanted.content.reference, [("MUG", "7.50", 5)]) for _ in range(2)]
    for one in both:
        await desk.process(one)
    outcome = await adapter.execute(CALL, wanted)
    assert (outcome.state, outcome.source_id) == (OutcomeState.DONE, both[0])
    assert (outcome.words or "").startswith("2 sales of this reference stand in the ERP")
    assert len(await sales(erp, wanted)) == 2


async def test_many_lines_of_the_same_items_are_one_sale(erp: Stage, adapter: Adapter) -> None:
    lines = [goods(sku, "1", no=number) for number, sku in enumerate(("MUG", "TSHIRT-M") * 100, start=1)]
    assert (await adapter.execute(CALL, fresh(erp, order(*lines)))).state is OutcomeState.DONE
