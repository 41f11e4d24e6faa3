"""One order carried through shop, ERP and warehouse by the hands of their people, joined by references alone.

None of the three knows the others: the shop's code goes into the ERP's `reference`, `CODE/SHIPMENT` into the
warehouse's, the tracking number back into the shop (systems.md 3.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from hub.demo.masters import Buyer, cents
from hub.demo.trio import Trio
from sources.tryton_erp.rehearsal.records import Sale, ShipmentOut
from sources.tryton_erp.rehearsal.splitting import split_off
from sources.tryton_wms.rehearsal.scene import STAGES
from sources.tryton_wms.rehearsal.state import PRODUCT, Product, Shipment
from sources.vendure.rehearsal.shop import start_shipping
from sources.vendure.rehearsal.state import Order, Parcel

CARRIER = "UPS"
SHIPPING = ("SHIPPING", 1.0, Decimal("5.00"))


@dataclass(slots=True, kw_only=True)
class Leg:
    """A shipment as ERP and warehouse know it, and the shop's parcel of it."""

    asked: ShipmentOut
    done: Shipment
    tracking: str
    parcel: Parcel | None = None

    @property
    def has_left(self) -> bool:
        """Whether the warehouse has let it go."""
        return self.done.state == "done"


@dataclass(slots=True, kw_only=True)
class Play:
    """One order on its way."""

    buyer: Buyer
    lines: Sequence[tuple[str, int]]
    """SKU and units."""
    warehouse: str = "WH"
    order: Order | None = None
    """The shop's; none for an order that was typed into the ERP."""
    sale: Sale | None = None
    po: str | None = None
    """What the customer calls an order that was typed into the ERP."""
    legs: list[Leg] = field(default_factory=list)
    back: Sale | None = None
    """The return of some of it."""

    @property
    def reference(self) -> str:
        """What the ERP and the warehouse are told of where it came from."""
        return self.po or "" if self.order is None else self.order.code

    def at_the_erp(self) -> Sale:
        """Its sale, which must be there."""
        if self.sale is None:
            message = f"{self.reference} has not reached the ERP"
            raise ValueError(message)
        return self.sale


class Director:
    """Has every hand in the three systems."""

    def __init__(self, trio: Trio) -> None:
        self.trio = trio
        self.released: set[int] = set()
        """The warehouse's shipments that were asked for by hand."""
        self.parcels = 0
        """How many have a tracking number."""

    # ------------------------------------------------------------------ the shop

    def fill_cart(self, play: Play) -> Order:
        """Somebody chooses."""
        shop = self.trio.shop.shop
        offered = {variant.sku: variant for variant in shop.variants.values()}
        order = play.order = shop.cart()
        for sku, units in play.lines:
            shop.add(order, offered[sku], units)
        return order

    def place(self, play: Play, *, settled: bool = True) -> None:
        """The cart is checked out; without *settled* the money is only authorised."""
        shop, buyer, order = self.trio.shop.shop, play.buyer, self.fill_cart(play)
        order.customer = shop.buyer(buyer.email, buyer.first_name, buyer.last_name)
        order.address = {
            "fullName": f"{buyer.first_name} {buyer.last_name}",
            "company": buyer.company,
            "streetLine1": "Rue de la Loi 16",
            "city": "Brussels",
            "postalCode": "1000",
            "countryCode": "BE",
            "country": "Belgium",
        }
        start_shipping(order)
        shop.move(order, "ArrangingPayment")
        shop.pay(order, "dummy" if settled else "dummy-auth", settled=settled)

    def call_off(self, play: Play) -> None:
        """The shop cancels everything, and the ERP after it where it has it."""
        if play.order is not None:
            shop, order = self.trio.shop.shop, play.order
            shop.take_off(order, [(line, line.quantity) for line in order.lines], shipping=True)
        if play.sale is not None:
            self.trio.erp.erp.cancel(play.sale)

    def arrive(self, play: Play) -> None:
        """Every parcel on its way arrives; only the shop hears of it."""
        for leg in play.legs:
            if play.order is not None and leg.parcel is not None and leg.parcel.state == "Shipped":
                self.trio.shop.shop.move_parcel(play.order, leg.parcel, "Delivered")

    # ------------------------------------------------------------------ the ERP

    def quote(self, play: Play) -> None:
        """The order is typed into the ERP, by its code or by what the customer calls it."""
        erp = self.trio.erp.erp
        lines = [(sku, float(units), self._price(sku)) for sku, units in play.lines]
        shipping = [SHIPPING] if play.order is not None else []
        sale = erp.sell(play.reference, [*lines, *shipping], party=play.buyer.party, warehouse=play.warehouse)
        play.sale = sale
        erp.selling.quote(sale)

    def enter(self, play: Play) -> None:
        """The ERP takes it, confirms and asks for shipments."""
        self.quote(play)
        self.trio.erp.erp.selling.confirm(play.at_the_erp())

    def split(self, play: Play, skus: Sequence[str], warehouse: str) -> None:
        """Part of it is to leave another warehouse."""
        sale = play.at_the_erp()
        split_off(self.trio.erp.erp, sale, sale.shipments[0], skus, warehouse)

    def bill(self, play: Play) -> None:
        """Post the invoice."""
        self.trio.erp.erp.bill(play.at_the_erp())

    def pay(self, play: Play) -> None:
        """The invoice is settled."""
        self.trio.erp.erp.bill(play.at_the_erp(), paid=True)

    # ------------------------------------------------------------------ the warehouse

    def release(self, play: Play) -> None:
        """What the ERP asks for reaches the warehouse, one shipment for each of the ERP's."""
        asked = {leg.asked.id for leg in play.legs}
        for shipment in play.at_the_erp().shipments:
            if shipment.state == "waiting" and shipment.id not in asked:
                lines = [(move.product.code, Decimal(str(move.quantity))) for move in shipment.outgoing_moves]
                done = self.trio.wms.scene.take_in(
                    f"{play.reference}/{shipment.number}",
                    lines,
                    warehouse=shipment.warehouse.code,
                    customer=play.buyer.party,
                )
                self.released.add(done.id)
                play.legs.append(Leg(asked=shipment, done=done, tracking=self._tracking()))

    def work(self, play: Play, upto: str) -> None:
        """The warehouse brings every shipment to `assigned`, `picked` or `packed`; what is short waits for goods."""
        for leg in play.legs:
            if leg.done.state == "waiting":
                self.trio.wms.scene.carry(leg.done, "assigned")
            if leg.done.state in STAGES[STAGES.index("assigned") : STAGES.index(upto)]:
                self.trio.wms.scene.carry(leg.done, upto, tracking=leg.tracking)
            if leg.done.state == "packed" and leg.parcel is None:
                self._announce(play, leg)

    def give_up_short(self, play: Play) -> None:
        """The warehouse picks what there is of the newest shipment and forgets the rest."""
        self.trio.wms.scene.short_pick(play.legs[-1].done)

    def leave(self, play: Play) -> None:
        """What is packed leaves; ERP and shop hear of it."""
        for leg in play.legs:
            if leg.done.state == "packed":
                self.trio.wms.scene.carry(leg.done)
                self.trio.erp.erp.send(leg.asked)
                if play.order is not None and leg.parcel is not None:
                    self.trio.shop.shop.move_parcel(play.order, leg.parcel, "Shipped")

    # ------------------------------------------------------------------ and back

    def allow_return(self, play: Play, reference: str, units: Sequence[tuple[str, int]]) -> None:
        """Some of it may come back: a return in the ERP, expected by the warehouse."""
        wanted = [(sku, float(number)) for sku, number in units]
        play.back = self.trio.erp.erp.take_back(play.at_the_erp(), reference, wanted, billed_by="fulfillment")
        self.trio.wms.scene.expect_back(reference, units, warehouse=play.warehouse, customer=play.buyer.party)

    def take_back(self, play: Play, units: Sequence[tuple[str, int]]) -> None:
        """The goods are back: put away, credited, and refunded by the shop."""
        if play.back is None or play.back.reference is None:
            message = f"nothing of {play.reference} may come back"
            raise ValueError(message)
        self.trio.wms.scene.receive(self.trio.wms.scene.find(play.back.reference))
        self.trio.erp.erp.receive(play.back)
        if play.order is not None:
            self._refund(play.order, dict(units))

    # ------------------------------------------------------------------ beneath

    def _price(self, sku: str) -> Decimal:
        return cents(next(variant.price for variant in self.trio.shop.shop.variants.values() if variant.sku == sku))

    def _tracking(self) -> str:
        self.parcels += 1
        return f"3SBPT{self.parcels:010d}"

    def _announce(self, play: Play, leg: Leg) -> None:
        """Tell the shop of a parcel and its tracking number."""
        if play.order is None:
            return
        depot, packed = self.trio.wms.depot, dict[str | None, int]()
        for move in self.trio.wms.work.outgoing(leg.done):
            packed[depot.get(PRODUCT, move.product, Product).code] = int(move.quantity)
        lines = [(line.id, packed[line.variant.sku]) for line in play.order.lines if packed.get(line.variant.sku)]
        leg.parcel = self.trio.shop.shop.fulfil(play.order, lines, CARRIER, leg.tracking)

    def _refund(self, order: Order, units: dict[str, int]) -> None:
        shop = self.trio.shop.shop
        lines = [(line, units[line.variant.sku]) for line in order.lines if line.variant.sku in units]
        shop.take_off(order, lines, shipping=False)
        amount = sum(line.variant.price * number for line, number in lines)
        refund = shop.refund(order.payments[0], amount, "return")
        shop.settle_refund(order, refund, f"refund-{order.code}-R1")
