"""An order that has left, of which something may be exchanged, over a store: a desk, and the loop that sends out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from hub.clock import SystemClock
from hub.merge.work import Applied, ByHand, Work
from hub.model.intents import DeliveryState
from hub.model.manifest import Landscape
from hub.model.observation import Content
from hub.model.order import OrderCommercial, OrderGroups, OrderParties
from hub.model.party import CustomerStatus
from hub.model.place import WarehouseGroups
from hub.model.returning import (
    BackLine,
    CameLine,
    LookedAtLine,
    ReturnCancelCommand,
    ReturnInspectCommand,
    ReturnReceiveCommand,
    ReturnRequestCommand,
)
from hub.model.returns import Disposition, ExchangeLine, ReturnCondition, ReturnReason, ReturnType
from hub.model.schemes import ORDER_CODE, WAREHOUSE_CODE
from hub.model.vocabulary import Kind
from hub.store.store import Store
from hub.write.desk import Asking, Desk
from hub.write.sendout import SendingOut
from tests.kit.entering import HOME, REP, customer, desk_of, opened, sources
from tests.kit.merging import CALL, ERP, SHOP, START, Looking, key, line, order, own, seen
from tests.kit.things import euros

CODE = "C0"
NUMBER = f"{CODE}-R1-X"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """A hub with an order of three mugs that has left."""

    hub: Looking
    desk: Desk
    loop: SendingOut
    order_id: str

    async def ask(self, kind: ReturnType = ReturnType.EXCHANGE, *, is_dry: bool = False, **more: Any) -> Applied:
        """Ask for two mugs to come back, allowed at once; of an exchange a kilo of flour goes out."""
        out = (ExchangeLine(sku="FLOUR", quantity=Decimal(1), unit_price=euros("4.00")),)
        command = ReturnRequestCommand(
            order_id=self.order_id,
            return_id="",
            lines=(BackLine(line_no=1, quantity=Decimal(2), reason=ReturnReason.DEFECTIVE),),
            type=kind,
            authorize=True,
            exchange_lines=out if kind is ReturnType.EXCHANGE else (),
        )
        return await self.desk.request_return(REP, replace(command, **more), Asking(key="ask", dry_run=is_dry))

    async def come_back(self) -> None:
        """Both mugs come, and are thrown away."""
        name = await self.return_id()
        came = CameLine(line_no=1, quantity=Decimal(2), condition=ReturnCondition.DAMAGED)
        looked = LookedAtLine(line_no=1, quantity=Decimal(2), disposition_taken=Disposition.SCRAP)
        receive = ReturnReceiveCommand(order_id=self.order_id, return_id=name, warehouse="WH", lines=(came,))
        inspect = ReturnInspectCommand(order_id=self.order_id, return_id=name, lines=(looked,))
        for key_, command in (("came", receive), ("looked", inspect)):
            applied = await self.desk.about_return(REP, command, Asking(key=key_))
            assert applied.user_errors == ()

    async def call_off(self) -> Applied:
        """Cancel the return."""
        command = ReturnCancelCommand(order_id=self.order_id, return_id=await self.return_id())
        return await self.desk.about_return(REP, command, Asking(key="off"))

    async def stands(self, status: CustomerStatus, at: float) -> None:
        """The ERP says how the customer stands."""
        await self.hub.write(seen((ERP, Kind.CUSTOMER, "1"), customer(status=status), at))

    async def again(self) -> None:
        """A person lets the dead letter go out again."""
        ((name, attempts),) = await self.hub.rows("select id, attempts from delivery where state = 'DEAD'")
        hand = ByHand(delivery_id=name, was=DeliveryState.DEAD, attempt=attempts, state=DeliveryState.PENDING)
        await self.hub.writer.write(CALL, Work(by_hand=(hand,)))

    async def return_id(self) -> str:
        """The return."""
        ((name,),) = await self.hub.rows("select id from entity where kind = 'RETURN'")
        return str(name)

    async def returned(self) -> Any:  # Any: JSON of the return
        """The return's document."""
        ((doc,),) = await self.hub.rows("select doc from entity where kind = 'RETURN'")
        return doc

    async def told(self) -> list[tuple[str, str]]:
        """(key, state) of everything that the hub was told to do itself."""
        rows = await self.hub.rows("select key, state from delivery where source = 'hub' order by key")
        return [(row[0], row[1]) for row in rows]

    async def sent(self) -> list[tuple[str, str, str]]:
        """(number, status, managed by) of every order that went out."""
        rows = await self.hub.rows(
            "select e.number, e.status, r.managed_by from entity e join root r on r.tenant = e.tenant"
            " and r.id = e.root_id where e.kind = 'ORDER' and e.id <> :order", order=self.order_id
        )  # fmt: skip
        return [(row[0], row[1], row[2]) for row in rows]

    async def cases(self) -> list[str]:
        """Codes of the cases that are open."""
        rows = await self.hub.rows(
            "select code from exception_case where status not in ('RESOLVED', 'CLOSED') order by code"
        )
        return [row[0] for row in rows]


async def exchanged(store: Store, known: Landscape | None = None) -> Exchanged:
    """The hub, its order delivered and paid."""
    hub = await opened(store, known or sources())
    head = OrderCommercial(placed_at=START, channel="CS", currency_code="EUR", total=euros("30.00"), net=euros("30.00"))
    groups = OrderGroups(commercial=head, parties=OrderParties(ship_to=HOME))
    place = Content(warehouse=WarehouseGroups(), number="WH", bears=(key(WAREHOUSE_CODE, "WH"),))
    said = order(
        CODE, line("1", 3, "MUG", shipped=3), order=groups, status="SHIPPED", bears=(key(ORDER_CODE, CODE),),
        refers=(own(ERP, Kind.CUSTOMER, "1"),),
    )  # fmt: skip
    applied = await hub.write(seen((ERP, Kind.WAREHOUSE, "1"), place), seen((SHOP, Kind.ORDER, "1"), said))
    ((order_id,),) = await hub.rows("select id from entity where kind = 'ORDER'")
    assert order_id in applied.roots
    return Exchanged(
        hub=hub, desk=desk_of(hub), loop=SendingOut(hub.store, hub.writer, SystemClock()), order_id=order_id
    )
