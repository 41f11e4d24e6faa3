"""What happens in the soak's systems: orders, parcels, stock and returns of each tenant, changed at random for ever."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from random import Random

from hub.model.manifest import Landscape, SourceBinding
from hub.model.observation import Content, MilestoneClaim, NaturalKey, Observation
from hub.model.order import OrderCommercial, OrderGroups
from hub.model.party import CustomerGroups, CustomerProfile
from hub.model.returns import ReturnGroups, ReturnRequestFacts
from hub.model.shipment import ShipmentMilestone
from hub.model.values import Identifier, Money
from hub.model.vocabulary import IdentifierScheme, Kind, SystemKind
from tests.kit.merging import START, line, order, own, seen, shipment
from tests.kit.stock import stock_of
from tests.soak.quiet.manifest import MANIFEST
from tests.soak.scale import SHOP, WAREHOUSE, WMS, Scale, account

CUSTOMERS = 12
SKUS = 8
PARCEL_EVERY, RETURN_EVERY = 3, 8  # orders
STATUSES = ("ACCEPTED", "ALLOCATED", "RELEASED", "PICKED", "SHIPPED")
MILESTONES = (
    ShipmentMilestone.PICKED,
    ShipmentMilestone.PACKED,
    ShipmentMilestone.SHIPPED,
    ShipmentMilestone.DELIVERED,
)
RETURNS = ("REQUESTED", "AUTHORIZED", "IN_TRANSIT", "RECEIVED")
MOVES_EVERY = 30  # changes of an order: it then goes to another customer
LINES = {Kind.ORDER: 1, Kind.SHIPMENT: 2, Kind.RETURN: 2, Kind.INVENTORY: 1}
"""What a change of each costs in the log: what lies below an order moves the order too."""
SHARES = {Kind.ORDER: 50, Kind.SHIPMENT: 15, Kind.RETURN: 5, Kind.INVENTORY: 30}
TICK = 2  # seconds of the sources' clock between two answers: their intervals never overlap


def landscape(tenant: str) -> Landscape:
    """The sources of a tenant, as the settings of the soak's hubs say."""
    systems = {f"{SHOP}-{tenant}": SystemKind.COMMERCE, f"{WMS}-{tenant}": SystemKind.WMS}
    bound = {
        name: SourceBinding(source=name, tenant=tenant, system=system, manifest=MANIFEST)
        for name, system in systems.items()
    }
    return Landscape(tenant=tenant, sources=bound)


@dataclass(slots=True, kw_only=True)
class Town:
    """The systems of one tenant."""

    tenant: str
    scale: Scale
    rnd: Random
    _now: int = 0
    _turns: dict[tuple[Kind, int], int] = field(default_factory=dict)
    _customers: dict[int, int] = field(default_factory=dict)

    def beginning(self) -> Iterator[Observation]:
        """Everything as it stands before anything happens."""
        for number in range(CUSTOMERS):
            yield self._customer(number)
        for number in range(self.scale.orders):
            yield self._order(number)
        for number in range(0, self.scale.orders, PARCEL_EVERY):
            yield self._parcel(number)
        for number in range(0, self.scale.orders, RETURN_EVERY):
            yield self._return(number)
        for number in range(SKUS):
            yield self._stock(number)

    def change(self) -> tuple[Kind, Observation]:
        """Something changes; of which kind."""
        (kind,) = self.rnd.choices(tuple(SHARES), tuple(SHARES.values()))
        any_order = self.rnd.randrange(self.scale.orders)
        if kind is Kind.ORDER:
            return kind, self._order(any_order)
        if kind is Kind.SHIPMENT:
            return kind, self._parcel(any_order - any_order % PARCEL_EVERY)
        if kind is Kind.RETURN:
            return kind, self._return(any_order - any_order % RETURN_EVERY)
        return kind, self._stock(self.rnd.randrange(SKUS))

    def _customer(self, number: int) -> Observation:
        said = Content(
            customer=CustomerGroups(profile=CustomerProfile(name=f"Customer {number}")),
            number=f"C{number}",
            account=account(self.tenant, number),
        )
        return self._seen(SHOP, Kind.CUSTOMER, number, said)

    def _order(self, number: int) -> Observation:
        turn = self._turn(Kind.ORDER, number)
        if turn == 0 or (turn + number) % MOVES_EVERY == 0:
            self._customers[number] = self.rnd.randrange(CUSTOMERS)
        customer, name = self._customers[number], f"{self.tenant}-{number}"
        total = Money(amount=Decimal(10 + turn), currency_code="EUR")
        said = order(
            name,
            *(line(str(one), 4, f"SKU{one}") for one in range(2)),
            order=OrderGroups(commercial=OrderCommercial(placed_at=START, currency_code="EUR", total=total)),
            status=STATUSES[turn % len(STATUSES)],
            account=account(self.tenant, customer),
            bears=(),
            identifiers=(Identifier(scheme=IdentifierScheme.ORDER_NUMBER, value=name, source=self._source(SHOP)),),
            refers=(own(self._source(SHOP), Kind.CUSTOMER, str(customer)),),
        )
        return self._seen(SHOP, Kind.ORDER, number, said)

    def _parcel(self, number: int) -> Observation:
        turn = self._turn(Kind.SHIPMENT, number)
        milestone = MILESTONES[turn % len(MILESTONES)]
        said = shipment(
            self._of(number), milestone=milestone, raw_status=f"{milestone.value} {turn}",
            milestones=(MilestoneClaim(milestone=milestone, occurred_at=START + timedelta(seconds=self._now)),),
            lines=(line("0", 4, "SKU0", shipped=1),),
        )  # fmt: skip
        return self._seen(WMS, Kind.SHIPMENT, number, said)

    def _return(self, number: int) -> Observation:
        turn = self._turn(Kind.RETURN, number)
        facts = ReturnRequestFacts(requested_at=START, note=f"turn {turn}")
        said = Content(
            return_=ReturnGroups(request=facts),
            number=f"RMA-{self.tenant}-{number}",
            status=RETURNS[turn % len(RETURNS)],
            refers=(self._of(number),),
            lines=(line("0", 1, "SKU0"),),
        )
        return self._seen(SHOP, Kind.RETURN, number, said)

    def _stock(self, number: int) -> Observation:
        turn = self._turn(Kind.INVENTORY, number)
        return self._seen(WMS, Kind.INVENTORY, number, stock_of(f"SKU{number}", WAREHOUSE, on_hand=100 + turn))

    def _of(self, number: int) -> NaturalKey:
        return own(self._source(SHOP), Kind.ORDER, str(number))

    def _source(self, role: str) -> str:
        return f"{role}-{self.tenant}"

    def _turn(self, kind: Kind, number: int) -> int:
        turn = self._turns.get((kind, number), -1) + 1
        self._turns[kind, number] = turn
        return turn

    def _seen(self, role: str, kind: Kind, number: int, said: Content) -> Observation:
        self._now += TICK
        return seen((self._source(role), kind, str(number)), said, self._now)
