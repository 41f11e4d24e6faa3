"""Orders that three systems share: what their people do, step by step, whatever becomes of the hub."""

from __future__ import annotations

import asyncio
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field

from hub.model.vocabulary import Kind
from sources.tryton_erp.rehearsal.records import Sale
from sources.tryton_wms.rehearsal.state import OUT, Shipment
from sources.vendure.rehearsal.state import Order
from tests.crash.docks import is_return, slips
from tests.crash.history import History
from tests.crash.joint import BUYER, PRICE, WAREHOUSE, Joint
from tests.crash.judge.evidence import Paper, Units
from tests.crash.plan import ERP, SHOP, WMS, Journey, Reach, Typed
from tests.crash.shops import RecordedShop

REACHES = tuple(Reach)
NOTICED = "notice"
UNNOTICED = 1.2  # seconds for which a wrong code stands: long enough for the hub to read it


@dataclass(slots=True, kw_only=True)
class Way:
    """One shared order, as far as it has come."""

    journey: Journey
    order: Order
    sale: Sale | None = None
    request: Shipment | None = None


@dataclass(slots=True, kw_only=True)
class Travels:
    """All shared orders of a seed, and what was typed into the ERP besides."""

    shop: RecordedShop
    joint: Joint
    history: History
    ways: list[Way] = field(default_factory=list)
    typed: list[Sale] = field(default_factory=list)

    async def live(self, journey: Journey) -> None:
        """Carry one order as far as it reaches."""
        await asyncio.sleep(journey.at)
        way = Way(journey=journey, order=self.shop.fill(journey.lines))
        self.ways.append(way)
        for step in self._steps(way):
            self.history.note("people", step, code=way.order.code)
            await asyncio.sleep(UNNOTICED if step == NOTICED else journey.pace)

    async def type_in(self, typed: Typed) -> None:
        """Somebody types a sale into the ERP: its reference is the customer's own number, and joins nothing."""
        await asyncio.sleep(typed.at)
        sale = self._sell(typed.po, typed.lines)
        self.joint.erp.erp.selling.quote(sale)
        self.typed.append(sale)
        self.history.note("people", "type-in", po=typed.po, sale=sale.number)

    # ------------------------------------------------------------------ the steps

    def _steps(self, way: Way) -> Iterator[str]:
        journey, reach = way.journey, REACHES.index(way.journey.reach)
        if not journey.erp_first:
            yield self._check_out(way)
        yield self._enter(way)
        if reach >= REACHES.index(Reach.RELEASED):
            yield self._release(way)
        if journey.erp_first:
            yield self._check_out(way)
        if journey.misspelt:
            yield NOTICED
            yield self._correct(way)
        if journey.vanishes and way.request is not None:
            yield self._delete(way.request)
            yield self._put_back(way.request)
        for stage in REACHES[2 : reach + 1]:
            yield self._carry(way, stage)
        if journey.billed and way.sale is not None:
            self.joint.erp.erp.bill(way.sale)
            yield "bill"

    def _check_out(self, way: Way) -> str:
        self.shop.check_out(way.order, settled=True)
        return "check-out"

    def _enter(self, way: Way) -> str:
        code = way.order.code
        way.sale = self._sell(code[::-1] if way.journey.misspelt else code, way.journey.lines)
        self.joint.erp.erp.process(way.sale)
        for shipment in way.sale.shipments:
            self.joint.note(ERP, Kind.SHIPMENT, shipment.id)
        return "enter"

    def _release(self, way: Way) -> str:
        assert way.sale is not None
        reference = f"{way.sale.reference}/{way.sale.shipments[0].number}"
        way.request = self.joint.wms.scene.take_in(
            reference, list(way.journey.lines), warehouse=WAREHOUSE, customer=BUYER
        )
        self.joint.note(WMS, Kind.SHIPMENT, way.request.id)
        return "release"

    def _correct(self, way: Way) -> str:
        """The right code, in the ERP and, where the warehouse was asked already, there."""
        assert way.sale is not None
        erp, code = self.joint.erp.erp, way.order.code
        way.sale.reference = code
        erp.books.index(way.sale, "reference", code)
        erp.books.wrote(way.sale)
        if way.request is not None:
            way.request.reference = f"{code}/{way.sale.shipments[0].number}"
            self.joint.wms.depot.tables.write(OUT, way.request)
        return "correct"

    def _delete(self, request: Shipment) -> str:
        self.joint.wms.depot.tables.of(OUT).drop(request.id)
        self.joint.forget(WMS, Kind.SHIPMENT, request.id)
        return "delete"

    def _put_back(self, request: Shipment) -> str:
        table = self.joint.wms.depot.tables.of(OUT)
        table.rows[request.id] = request
        insort(table.ids, request.id)
        self.joint.wms.depot.tables.write(OUT, request)
        self.joint.note(WMS, Kind.SHIPMENT, request.id)
        return "put-back"

    def _carry(self, way: Way, stage: Reach) -> str:
        assert way.sale is not None
        assert way.request is not None
        scene = self.joint.wms.scene
        if stage is Reach.LEFT:
            scene.carry(way.request)
            self.joint.erp.erp.send(way.sale.shipments[0])
            self.shop.stand.shop.move_parcel(way.order, way.order.parcels[0], "Shipped")
            return stage.value
        scene.carry(way.request, stage.value, tracking=f"TRACK{way.order.code}")
        if stage is Reach.PACKED:
            self.shop.announce(way.order, way.journey.lines)
        return stage.value

    def _sell(self, reference: str, lines: Units) -> Sale:
        wanted = [(sku, float(units), PRICE) for sku, units in lines]
        sale = self.joint.erp.erp.sell(reference, wanted, party=BUYER, warehouse=WAREHOUSE)
        self.joint.note(ERP, Kind.ORDER, sale.id)
        return sale

    # ------------------------------------------------------------------ what is told at the end

    def references(self) -> Iterator[str]:
        """Of all that people made in ERP and warehouse themselves."""
        yield from (str(sale.reference) for sale in self.typed)
        for way in self.ways:
            yield from (str(one.reference) for one in (way.sale, way.request) if one is not None)

    def entered(self) -> Iterator[Paper]:
        """What the hub made in ERP and warehouse: each sale with its shipments, each of them with its request."""
        own = {way.sale.id for way in self.ways if way.sale is not None} | {sale.id for sale in self.typed}
        requests = {one.reference: one.source_id for one in self.joint.requests()}
        for sale in self.joint.erp.erp.books.tables["sale.sale"].values():
            if sale.id in own or is_return(sale):
                continue
            yield self._paper(Kind.ORDER, str(sale.reference), ((ERP, sale.id),))
            for shipment in sale.shipments:
                name = f"{sale.reference}/{shipment.number}"
                wms = ((WMS, requests[name]),) if name in requests else ()
                yield self._paper(Kind.FULFILLMENT_ORDER, name, ((ERP, shipment.id), *wms))
                yield self._paper(Kind.SHIPMENT, name, ((ERP, shipment.id), *wms))

    def returned(self) -> Iterator[Paper]:
        """Every return, and what ERP and warehouse call it."""
        there = list(slips(self.joint))
        for name in sorted({slip.reference for slip in there}):
            yield self._paper(Kind.RETURN, name, tuple((x.role, x.source_id) for x in there if x.reference == name))

    def papers(self) -> Iterator[Paper]:
        """Every real order, request and shipment, and what each system calls it."""
        for way in self.ways:
            yield from self._papers(way)
        for sale in self.typed:
            yield self._paper(Kind.ORDER, f"sale {sale.number}", ((ERP, sale.id),))

    def _papers(self, way: Way) -> Iterator[Paper]:
        code, sale, request = way.order.code, way.sale, way.request
        at_shop = () if way.order.placed_at is None else ((SHOP, way.order.id),)
        yield self._paper(Kind.ORDER, code, (*at_shop, *(() if sale is None else ((ERP, sale.id),))))
        for shipment in () if sale is None else sale.shipments:
            wms = () if request is None else ((WMS, request.id),)
            parcels = tuple((SHOP, parcel.id) for parcel in way.order.parcels)
            name = f"{code}/{shipment.number}"
            yield self._paper(Kind.FULFILLMENT_ORDER, name, ((ERP, shipment.id), *wms))
            yield self._paper(Kind.SHIPMENT, name, ((ERP, shipment.id), *wms, *parcels))

    def _paper(self, kind: Kind, name: str, members: tuple[tuple[str, object], ...]) -> Paper:
        named = tuple((role, str(one)) for role, one in members)
        return Paper(tenant=self.joint.tenant, kind=kind.value, name=name, members=named)
