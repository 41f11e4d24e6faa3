"""The three rehearsed systems of one tenant, side by side: none of them knows of the others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime

from hub.clock import Clock
from hub.settings import Secret
from sources.tryton_erp.rehearsal import stand as erp_stand
from sources.tryton_erp.rehearsal.books import Sequence, Sequences
from sources.tryton_erp.rehearsal.door import Door
from sources.tryton_wms.rehearsal import stand as wms_stand
from sources.vendure.rehearsal import stand as shop_stand

USER, PASSWORD = "hub@demo.example", Secret("the demo's systems admit this")
ERP_KEY = Secret("the demo's ERP admits this application")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trio:
    """A shop, an ERP and a warehouse."""

    shop: shop_stand.Stand
    erp: erp_stand.Stand
    wms: wms_stand.Stand
    clock: Clock
    """The present of all three."""

    @contextmanager
    def at(self, moment: datetime | None) -> Iterator[None]:
        """Let what the block does happen at *moment* in all three; None: now."""
        with ExitStack() as stack:
            for clock in (self.shop.clock, self.erp.clock, self.wms.depot.clock):
                stack.enter_context(clock.standing_at(moment))
            yield

    async def close(self) -> None:
        """Stop posting."""
        await self.shop.close()
        await self.erp.close()


def make_trio(clock: Clock, seed: int) -> Trio:
    """Three empty systems; *seed* decides the shop's codes. The ERP's numbers have prefixes, as its owner wished."""
    sequences = Sequences(
        sale=Sequence(prefix="SO-", next=10001),
        shipment=Sequence(prefix="DN-", next=30001),
        shipment_return=Sequence(prefix="RN-", next=50001),
        shipment_internal=Sequence(prefix="TR-", next=60001),
        invoice=Sequence(prefix="INV-", next=20001),
        credit_note=Sequence(prefix="CN-", next=40001),
    )
    return Trio(
        shop=shop_stand.make_stand(clock, user=USER, password=PASSWORD, seed=seed),
        erp=erp_stand.make_stand(clock, door=Door(USER, PASSWORD, ERP_KEY), sequences=sequences),
        wms=wms_stand.make_stand(clock, user=USER, password=PASSWORD),
        clock=clock,
    )
