"""How an order is named, for the names of its returns."""

from __future__ import annotations

from dataclasses import replace

from hub.model.observation import Content, NaturalKey
from hub.model.returns import ReturnGroups
from hub.model.schemes import ORDER_CODE, RETURN_CODE
from hub.model.vocabulary import Kind
from hub.store.return_codes import order_named
from hub.store.store import Store
from tests.kit.merging import CALL, ERP, SHOP, WMS, Looking, key, order, own, seen

NOBODY = ("rep", "returnRequest", "k")


def back(*refers: NaturalKey, code: str | None = None) -> Content:
    borne = (key(RETURN_CODE, code),) if code is not None else ()
    return Content(return_=ReturnGroups(), status="AUTHORIZED", bears=borne, refers=refers)


async def test_the_code_of_an_order_and_the_names_that_are_taken(store: Store) -> None:
    looking = Looking(store)
    code = key(ORDER_CODE, "C0")
    await looking.write(
        seen((SHOP, Kind.ORDER, "1"), replace(order("C0"), bears=(code,))),
        seen((ERP, Kind.ORDER, "7"), replace(order("SO-9"), bears=())),
        seen((ERP, Kind.RETURN, "2"), back(own(SHOP, Kind.ORDER, "1"), code="C0-R1")),
        seen((WMS, Kind.RETURN, "3"), back(key(RETURN_CODE, "C0-R4"))),
    )
    ids = {row.number: row.id for row in await looking.rows("select id, number from entity where kind = 'ORDER'")}
    async with store.glance(CALL) as tx:
        known = await order_named(tx, "acme", ids["C0"], NOBODY)
        other = await order_named(tx, "acme", ids["SO-9"], NOBODY)
        nothing = await order_named(tx, "acme", "none", NOBODY)
    assert known is not None
    assert (known.number, known.code, known.own, sorted(known.taken)) == (
        "C0",
        "C0",
        "shop.ORDER.id 1",
        ["C0-R1", "C0-R4"],
    )
    assert other is not None
    assert (other.code, other.own, other.taken, other.is_claimed) == (None, "erp.ORDER.id 7", (), False)
    assert nothing is None
