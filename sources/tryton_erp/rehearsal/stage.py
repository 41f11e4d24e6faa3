"""The stage on which the contract suite judges the Tryton adapter: the same for a rehearsed and for a real ERP."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC

from hub.clock import Clock, SystemClock
from hub.model.vocabulary import Kind
from hub.ports import Adapter, SourceCall
from hub.settings import Secret
from sources.kit.chaos import Chaos
from sources.kit.postbox import Letter
from sources.kit.serve import serving
from sources.kit.skew import SkewedClock
from sources.kit.stage import Canaries, LineTruth, Stage, Truth
from sources.kit.taking import Taking
from sources.tryton_erp.adapter import TrytonErpSettings, connect
from sources.tryton_erp.rehearsal.door import Door
from sources.tryton_erp.rehearsal.hands import Hands, coded
from sources.tryton_erp.rehearsal.stand import DATABASE, make_stand
from sources.tryton_erp.rehearsal.takings import takings_for

OK = 200
_BUTTONS = {
    "sale.sale": "quote|confirm|process|draft|cancel",
    "stock.shipment.out": "wait|assign_try|assign_force|pick|pack|ship|do|cancel",
    "stock.shipment.out.return": "receive|do|cancel",
    "account.invoice": "post|cancel",
}
_PRESSED = [
    re.compile(rf"POST /[^/]+/rest/model/{re.escape(model)}/\d+/({buttons})\?f=state\n\{{\}}".encode())
    for model, buttons in _BUTTONS.items()
]
_WRITTEN = re.compile(
    rb'PUT /[^/]+/rest/model/(stock\.move/\d+\?f=id\n\{"quantity":[0-9.e-]+\}'
    rb'|stock\.move/\d+\?f=id\n\{"to_location":\d+\}'
    rb'|stock\.shipment\.out\.return/\d+\?f=id\n\{"inventory_moves":.+\}'
    rb'|stock\.shipment\.out/\d+\?f=id\n\{"shipping_reference":"[^"]+"\}|sale\.sale/\d+\?f=id\n\{.+\})',
    re.DOTALL,
)
_MADE = re.compile(rb"POST /[^/]+/rest/model/(sale\.sale|party\.address)\?f=id\n\{.+\}", re.DOTALL)
_DIALOGUE = re.compile(
    rb'"method":"wizard\.(account\.invoice\.credit|sale\.handle\.(shipment|invoice)\.exception)'
    rb'\.(create|execute|delete)"'
)
_MOVED = frozenset({"goods", "assets"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """How an ERP is entered."""

    database: str
    user: str
    password: Secret
    key: Secret


@dataclass(slots=True, kw_only=True)
class TrytonErpStage:
    """One ERP, wherever it runs."""

    proxy: Chaos
    hands: Hands
    entry: Entry
    canaries: Canaries
    clock: Clock = field(default_factory=SystemClock)
    source: str = "erp"
    kind: Kind = Kind.ORDER
    effect: bytes = b"/cancel"
    reading: bytes = b"rest/model/sale.sale?"
    login: bytes = b"common.db.login"
    envelope: bytes = b'"id"'
    nothing: bytes = b'"id": 0'

    def connect(self, *, page: int | None = None, secrets: Sequence[str] = (), skew: float = 0) -> Adapter:
        """A fresh adapter through the proxy; there are no webhooks to sign."""
        entry = self.entry
        settings = TrytonErpSettings(
            database=entry.database, user=entry.user, password=entry.password, key=entry.key, page=page or 100
        )
        return connect(settings, url=self.proxy.url, source=self.source, clock=SkewedClock(self.clock, skew))

    def call(self, *, patience: float = 20.0) -> SourceCall:
        """A call of this ERP."""
        return SourceCall(tenant="check", source=self.source, correlation_id="contract-suite", patience=patience)

    async def place(self, *units: int) -> str:
        """A quotation for a shop's order."""
        return await self.hands.place(units)

    async def unfinished(self) -> str | None:
        """A draft is an order already."""
        return None

    async def ship(self, order_id: str) -> None:
        """Confirm it and hand it to the carrier."""
        await self.hands.ship(order_id)

    async def deliver(self, order_id: str) -> None:
        """What is with the carrier is done."""
        await self.hands.deliver(order_id)

    @property
    def takings(self) -> Mapping[str, Taking]:
        """Hands for each action that creates or moves things."""
        return takings_for(self.hands, self.source)

    async def take_off(self, order_id: str, line: str, units: int) -> None:
        """Cancel the quotation."""
        await self.hands.cancel(order_id)

    async def truth(self, order_id: str) -> Truth:
        """The sale, by REST."""
        sale = await self.hands.order(order_id)
        goods = [line for line in sale["lines"] if line["product"] and line["product"]["type"] in _MOVED]
        is_off = sale["state"] == "cancelled"
        return Truth(
            number=sale["number"],
            status=sale["state"],
            lines={
                str(line["id"]): LineTruth(ordered=int(line["quantity"]), left=0 if is_off else int(line["quantity"]))
                for line in goods
            },
            gross=sale["total_amount"],
            currency=sale["currency"]["code"],
            placed_at=sale["create_date"].replace(tzinfo=UTC).isoformat(),
            parcels={str(one["id"]): one["state"] for one in sale["shipments"]},
        )

    async def revoke(self) -> None:
        """Log out every session the proxy has seen; a key ends only by an operator's hand."""
        for header in {one.headers.get("authorization", "") for one in self.proxy.exchanges}:
            if header.startswith("Session "):
                await self.hands.end_session(header)

    async def statuses(self) -> Sequence[str]:
        """The selection of a sale's state."""
        found = await self.hands.rpc("model.sale.sale.fields_get", ["state"])
        return [value for value, _ in found["state"]["selection"]]

    async def fault_of(self, request: bytes) -> str | None:
        """A question is judged by asking it; what has an effect must be asked just so, and is not repeated."""
        if self.login in request or _DIALOGUE.search(request):
            return None
        if any(one.fullmatch(request) for one in (*_PRESSED, _WRITTEN, _MADE)):
            return None
        if not request.startswith(b"GET") and b"/rpc/\n" not in request:
            return "it presses a button that the adapter does not know"
        answer = await self.hands.raw(request)
        if answer.status_code != OK:
            return f"{answer.status_code} {answer.text[:300]}"
        said = json.loads(answer.content)
        return str(said["error"])[:300] if isinstance(said, dict) and said.get("error") else None

    def broken(self) -> Sequence[bytes]:
        """Requests that Tryton's contract forbids."""
        here = f"/{self.entry.database}"
        model = f"{here}/rest/model"
        rpc = f"POST {here}/rpc/\n"
        wrong = [
            f"GET {model}/sale.sale?f=total_gross\n",
            f"GET {model}/sale.sale?f=lines.sku\n",
            f"GET {model}/sale.order?f=state\n",
            f"GET {model}/sale.sale?d=nonsense&f=state\n",
            f"GET {model}/sale.sale?d={coded([['status', '=', 'done']])}&f=state\n",
            f"GET {model}/sale.sale?d={coded([['state', 'equals', 'done']])}&f=state\n",
            f"GET {model}/sale.sale?o={coded([['placed', 'DESC']])}&f=state\n",
            f"GET {model}/sale.sale?s=many&f=state\n",
            f"GET /no-such-database{model.removeprefix(here)}/sale.sale?f=state\n",
            f"POST {model}/sale.sale/1/annul?f=state\n{{}}",
            f"POST {model}/sale.sale/1/cancel?f=state\n",
            f"POST {model}/sale.sale\n{{}}",
            rpc + json.dumps({"id": 1, "method": "model.sale.sale.search_count", "params": [[]]}),
            rpc + json.dumps({"id": 1, "method": "model.sale.sale.count", "params": [[], {}]}),
            rpc + json.dumps({"method": "common.server.version"}),
            rpc + json.dumps({"id": 1, "method": "common.server.version", "params": []}),
        ]
        return [one.encode() for one in wrong]

    async def send(self, request: bytes) -> bool:
        """Send it at the desk's credentials."""
        answer = await self.hands.raw(request)
        if answer.status_code != OK:
            return False
        said = json.loads(answer.content)
        return not (isinstance(said, dict) and said.get("error"))

    async def letter(self, order_id: str, secret: str) -> Letter:
        """Tryton posts nothing."""
        message = "Tryton posts nothing"
        raise RuntimeError(message)

    def respelled(self, body: bytes, status: str, new: str) -> bytes:
        """Spell the state differently."""
        return body.replace(f'"state": "{status}"'.encode(), f'"state": "{new}"'.encode())


@contextlib.asynccontextmanager
async def tryton_erp_stage(url: str, entry: Entry) -> AsyncIterator[Stage]:
    """The stage around the ERP at *url*."""
    async with Chaos(url).standing() as proxy:
        hands = Hands(url, database=entry.database, user=entry.user, password=entry.password, key=entry.key)
        canaries = Canaries(
            secrets=(entry.password.reveal(), entry.key.reveal()), personal=("Web customers", "Rue de la Loi 16")
        )
        try:
            yield TrytonErpStage(proxy=proxy, hands=hands, entry=entry, canaries=canaries)
        finally:
            await hands.close()


@contextlib.asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """The stage around a rehearsed ERP of its own."""
    entry = Entry(database=DATABASE, user="hub", password=Secret("rehearsal-only-1!"), key=Secret("rehearsal-only-key"))
    stand = make_stand(SystemClock(), door=Door(entry.user, entry.password, entry.key))
    stand.scene.seed_masters()
    async with serving(stand.app) as url, tryton_erp_stage(url, entry) as made:
        yield made
