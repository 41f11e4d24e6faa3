"""What tests of entering orders start from: a customer and items that the hub has heard of, and a desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hub.call import Call
from hub.clock import SystemClock
from hub.model.command import LineWanted, SubmitCommand
from hub.model.effects import CREATE_ORDER
from hub.model.manifest import ChannelRules, Idempotency, Landscape, Write
from hub.model.observation import Content
from hub.model.party import CustomerGroups, CustomerProfile, CustomerStatus, CustomerTerms
from hub.model.product import ProductGroups, ProductItem, ProductStatus, UnitConversion
from hub.model.schemes import PRODUCT_SKU
from hub.model.values import Address, Identifier
from hub.model.vocabulary import IdentifierScheme, Kind
from hub.store.store import Store
from hub.write.desk import Desk
from tests.kit.merging import ERP, SHOP, Looking, key, landscape, manifest, seen

REP = Call(actor="rep", tenant="acme", scopes=frozenset({"orders:write"}), correlation_id="correlation-rep")
HOME = Address(name="ACME", lines=("Rue Haute 1",), city="Brussels", country="BE")


def sources() -> Landscape:
    """A shop, an ERP, and the channel of the people who type orders in."""
    known = landscape({SHOP: manifest(SHOP), ERP: manifest(ERP)})
    return replace(known, channels={"CS": ChannelRules()})


def booking() -> Landscape:
    """The same with an ERP that takes orders, so that each that enters leaves a delivery behind."""
    known, takes = sources(), Write(idempotency=Idempotency.LOOKUP, longest_call=timedelta(seconds=30))
    erp = known.sources[ERP]
    writes = {**erp.manifest.writes, CREATE_ORDER: takes}
    return replace(known, sources={**known.sources, ERP: replace(erp, manifest=replace(erp.manifest, writes=writes))})


def customer(number: str = "ACME", status: CustomerStatus = CustomerStatus.ACTIVE) -> Content:
    """What an ERP says of a customer that buys in euros."""
    return Content(
        customer=CustomerGroups(
            profile=CustomerProfile(name=number.title(), status=status), terms=CustomerTerms(currency_code="EUR")
        ),
        number=number,
        account=number.lower(),
        identifiers=(Identifier(scheme=IdentifierScheme.ACCOUNT, value=number, source=ERP),),
    )


def item(sku: str, unit: str = "C62", **more: Any) -> Content:  # Any: fields of ProductItem
    """What an ERP says of an item."""
    said = ProductItem(name=sku.title(), base_unit=unit, status=ProductStatus.ACTIVE)
    return Content(product=ProductGroups(item=replace(said, **more)), number=sku, bears=(key(PRODUCT_SKU, sku),))


async def opened(store: Store, known: Landscape | None = None) -> Looking:
    """A hub that knows customers, ACME among them, and items, MUG among them."""
    looking = Looking(store, known or sources())
    await looking.write(
        seen((ERP, Kind.CUSTOMER, "1"), customer()),
        seen((ERP, Kind.CUSTOMER, "2"), customer("BETA", CustomerStatus.BLOCKED)),
        seen((ERP, Kind.PRODUCT, "1"), item("MUG", units=(UnitConversion(unit="CS", factor=Decimal(12)),))),
        seen((ERP, Kind.PRODUCT, "2"), item("FLOUR", "KGM", order_multiple=Decimal("0.5"))),
        seen((ERP, Kind.PRODUCT, "3"), item("RELIC", status=ProductStatus.ARCHIVED)),
    )
    return looking


def desk_of(looking: Looking) -> Desk:
    """The desk of a hub."""
    return Desk(looking.store, looking.writer, SystemClock())


def wanted(quantity: str = "12", **more: Any) -> LineWanted:  # Any: fields of LineWanted
    """A line of mugs."""
    return replace(LineWanted(line_ref="1", sku="MUG", quantity=Decimal(quantity)), **more)


async def submission(looking: Looking, number: str = "ACME", **more: Any) -> SubmitCommand:  # Any: its fields
    """Twelve mugs for a customer."""
    ((customer_id,),) = await looking.rows("select id from entity where kind = 'CUSTOMER' and number = :n", n=number)
    command = SubmitCommand(
        order_id="", channel="CS", customer_id=customer_id, currency_code="EUR", lines=(wanted(),), ship_to=HOME
    )
    return replace(command, **more)
