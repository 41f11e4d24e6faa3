"""What the sources say at the very end, asked by the product's own adapters, past every trouble."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from hub.clock import SystemClock
from hub.codec import digest
from hub.merge.pointing import parcels_of
from hub.model.observation import Content, Seen
from hub.model.schemes import PRODUCT_SKU, WAREHOUSE_CODE
from hub.model.vocabulary import Kind
from hub.ports import Adapter, Found, SourceCall
from hub.settings import Secret
from sources.kit.serve import serving
from sources.tryton_erp.adapter import TrytonErpSettings
from sources.tryton_erp.adapter import connect as connect_erp
from sources.tryton_wms.adapter import TrytonWmsSettings
from sources.tryton_wms.adapter import connect as connect_wms
from sources.tryton_wms.rehearsal.state import OUT, RETURN
from sources.vendure.adapter import VendureSettings
from sources.vendure.adapter import connect as connect_shop
from tests.crash.docks import is_credit, is_return
from tests.crash.joint import ERP_DATABASE, KEY, WMS_DATABASE, Joint
from tests.crash.judge.evidence import Figure, Said
from tests.crash.plan import ERP, SHOP, WMS
from tests.crash.shops import PASSWORD, USER, RecordedShop

PATIENCE = 60.0
Ids = Mapping[Kind, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What the hub must hold."""

    said: tuple[Said, ...]
    there: tuple[Figure, ...]


async def truth_of(shop: RecordedShop, joint: Joint) -> Truth:
    """All of one tenant's sources."""
    said: list[Said] = []
    there: list[Figure] = []
    async with AsyncExitStack() as stack:
        for role, app in ((SHOP, shop.stand.app), (ERP, joint.erp.app), (WMS, joint.wms.app)):
            url = await stack.enter_async_context(serving(app))
            adapter = _adapter(role, f"{role}-{joint.tenant}", url)
            stack.push_async_callback(adapter.close)
            async for asked, seen in _asked(adapter, f"{role}-{joint.tenant}", _ids(role, shop, joint)):
                told = "" if seen is None or seen.content is None else digest(_pointing(seen.kind, seen.content))
                kind, one = asked if seen is None else (seen.kind, seen.source_id)
                said.append(Said(tenant=joint.tenant, role=role, kind=kind.value, source_id=one, hash=told))
                there += _figures(joint.tenant, role, seen)
    return Truth(said=tuple(said), there=tuple(there))


def _adapter(role: str, source: str, url: str) -> Adapter:
    password, clock = Secret(PASSWORD), SystemClock()
    if role == SHOP:
        shop = VendureSettings(user=USER, password=password, webhook_secret=Secret("none"))
        return connect_shop(shop, url=url, source=source, clock=clock)
    if role == ERP:
        erp = TrytonErpSettings(user=USER, password=password, key=Secret(KEY), database=ERP_DATABASE)
        return connect_erp(erp, url=url, source=source, clock=clock)
    wms = TrytonWmsSettings(user=USER, password=password, database=WMS_DATABASE)
    return connect_wms(wms, url=url, source=source, clock=clock)


def _ids(role: str, shop: RecordedShop, joint: Joint) -> Ids:
    """Everything that a role has of what seeds are about."""
    if role == SHOP:
        return {Kind.ORDER: [str(one.id) for one in shop.stand.shop.orders.values() if one.placed_at is not None]}
    if role == ERP:
        tables, erp = joint.erp.erp.books.tables, joint.erp.erp
        return {
            Kind.ORDER: _listed(tables["sale.sale"]),
            Kind.SHIPMENT: _listed(tables["stock.shipment.out"]),
            Kind.INVOICE: _listed(tables["account.invoice"]),
            Kind.RETURN: [str(one.id) for one in tables["sale.sale"].values() if is_return(one)],
            Kind.CREDIT_MEMO: [str(one.id) for one in tables["account.invoice"].values() if is_credit(one)],
            Kind.INVENTORY: [
                f"{place.id}-{product.id}" for place in erp.warehouses.values() for product in erp.products.values()
            ],
        }
    depot = joint.wms.depot
    items = depot.tables.of("product.product").ids
    return {
        Kind.SHIPMENT: _listed(depot.tables.of(OUT).rows),
        Kind.RETURN: _listed(depot.tables.of(RETURN).rows),
        Kind.INVENTORY: [f"{place}/{item}" for place in depot.zones for item in items],
    }


def _listed(rows: Mapping[int, object]) -> list[str]:
    return [str(one) for one in rows]


async def _asked(adapter: Adapter, source: str, ids: Ids) -> AsyncIterator[tuple[tuple[Kind, str], Seen | None]]:
    call = SourceCall(tenant="judge", source=source, correlation_id="judge", patience=PATIENCE)
    await adapter.login(call)
    for kind, wanted in ids.items():
        for one, answer in (await adapter.read(call, kind, wanted)).items():
            if not isinstance(answer, Found):
                yield (kind, one), None
                continue
            for seen in answer.seen:
                yield (kind, one), seen


def _pointing(kind: Kind, content: Content) -> Content:
    """As the hub keeps it: a shipment points at its carrier's parcels, whatever its adapter told."""
    if kind is not Kind.SHIPMENT:
        return content
    new = tuple(key for key in parcels_of(content) if key not in content.refers)
    return replace(content, refers=(*content.refers, *new))


def _figures(tenant: str, role: str, seen: Seen | None) -> list[Figure]:
    if seen is None or seen.content is None or seen.content.inventory is None:
        return []
    named = {key.scheme: key.value for key in seen.content.refers}
    figures = seen.content.inventory.figures
    return [
        Figure(
            tenant=tenant,
            role=role,
            sku=named[PRODUCT_SKU],
            warehouse=named[WAREHOUSE_CODE],
            name=one.name.value,
            value=one.value,
        )
        for one in (() if figures is None else figures.told)
    ]
