"""A company full of life: master data, orders carried as far as wanted, in the past too, and traffic step by step."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from sources.kit.rehearsal.backdating import Backdating
from sources.tryton_erp.rehearsal.erp import Erp
from sources.tryton_erp.rehearsal.records import Sale, ShipmentOut

Lines = Sequence[tuple[str, float, Decimal | str]]
"""(sku, units, net price of one)."""


class Reach(StrEnum):
    """How far an order is carried in the ERP."""

    DRAFT = "draft"
    QUOTED = "quoted"
    PROCESSING = "processing"
    ASSIGNED = "assigned"
    PICKED = "picked"
    PACKED = "packed"
    SHIPPED = "shipped"
    """Handed to the carrier: the shipment is `shipped`, its moves are not done."""
    DONE = "done"
    """The shipment is done; its invoice is a draft."""
    INVOICED = "invoiced"
    PAID = "paid"
    """Shipped, invoiced and paid: the sale is done."""
    CANCELLED = "cancelled"
    """Before it was confirmed."""
    CALLED_OFF = "called off"
    """After it was processed: the sale ends done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One order to be carried."""

    reference: str | None
    """A shop's order code, or what somebody typed."""
    lines: Lines
    reach: Reach = Reach.PROCESSING
    at: datetime | None = None
    """When it reached the ERP; None: now."""
    until: datetime | None = None
    """When its last step was; None: the steps follow each other by minutes."""
    party: str = "WEB"
    warehouse: str = "WH"
    tracking: str | None = None
    """Of the parcel, where it is packed here."""
    returned: Sequence[tuple[str, float]] = field(default_factory=tuple)
    """What came back afterwards, in a return `{reference}-R1`, received and credited."""


_STEPS: dict[Reach, tuple[str, ...]] = {
    Reach.DRAFT: (),
    Reach.QUOTED: ("quote",),
    Reach.PROCESSING: ("quote", "confirm"),
    Reach.ASSIGNED: ("quote", "confirm", "assign"),
    Reach.PICKED: ("quote", "confirm", "assign", "pick"),
    Reach.PACKED: ("quote", "confirm", "assign", "pick", "pack"),
    Reach.SHIPPED: ("quote", "confirm", "assign", "pick", "pack", "ship"),
    Reach.DONE: ("quote", "confirm", "assign", "pick", "pack", "ship", "do"),
    Reach.INVOICED: ("quote", "confirm", "assign", "pick", "pack", "ship", "do", "bill"),
    Reach.PAID: ("quote", "confirm", "assign", "pick", "pack", "ship", "do", "bill", "pay"),
    Reach.CANCELLED: ("quote", "cancel"),
    Reach.CALLED_OFF: ("quote", "confirm", "cancel"),
}


class Scene:
    """Fills a company and keeps it moving."""

    def __init__(self, erp: Erp, clock: Backdating, *, seed: int = 1) -> None:
        self._erp, self._clock = erp, clock
        self._random = random.Random(seed)  # noqa: S311 - a scene, not a secret

    def seed_masters(self) -> None:
        """The seed of the real systems: four goods, two warehouses with stock, three customers (systems.md 2)."""
        erp = self._erp
        for code, name, price, unit in (
            ("TSHIRT-M", "T-shirt M", "19.90", "u"),
            ("MUG", "Mug", "7.50", "u"),
            ("LAPTOP", "Laptop", "899.00", "u"),
            ("FLOUR", "Flour (bulk)", "1.2345", "kg"),
        ):
            erp.product(code, name, price, unit=unit)
        erp.product("SHIPPING", "Shipping", "5.00", type_="service")
        erp.warehouse("WH", "Main DC")
        erp.warehouse("WH-EAST", "East DC")
        for sku, code, units in (
            ("TSHIRT-M", "WH", 100_000),
            ("MUG", "WH", 100_000),
            ("LAPTOP", "WH", 3),
            ("FLOUR", "WH", 250.5),
            ("TSHIRT-M", "WH-EAST", 20),
            ("LAPTOP", "WH-EAST", 2),
        ):
            erp.stock(sku, code, units)
        erp.party("ACME", "Acme NV", email="acme@example.com", credit_limit=Decimal("1000.00"))
        erp.price_list(erp.party("BETA", "Beta SA", email="beta@example.com"), "Wholesale")
        erp.party("WEB", "Web customers", email="web@example.com")

    def carry(self, stories: Iterable[Story]) -> list[Sale]:
        """The sales of these stories, each as far as it reached; oldest first makes the oldest numbers."""
        return [self._carried(story) for story in stories]

    def take_over(self, code: str, lines: Lines, *, party: str = "WEB", warehouse: str = "WH") -> Sale:
        """A shop's order arrives and is processed, now."""
        return self._erp.process(self._erp.sell(code, lines, party=party, warehouse=warehouse))

    def step(self) -> str | None:
        """Move the company by one event and give the sale's number; None where all is done."""
        waiting = [sale for sale in self._erp.books.tables[Sale.model].values() if _next(sale) is not None]
        if not waiting:
            return None
        sale = self._random.choice(waiting[-200:])
        self.advance(sale)
        return str(sale.number)

    def advance(self, sale: Sale) -> str | None:
        """Take a sale one step further and say which one; None where it is done."""
        step = _next(sale)
        if step is not None:
            self._step(sale, step, None)
        return step

    def _carried(self, story: Story) -> Sale:
        steps = _STEPS[story.reach]
        with self._clock.standing_at(story.at):
            sale = self._erp.sell(story.reference, story.lines, party=story.party, warehouse=story.warehouse)
        for place, step in enumerate(steps, start=1):
            with self._clock.standing_at(_moment(story, place, len(steps))):
                self._step(sale, step, story.tracking)
        if story.returned:
            with self._clock.standing_at(_moment(story, len(steps), len(steps))):
                self._erp.receive(self._erp.take_back(sale, f"{story.reference}-R1", story.returned))
        return sale

    def _step(self, sale: Sale, step: str, tracking: str | None) -> None:
        erp, shipment = self._erp, _shipment(sale)
        match step:
            case "quote":
                erp.selling.quote(sale)
            case "confirm":
                erp.selling.confirm(sale)
            case "cancel":
                erp.cancel(sale)
            case "bill":
                erp.bill(sale)
            case "pay":
                erp.bill(sale, paid=True)
        if shipment is not None and step in ("assign", "pick", "pack", "ship", "do"):
            self._handle(shipment, step, tracking)

    def _handle(self, shipment: ShipmentOut, step: str, tracking: str | None) -> None:
        goods = self._erp.goods
        match step:
            case "assign":
                goods.assign_try(shipment)
                if shipment.state == "waiting":
                    goods.assign_ignore(shipment)
            case "pick":
                goods.pick(shipment)
            case "pack":
                goods.pack(shipment, tracking)
            case "ship":
                goods.ship(shipment)
            case "do":
                goods.do(shipment)


def _moment(story: Story, place: int, steps: int) -> datetime | None:
    if story.at is None:
        return None
    until = story.until or story.at + timedelta(minutes=7 * steps)
    return story.at + (until - story.at) * place / steps


def _shipment(sale: Sale) -> ShipmentOut | None:
    open_ones = [one for one in sale.shipments if one.state not in ("done", "cancelled")]
    return open_ones[0] if open_ones else None


def _next(sale: Sale) -> str | None:
    if sale.state in ("draft", "quotation"):
        return "quote" if sale.state == "draft" else "confirm"
    if sale.state != "processing":
        return None
    shipment = _shipment(sale)
    if shipment is not None:
        following = {"waiting": "assign", "assigned": "pick", "picked": "pack", "packed": "ship", "shipped": "do"}
        return following.get(shipment.state)
    states = {invoice.state for invoice in sale.invoices}
    return "bill" if "draft" in states else "pay" if "posted" in states else None
