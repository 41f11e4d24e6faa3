"""An exchange over the demo's three systems: goods come back, others go out as an order of their own, to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hub.store.cluster import Cluster
from sources.tryton_erp.rehearsal.records import Sale
from tests.kit.comes_back import Taking
from tests.kit.house import House, carried, house

OUT = [{"sku": "MUG", "quantity": "3"}]
SHOWN = """query($by: LookupInput!) { return(by: $by) { number status financialState due { amount }
  suggestedRefund { amount } suggestedRefundParts { kind amount { amount } } exchangeLines { sku unitPrice { amount } }
  replacement { number status replaces { number } replacesReturn { number }
    lines { sku quantities { ordered shipped invoiced } } } order { exceptionCases { code } } } }"""


async def shown(house: House, back: Taking) -> dict[str, Any]:  # Any: JSON
    """The return as it stands."""
    found: dict[str, Any] = (await house.hub.rep.data(SHOWN, by={"identifier": back.number}))["return"]
    return found


async def until_sale(house: House, number: str) -> Sale:
    """The ERP's document of the order that goes out, once its warehouse may begin."""
    found: list[Sale] = []

    def is_there() -> bool:
        sales = house.director.trio.erp.erp.books.tables["sale.sale"].values()
        found[:] = [one for one in sales if isinstance(one, Sale) and one.reference == number]
        scene = house.director.trio.wms.scene
        asked = [at.state for one in found for ship in one.shipments for at in scene.bearing(f"{number}/{ship.number}")]
        return asked == ["waiting"]

    await house.until(is_there)
    (sale,) = found
    return sale


def worth(found: dict[str, Any], kind: str) -> Decimal:  # Any: JSON
    """What the parts of one kind come to."""
    return sum((Decimal(one["amount"]["amount"]) for one in found["suggestedRefundParts"] if one["kind"] == kind),
               Decimal(0))  # fmt: skip


async def test_shirts_come_back_and_mugs_go_out_and_the_rest_is_paid_back(cluster: Cluster) -> None:
    async with house(cluster) as known:
        order = known.place(("MUG", 1), ("TSHIRT-M", 2))
        await carried(known, order)
        back = Taking(rep=known.hub.rep, code=order.code)
        await back.request((2, 2), type="EXCHANGE", exchangeLines=OUT)
        await back.receive((1, 2))
        await back.inspect((1, 2, "RESTOCK"))
        number = f"{order.code}-R1-X"
        sale = await until_sale(known, number)
        found: dict[str, Any] = {}  # Any: JSON

        async def is_known() -> bool:
            found.update(await shown(known, back))
            return found["replacement"] is not None

        await known.until_so(is_known)
        assert found["replacement"]["replaces"] == {"number": order.code}
        assert found["replacement"]["replacesReturn"] == {"number": back.number}
        covered = -worth(found, "EXCHANGE")
        assert worth(found, "GOODS") + worth(found, "TAX") - covered == Decimal(found["suggestedRefund"]["amount"])
        assert covered > 0 < Decimal(found["suggestedRefund"]["amount"])
        await back.refund()
        (shipment,) = (at for ship in sale.shipments
                       for at in known.director.trio.wms.scene.bearing(f"{number}/{ship.number}"))  # fmt: skip
        known.director.trio.wms.scene.carry(shipment, "done", tracking="TRK-X")

        async def is_over() -> bool:
            at = await shown(known, back)
            lines = at["replacement"]["lines"]
            return (at["status"], at["order"]["exceptionCases"]) == ("CLOSED", []) and lines == [
                {"sku": "MUG", "quantities": {"ordered": "3", "shipped": "3", "invoiced": "3"}}
            ]

        await known.until_so(is_over)
        assert [one.state for one in sale.invoices] == ["posted"]
        assert await known.rows("select count(*) from delivery where state in ('DEAD', 'REVIEW', 'REFUSED')") == [(0,)]
