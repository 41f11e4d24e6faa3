"""`shipment.ship`: the ERP's own shipment is done with what left; Tryton makes the back-order of the rest itself."""

from __future__ import annotations

from hub.model.effects import ShipGoods
from hub.model.intents import Intent
from hub.ports import SourceCall
from sources.kit.deed import content_of
from sources.tryton_erp.client import TrytonClient
from sources.tryton_erp.deed import Plan, Step, Tried, perform
from sources.tryton_erp.leaving import SHIPMENT, planned
from sources.tryton_erp.reader import one_of
from sources.tryton_erp.wire import TrytonShipment, paths

TRACKED = "shipping_reference"


class Shipping:
    """Reads the shipment, and takes the next step of its way out."""

    def __init__(self, client: TrytonClient, *, source: str) -> None:
        self._client, self._source = client, source

    async def look(self, call: SourceCall, intent: Intent, tried: Tried) -> Plan:
        """The shipment with its moves."""
        lacking = self._client.company.lacking.get(SHIPMENT, frozenset())
        names = paths(TrytonShipment, lacking)
        row = await one_of(self._client, call, (SHIPMENT, intent.source_id), names, source=self._source)
        return planned(
            row.read_as(TrytonShipment), content_of(intent, ShipGoods), tried, is_tracked=TRACKED not in lacking
        )

    async def act(self, call: SourceCall, intent: Intent, step: Step) -> None:
        """Write what left, or press the next button."""
        await perform(self._client, call, step)
