"""The rehearsed ERP and warehouse of one tenant as recorders: every request, every object, troubles by plan."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hub.clock import SystemClock
from hub.model.vocabulary import Kind
from hub.settings import Secret
from sources.tryton_erp.rehearsal import stand as erp_stand
from sources.tryton_erp.rehearsal.door import Door
from sources.tryton_wms.rehearsal import stand as wms_stand
from sources.tryton_wms.rehearsal.state import OUT, Shipment
from tests.crash.asgi import Receive, Scope, Send, whole_body
from tests.crash.judge.evidence import Called, Stored, Written
from tests.crash.plan import ERP, WMS, Fault, SourceFault, Trouble, Verb
from tests.crash.shops import PASSWORD, USER, Now
from tests.crash.spoiling import alone_for, busy, captured, spoilt, throttled

ERP_DATABASE, WMS_DATABASE = erp_stand.DATABASE, wms_stand.DATABASE
KEY = "of the rehearsed ERP"
WAREHOUSE, BUYER = "WH", "WEB"
QUARANTINE = "QUAR"
PRICE = "10.00"
PLENTY, FEW = 1000, 2
SCARCE = "LAPTOP"
"""An item of the shops of which the warehouse has FEW; only orders that enter through the hub want it."""
LOGIN = b"common.db.login"
EFFECT = re.compile(
    rb'/rest/model/|"method":\s*"(model\.[a-z_.]+\.(create|write|wait|cancel|receive|done|do)|wizard\.)'
)
"""What requests hold that make or move something there: a new record, a button, a dialogue."""


class Recorder:
    """A server in front of a rehearsed system."""

    def __init__(self, tenant: str, role: str, app: Any, eyes: tuple[Now, Callable[[int], int | None]]) -> None:
        """*eyes*: what time it is, and which process calls from a port."""
        self.tenant, self.role = tenant, role
        self._app = app
        self._now, self._caller = eyes
        self._faults: list[SourceFault] = []
        self._met: Counter[Verb] = Counter()
        self._alone_until = 0.0
        self.is_out = False
        """It answers nobody."""
        self.called: list[Called] = []

    def trouble(self, faults: Sequence[Fault]) -> None:
        """Let those that are this system's happen, each once."""
        mine = (self.tenant, self.role)
        self._faults = [one for one in faults if isinstance(one, SourceFault) and (one.tenant, one.role) == mine]

    def heal(self) -> None:
        """No more troubles."""
        self._faults, self._alone_until, self.is_out = [], 0.0, False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The system's API, as ASGI."""
        body = await whole_body(receive)
        verb = _verb(f"{scope['method']} {scope['path']}", body)
        fault = self._meets(verb)
        trouble = None if fault is None else fault.trouble
        pid, began = self._caller(scope["client"][1]), self._now()
        try:
            await self._serve(scope, send, body, fault)
        finally:
            self.called.append(
                Called(
                    tenant=self.tenant,
                    role=self.role,
                    verb=verb.value,
                    began=began,
                    ended=self._now(),
                    pid=pid,
                    retry_after=float(alone_for(fault)) if fault and trouble is Trouble.THROTTLED else None,
                )
            )

    async def _serve(self, scope: Scope, send: Send, body: bytes, fault: SourceFault | None) -> None:
        trouble = None if fault is None else fault.trouble
        if self.is_out or trouble is Trouble.BUSY:
            return await busy(send)
        if fault is not None and trouble is Trouble.THROTTLED:
            self._alone_until = max(self._alone_until, self._now() + alone_for(fault))
        if (left := self._alone_until - self._now()) > 0:
            return await throttled(send, left)
        if fault is not None and trouble is Trouble.SLOW:
            await asyncio.sleep(fault.seconds)
        said = await captured(self._app, scope, body)
        if fault is not None and trouble is Trouble.LATE:
            await asyncio.sleep(fault.seconds)
        return await spoilt(send, trouble, said)

    def _meets(self, verb: Verb) -> SourceFault | None:
        self._met[verb] += 1
        for fault in self._faults:
            if (fault.verb, fault.nth) == (verb, self._met[verb]):
                self._faults.remove(fault)
                return fault
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """What stands beside the shop of one tenant."""

    tenant: str
    erp: erp_stand.Stand
    wms: wms_stand.Stand
    recorders: dict[str, Recorder]
    """By role."""
    lay: dict[str, int]
    """Units of each item before anything was ordered."""
    written: list[Written]
    """Every object that hub must know of, from the moment it was there."""

    def note(self, role: str, kind: Kind, source_id: object) -> None:
        """An object is there now."""
        self.written.append(
            Written(tenant=self.tenant, role=role, kind=kind.value, source_id=str(source_id), at=time.time())
        )

    def forget(self, role: str, kind: Kind, source_id: object) -> None:
        """It is not there any more: whoever looks now need not see it."""
        gone = (role, kind.value, str(source_id))
        self.written[:] = [one for one in self.written if (one.role, one.kind, one.source_id) != gone]

    def sales(self) -> Iterator[Stored]:
        """Every sale as the ERP's own books have it."""
        for sale in self.erp.erp.books.tables["sale.sale"].values():
            if any((line.quantity or 0) < 0 for line in sale.lines):
                continue  # a return
            units: Counter[str] = Counter()
            for line in sale.lines:
                if line.product is not None:
                    units[line.product.code] += int(line.quantity)
            yield Stored(
                tenant=self.tenant, role=ERP, source_id=str(sale.id), reference=sale.reference or "",
                state=sale.state, units=tuple(sorted(units.items())),
            )  # fmt: skip

    def requests(self) -> Iterator[Stored]:
        """Every shipment as the warehouse's own tables have it."""
        shipments = (one for one in self.wms.depot.tables.of(OUT).rows.values() if isinstance(one, Shipment))
        for one in shipments:
            yield Stored(
                tenant=self.tenant, role=WMS, source_id=str(one.id), reference=one.reference or "", state=one.state,
                units=(),
            )  # fmt: skip

    def called(self) -> Iterator[Called]:
        """Every request of both."""
        for one in self.recorders.values():
            yield from one.called


def _verb(first: str, body: bytes) -> Verb:
    if LOGIN in body:
        return Verb.LOGIN
    return Verb.CREATE if first.startswith("POST") and EFFECT.search(first.encode() + b"\n" + body) else Verb.READ


def make_joint(tenant: str, skus: Sequence[str], eyes: tuple[Now, Callable[[int], int | None]]) -> Joint:
    """An ERP and a warehouse that have plenty of *skus*, few of what is scarce, and no orders."""
    erp = erp_stand.make_stand(SystemClock(), door=Door(USER, Secret(PASSWORD), Secret(KEY)))
    wms = wms_stand.make_stand(SystemClock(), user=USER, password=Secret(PASSWORD))
    erp.erp.warehouse(WAREHOUSE, "Main DC")
    wms.depot.shelf(QUARANTINE, "Quarantine", wms.scene.warehouse(WAREHOUSE, "Main DC").id)
    erp.erp.party(BUYER, "Web customers")
    wms.scene.customer(BUYER, "Web customers")
    lay = {**dict.fromkeys(skus, PLENTY), SCARCE: FEW}
    for sku, units in lay.items():
        erp.erp.product(sku, sku, PRICE)
        wms.scene.product(sku, sku)
        erp.erp.stock(sku, WAREHOUSE, units)
        wms.scene.stock(WAREHOUSE, sku, units)
    recorders = {ERP: Recorder(tenant, ERP, erp.app, eyes), WMS: Recorder(tenant, WMS, wms.app, eyes)}
    return Joint(tenant=tenant, erp=erp, wms=wms, recorders=recorders, lay=lay, written=[])
