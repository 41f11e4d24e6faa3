"""The adapter: a Tryton 6.0 warehouse behind `hub.ports.Adapter`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.clock import Clock
from hub.errors import Denied, NotOffered
from hub.model.effects import CancelOrder, CreateReturn, InspectReturn, ReceiveReturn, RequestFulfilment
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
from sources.kit.http import Origin
from sources.tryton_wms import asks
from sources.tryton_wms.cancel import Cancelling
from sources.tryton_wms.client import TrytonClient
from sources.tryton_wms.fulfil import Fulfilment
from sources.tryton_wms.manifest import BATCH, CHANGED, MANIFEST
from sources.tryton_wms.mapping import Reading
from sources.tryton_wms.returning import Returning
from sources.tryton_wms.shelf import Shelf, shelve
from sources.tryton_wms.stock import Stocktaking
from sources.tryton_wms.walk import Walk


@dataclass(frozen=True, slots=True, kw_only=True)
class TrytonWmsSettings:
    """What an operator says of one warehouse system, beside its url."""

    user: str
    """A user of the group Stock."""
    password: Secret
    """Its password."""
    database: str
    """The database's name, which is the path of every call."""
    guest_party: str = "WEB"
    """Code of the party that stands for every buyer whom the warehouse does not know."""
    quarantine: str | None = None
    """Code of the place for what has come back and is not for sale; None: the warehouse has none."""
    page: int = BATCH
    """Objects on one page of a sweep."""


class TrytonWmsAdapter:
    """One warehouse system, behind `hub.ports.Adapter`. Owns no thread, retry or sleep."""

    def __init__(self, client: TrytonClient, settings: TrytonWmsSettings, source: str) -> None:
        self._client = client
        self._source = source
        self._reading = Reading(source=source)
        self._walk = Walk(client, self._reading, page=settings.page)
        self._stock = Stocktaking(client, self._reading, page=settings.page)
        self._cancelling = Cancelling(client, source=source)
        self._fulfilment = Fulfilment(client, source=source, guest=settings.guest_party)
        self._returning = Returning(client, source=source, guest=settings.guest_party, quarantine=settings.quarantine)

    def describe(self) -> Manifest:
        """What this adapter can do; static."""
        return MANIFEST

    async def health(self, call: SourceCall) -> Health:
        """Ask for our own preferences: reachable, and let in."""
        return Health(version=MANIFEST.contract_version, clock_skew_seconds=await self._client.health(call))

    async def login(self, call: SourceCall) -> None:
        """Begin a new session; the one before is forgotten."""
        await self._client.login(call)

    async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Mapping[str, Found | Missing | Failed]:
        """Objects by id. A customer shipment comes as what was asked for and as what leaves."""
        if kind not in MANIFEST.reads:
            message = f"tryton_wms reads no {kind.value}"
            raise NotOffered(message, source=self._source, kind=kind.value)
        answers: dict[str, Found | Missing | Failed] = {}
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            read = self._stock.read(call, batch) if kind is Kind.INVENTORY else self._read(call, kind, batch)
            answers.update(await read)
        return answers

    def changes(
        self, call: SourceCall, kind: Kind, sweep: str, cursor: Mapping[str, Any] | None
    ) -> AsyncIterator[ChangePage]:
        """Pages of a declared sweep. Raises CursorExpired on a cursor it cannot use."""
        if sweep not in {one.name for one in MANIFEST.sweeps.get(kind, ())}:
            message = f"tryton_wms has no sweep {sweep} of {kind.value}"
            raise NotOffered(message, source=self._source, kind=kind.value)
        if sweep == CHANGED:
            return self._walk.changed(call, kind, cursor)
        if kind is Kind.INVENTORY:
            return self._stock.all(call, cursor)
        return self._walk.listed(call, kind, cursor)

    async def execute(self, call: SourceCall, intent: Intent) -> Outcome:
        """Carry it out as a state to be reached, by looking before and after."""
        content = intent.content
        if isinstance(content, RequestFulfilment) and intent.kind is Kind.SHIPMENT:
            return await self._fulfilment.execute(call, content)
        if isinstance(content, CancelOrder) and intent.kind is Kind.SHIPMENT:
            return await self._cancelling.execute(call, intent.source_id or "", content)
        if isinstance(content, CreateReturn | ReceiveReturn | InspectReturn) and intent.kind is Kind.RETURN:
            return await self._returning.execute(call, intent)
        raise self._unwritten(intent)

    async def resolve(self, call: SourceCall, intent: Intent) -> Outcome:
        """Look how it stands; nothing else."""
        content = intent.content
        if isinstance(content, RequestFulfilment) and intent.kind is Kind.SHIPMENT:
            return await self._fulfilment.resolve(call, content)
        if isinstance(content, CancelOrder) and intent.kind is Kind.SHIPMENT:
            return await self._cancelling.resolve(call, intent.source_id or "", content)
        if isinstance(content, CreateReturn | ReceiveReturn | InspectReturn) and intent.kind is Kind.RETURN:
            return await self._returning.resolve(call, intent)
        raise self._unwritten(intent)

    async def ask(self, call: SourceCall, question: Question) -> Answer:
        """Nothing yet: NotOffered."""
        message = f"tryton_wms does not answer {question.name}"
        raise NotOffered(message, source=self._source)

    def verify(self, headers: Mapping[str, str], body: bytes) -> WebhookDelivery:
        """Tryton sends no webhooks, so nothing is one: Denied."""
        raise Denied(_NO_WEBHOOKS, source=self._source)

    def dedupe_key(self, delivery: WebhookDelivery) -> str:
        """Of nothing: Denied."""
        raise Denied(_NO_WEBHOOKS, source=self._source)

    def parse(self, delivery: WebhookDelivery) -> Sequence[HintSeen]:
        """Of nothing: Denied."""
        raise Denied(_NO_WEBHOOKS, source=self._source)

    async def close(self) -> None:
        """Give connections back."""
        await self._client.close()

    async def _read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> dict[str, Found | Missing | Failed]:
        rows = {one: row for one in ids if (row := asks.row_id(one)) is not None and str(row) == one}
        if not rows:
            return dict.fromkeys(ids, Missing())
        answered = await self._client.search(call, asks.by_ids(kind, sorted(rows.values())))
        shelf = shelve(answered.items, kind, self._reading)
        return {one: _answer(shelf, one, rows.get(one)) for one in ids}

    def _unwritten(self, intent: Intent) -> NotOffered:
        message = f"tryton_wms does not carry out {intent.action} on {intent.kind.value}"
        return NotOffered(message, source=self._source)


SETTINGS = TrytonWmsSettings
_NO_WEBHOOKS = "a Tryton warehouse sends no webhooks"


def connect(settings: TrytonWmsSettings, *, url: str, source: str, clock: Clock) -> TrytonWmsAdapter:
    """An adapter for the warehouse system at *url*; opens no connection yet."""
    origin = Origin(url, source=source, clock=clock)
    credentials = settings.user, settings.password
    client = TrytonClient(origin, source=source, database=settings.database, credentials=credentials)
    return TrytonWmsAdapter(client, settings, source)


def _answer(shelf: Shelf, source_id: str, row: int | None) -> Found | Missing | Failed:
    if source_id in shelf.failed:
        return Failed(reason=shelf.failed[source_id])
    seen = shelf.seen.get(row) if row is not None else None
    return Missing() if seen is None else Found(seen=seen)
