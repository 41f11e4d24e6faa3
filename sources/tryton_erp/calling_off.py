"""`order.cancel`: a sale of which nothing has left is taken back, with its shipments and its invoices."""

from __future__ import annotations

from hub.model.effects import CancelOrder
from hub.model.intents import Intent
from hub.ports import SourceCall
from sources.kit.deed import content_of
from sources.tryton_erp.cancel import SALE, planned
from sources.tryton_erp.client import TrytonClient
from sources.tryton_erp.deed import Plan, Step, Tried, perform
from sources.tryton_erp.forms import SaleStand
from sources.tryton_erp.reader import one_of
from sources.tryton_erp.wire import TrytonSale, paths

_NAMES = tuple(dict.fromkeys((*paths(TrytonSale), *paths(SaleStand))))


class CallingOff:
    """Reads the sale with its papers, and takes the next step of its end."""

    def __init__(self, client: TrytonClient, *, source: str) -> None:
        self._client, self._source = client, source

    async def look(self, call: SourceCall, intent: Intent, tried: Tried) -> Plan:
        """The sale as it is mapped, and how far its papers are."""
        row = await one_of(self._client, call, (SALE, intent.source_id), _NAMES, source=self._source)
        return planned(row.read_as(TrytonSale), row.read_as(SaleStand), content_of(intent, CancelOrder))

    async def act(self, call: SourceCall, intent: Intent, step: Step) -> None:
        """Cancel a paper, credit it, or tell the sale to let it be."""
        await perform(self._client, call, step)
