"""The stage on which the contract suite judges the adapter: the same for a rehearsed and for a real warehouse."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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
from sources.tryton_wms.adapter import TrytonWmsSettings, connect
from sources.tryton_wms.rehearsal.hands import Hands
from sources.tryton_wms.rehearsal.judge import Judge
from sources.tryton_wms.rehearsal.stand import DATABASE, make_stand
from sources.tryton_wms.rehearsal.takings import takings_for

OK = 200
USER = "hub"


@dataclass(slots=True, kw_only=True)
class TrytonWmsStage:
    """One warehouse, wherever it runs."""

    proxy: Chaos
    hands: Hands
    judge: Judge
    database: str
    user: str
    password: Secret
    canaries: Canaries
    clock: Clock = field(default_factory=SystemClock)
    source: str = "wms"
    kind: Kind = Kind.SHIPMENT
    effect: bytes = b"model.stock.shipment.out.cancel"
    reading: bytes = b"model.stock.shipment.out.search_read"
    login: bytes = b"common.db.login"
    envelope: bytes = b'"result"'
    nothing: bytes = b'"result":[]'

    def connect(self, *, page: int | None = None, secrets: Sequence[str] = (), skew: float = 0) -> Adapter:
        """A fresh adapter through the proxy."""
        settings = TrytonWmsSettings(
            user=self.user, password=self.password, database=self.database, quarantine="QUAR", page=page or 100
        )
        return connect(settings, url=self.proxy.url, source=self.source, clock=SkewedClock(self.clock, skew))

    def call(self, *, patience: float = 20.0) -> SourceCall:
        """A call of this warehouse."""
        return SourceCall(tenant="check", source=self.source, correlation_id="contract-suite", patience=patience)

    @property
    def takings(self) -> Mapping[str, Taking]:
        """Hands for what is asked of the warehouse."""
        return takings_for(self.hands, self.source)

    async def place(self, *units: int) -> str:
        """Take a shipment in."""
        return await self.hands.place(units)

    async def unfinished(self) -> str | None:
        """Nothing: a draft is a request like any other."""
        return None

    async def ship(self, order_id: str) -> None:
        """Assign, pick, pack and let it leave."""
        await self.hands.ship(order_id)

    async def deliver(self, order_id: str) -> None:
        """The warehouse hears of no delivery: a late tracking number is all that still changes."""
        await self.hands.relabel(order_id)

    async def take_off(self, order_id: str, line: str, units: int) -> None:
        """Give the whole shipment up: no less leaves a trace."""
        await self.hands.step(order_id, "cancel")

    async def truth(self, order_id: str) -> Truth:
        """The shipment, by the API."""
        row = await self.hands.shipment(order_id)
        is_off = row["state"] == "cancelled"
        return Truth(
            number=row["number"],
            status=row["state"],
            lines={
                str(move["id"]): LineTruth(ordered=int(move["quantity"]), left=0 if is_off else int(move["quantity"]))
                for move in row["moves"]
            },
            parcels={one["code"]: one["shipping_reference"] for one in row["parcels"]},
        )

    async def revoke(self) -> None:
        """Log out every session the proxy has seen."""
        for header in {one.headers.get("authorization", "") for one in self.proxy.exchanges} - {""}:
            await self.hands.end_session(header)

    async def statuses(self) -> Sequence[str]:
        """The server's own list of states."""
        found = await self.hands.fields("stock.shipment.out")
        return [word for word, _ in (found or {})["state"]["selection"]]

    async def fault_of(self, request: bytes) -> str | None:
        """Judge by what the server says of its models."""
        first, _, body = request.partition(b"\n")
        if body and first != f"POST /{self.database}/".encode():
            return f"{first.decode()} is no call of this database"
        return await self.judge.fault_of(body or first)

    def broken(self) -> Sequence[bytes]:
        """Requests that Tryton's contract forbids."""
        items, read = "model.product.product", "model.product.product.search_read"
        wrong: list[tuple[str, Any]] = [  # Any: JSON
            (read, [[], 0, 1, None, ["nope"], {}]),
            (read, [[], 0, 1, None, ["code.nope"], {}]),
            (read, [[], 0, 1, None, ["default_uom.nope"], {}]),
            (read, [[["nope", "=", 1]], 0, 1, None, ["id"], {}]),
            (read, [[["default_uom.nope", "=", 1]], 0, 1, None, ["id"], {}]),
            (read, [[["id", "~", 1]], 0, 1, None, ["id"], {}]),
            (read, [[["id", "="]], 0, 1, None, ["id"], {}]),
            (read, [[], 0, "many", None, ["id"], {}]),
            (read, [[], 0, 1, [["nope", "ASC"]], ["id"], {}]),
            (read, [[], 0, 1, None, ["id"], 7, {}]),
            (read, [[], 0, 1, None, ["id"]]),
            (f"{items}.find", [[], 0, 1, None, {}]),
            ("model.product.nope.search_read", [[], 0, 1, None, ["id"], {}]),
            ("model.stock.shipment.out.create", [[{"nope": 1}], {}]),
            ("model.stock.shipment.out.create", [[{"customer": 1}]]),
            ("wizard.product.search_read", [[], 0, 1, None, ["id"], {}]),
            (read, {}),
        ]
        bodies = [{"id": 1, "method": method, "params": params} for method, params in wrong]
        return [*(json.dumps(body).encode() for body in bodies), b'{"id":1,"method":"x"}', b"{"]

    async def send(self, request: bytes) -> bool:
        """Post it with the hands' session."""
        answer = await self.hands.post(request)
        said = answer.json() if answer.headers.get("content-type", "").startswith("application/json") else {"error": 1}
        return answer.status_code == OK and "error" not in said

    async def letter(self, order_id: str, secret: str) -> Letter:
        """Never: Tryton sends none."""
        message = f"nothing is ever posted about {order_id}"
        raise LookupError(message)

    def respelled(self, body: bytes, status: str, new: str) -> bytes:
        """Spell the state differently."""
        return body.replace(f'"state":"{status}"'.encode(), f'"state":"{new}"'.encode())


@contextlib.asynccontextmanager
async def wms_stage(url: str, *, database: str, user: str, password: Secret) -> AsyncIterator[Stage]:
    """The stage around the warehouse at *url*."""
    async with Chaos(url).standing() as proxy:
        hands = Hands(url, database=database, user=user, password=password)
        canaries = Canaries(secrets=(password.reveal(),), personal=("Rue de la Loi", "Web customers"))
        try:
            yield TrytonWmsStage(
                proxy=proxy,
                hands=hands,
                judge=Judge(hands.fields),
                database=database,
                user=user,
                password=password,
                canaries=canaries,
            )
        finally:
            await hands.close()


@contextlib.asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """The stage around a rehearsed warehouse of its own."""
    password = Secret("rehearsal-only-1!")
    stand = make_stand(SystemClock(), user=USER, password=password)
    stand.scene.seed()
    async with (
        serving(stand.app) as url,
        wms_stage(url, database=DATABASE, user=USER, password=password) as made,
    ):
        yield made
