"""The adapter: a Tryton ERP behind `hub.ports.Adapter`."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.clock import Clock
from hub.errors import Denied, NotOffered, SourceMisset
from hub.model.effects import (
    CancelOrder,
    CreateOrder,
    CreateReturn,
    Effect,
    InspectReturn,
    PostInvoice,
    ReceiveReturn,
    ShipGoods,
)
from hub.model.intents import Intent, Outcome
from hub.model.manifest import Manifest
from hub.model.vocabulary import Kind
from hub.ports import (
    Answer,
    ChangePage,
    Failed,
    Found,
    Health,
    HintSeen,
    Missing,
    Question,
    SourceCall,
    WebhookDelivery,
)
from hub.settings import Secret
from sources.kit.deed import carry_out
from sources.kit.http import Origin
from sources.tryton_erp.billing import Billing
from sources.tryton_erp.calling_off import CallingOff
from sources.tryton_erp.catalog import SHELVES
from sources.tryton_erp.client import Ask, TrytonClient
from sources.tryton_erp.coming_back import Agreeing, Judging, Receiving
from sources.tryton_erp.deed import Deed, Tried
from sources.tryton_erp.manifest import BATCH, CHANGED, MANIFEST, MOVES, OPEN, STOCK
from sources.tryton_erp.mapping.words import Reading
from sources.tryton_erp.masters import Masters
from sources.tryton_erp.reader import Reader
from sources.tryton_erp.rpc import TrytonRpc
from sources.tryton_erp.selling import Selling
from sources.tryton_erp.shelves import Shelves
from sources.tryton_erp.shipping import Shipping
from sources.tryton_erp.walk import Walk

SALE = "sale.sale"
MOST_HITS = 20
LONGEST = 100
"""Characters of an identifier that any sale may bear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrytonErpSettings:
    """What an operator says of one ERP, beside its url."""

    database: str
    """Name of the database: the first part of every path."""
    user: str
    """Login of a user with the groups Sales, Stock, Accounting, Party and Product."""
    password: Secret
    """Its password, for JSON-RPC."""
    key: Secret
    """A validated application key of that user, for REST."""
    anonymous: tuple[str, ...] = ("WEB",)
    """Codes of parties that stand for many buyers: they are nobody's account."""
    guest_party: str = "WEB"
    """Code of the party that buys where the ERP does not know the buyer."""
    carrier: str | None = None
    """Code of the party that carries what the hub sells; None: the ERP's oldest carrier."""
    quarantine: str | None = None
    """Code of the place for what has come back and is not for sale; None: it is stock there like any other."""
    channel_code: str = "[A-Z0-9]{16}"
    """Regular expression of the channels' order codes; a sale with another reference was typed by hand."""
    console: str | None = None
    """Address of the ERP's own web client with its database, for links."""
    page: int = BATCH
    """Records on one page of a sweep."""


class TrytonErpAdapter:
    """One ERP, behind `hub.ports.Adapter`. Owns no thread, retry or sleep."""

    def __init__(self, client: TrytonClient, settings: TrytonErpSettings, source: str) -> None:
        self._client, self._source = client, source
        reading = Reading(
            source=source,
            anonymous=frozenset(settings.anonymous),
            channel_code=re.compile(settings.channel_code),
            console=settings.console,
        )
        self._reader = Reader(client, reading)
        self._walk = Walk(client, self._reader, source=source, page=settings.page)
        self._shelves = Shelves(client, self._reader, source=source, page=settings.page)
        masters = Masters(client, source=source, guest=settings.guest_party, carrier=settings.carrier)
        selling, receiving = Selling(client, masters, source=source), Receiving(client, masters, source=source)
        self._deeds: Mapping[tuple[type[Effect], Kind], Deed] = {
            (CreateOrder, Kind.ORDER): selling,
            (CancelOrder, Kind.ORDER): CallingOff(client, source=source),
            (ShipGoods, Kind.SHIPMENT): Shipping(client, source=source),
            (PostInvoice, Kind.INVOICE): Billing(client, source=source),
            (PostInvoice, Kind.CREDIT_MEMO): Billing(client, source=source),
            (CreateReturn, Kind.RETURN): Agreeing(client, masters, selling, source=source),
            (ReceiveReturn, Kind.RETURN): receiving,
            (InspectReturn, Kind.RETURN): Judging(receiving, masters, source=source, quarantine=settings.quarantine),
        }

    def describe(self) -> Manifest:
        """What this adapter can do; static."""
        return MANIFEST

    async def health(self, call: SourceCall) -> Health:
        """Ask for the series, and whether sales may be read. Raises SourceMisset for another series."""
        version, skew = await self._client.version(call)
        if version != MANIFEST.contract_version:
            message = f"the ERP is Tryton {version}, this adapter is for {MANIFEST.contract_version}"
            raise SourceMisset(message, source=self._source)
        await self._client.rows(call, Ask(model=SALE, fields=("state",), most=1))
        return Health(version=version, clock_skew_seconds=skew)

    async def login(self, call: SourceCall) -> None:
        """Log in, and learn the company, its currency and zone, and which modules there are."""
        await self._client.login(call)

    async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Mapping[str, Found | Missing | Failed]:
        """Objects by id. A sale is an order or a return, an invoice a bill or a credit note: the other is Missing."""
        if kind is Kind.INVENTORY:
            return await self._shelves.read(call, ids)
        if kind not in SHELVES:
            message = f"tryton_erp reads no {kind.value}"
            raise NotOffered(message, source=self._source, kind=kind.value)
        return await self._reader.read(call, kind, ids)

    def changes(
        self, call: SourceCall, kind: Kind, sweep: str, cursor: Mapping[str, Any] | None
    ) -> AsyncIterator[ChangePage]:
        """Pages of a sweep. Raises CursorExpired on a cursor it cannot use."""
        if kind in SHELVES and sweep == CHANGED:
            return self._walk.changed(call, kind, cursor)
        if (kind, sweep) == (Kind.ORDER, OPEN):
            return self._walk.open(call, cursor)
        if (kind, sweep) == (Kind.INVENTORY, STOCK):
            return self._shelves.stock(call, cursor)
        if (kind, sweep) == (Kind.INVENTORY, MOVES):
            return self._shelves.moves(call, cursor)
        message = f"tryton_erp has no sweep {sweep} of {kind.value}"
        raise NotOffered(message, source=self._source, kind=kind.value)

    async def execute(self, call: SourceCall, intent: Intent) -> Outcome:
        """Look, take the next step, look again: until it stands as wanted, or the ERP says no."""
        return await carry_out(self._deed(intent), call, intent)

    async def resolve(self, call: SourceCall, intent: Intent) -> Outcome:
        """Look how it stands; nothing else."""
        return (await self._deed(intent).look(call, intent, Tried())).outcome

    async def ask(self, call: SourceCall, question: Question) -> Answer:
        """`order.find`: ids of the sales whose number or reference is the identifier, exactly; returns left out."""
        if question.name not in MANIFEST.questions:
            message = f"tryton_erp does not answer {question.name}"
            raise NotOffered(message, source=self._source)
        wanted = question.facts.get("identifier", "").strip()
        if not wanted or len(wanted) > LONGEST or not wanted.isprintable():
            return Answer()
        page = await self._reader.page(
            call, Kind.ORDER, [["OR", ["number", "=", wanted], ["reference", "=", wanted]]], MOST_HITS
        )
        found = [one for one in page.ids if any(seen.content is not None for seen in _orders(page.seen, one))]
        return Answer(ids=tuple(str(one) for one in sorted(found)))

    def verify(self, headers: Mapping[str, str], body: bytes) -> WebhookDelivery:
        """Always Denied: Tryton posts nothing."""
        message = "tryton_erp takes no deliveries"
        raise Denied(message)

    def dedupe_key(self, delivery: WebhookDelivery) -> str:
        """Nothing gets this far."""
        message = "tryton_erp takes no deliveries"
        raise Denied(message)

    def parse(self, delivery: WebhookDelivery) -> Sequence[HintSeen]:
        """Nothing gets this far."""
        message = "tryton_erp takes no deliveries"
        raise Denied(message)

    async def close(self) -> None:
        """Give connections back."""
        await self._client.close()

    def _deed(self, intent: Intent) -> Deed:
        deed = self._deeds.get((type(intent.content), intent.kind))
        if deed is None:
            message = f"tryton_erp does not carry out {intent.action} on {intent.kind.value}"
            raise NotOffered(message, source=intent.source)
        return deed


SETTINGS = TrytonErpSettings


def connect(settings: TrytonErpSettings, *, url: str, source: str, clock: Clock) -> TrytonErpAdapter:
    """An adapter for the ERP at *url*; opens no connection yet."""
    origin = Origin(url, source=source, clock=clock)
    rpc = TrytonRpc(origin, source=source, database=settings.database, user=settings.user, password=settings.password)
    client = TrytonClient(origin, rpc, source=source, database=settings.database, key=settings.key)
    return TrytonErpAdapter(client, settings, source)


def _orders(seen: Mapping[str, Any], one: int) -> list[Any]:  # Any: Seen
    return [part for part in seen.get(str(one), ()) if part.kind is Kind.ORDER]
