"""A source of drafts that are posted, an adapter that creates orders there, and adapters with one fault each."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any, cast

import httpx
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import JSONResponse
from starlette.routing import Route

from hub.clock import SystemClock
from hub.errors import NotOffered, OutcomeUnknown, SourceBusy
from hub.model.effects import CREATE_ORDER, CreateOrder, GoodsLine
from hub.model.intents import Intent, IntentOf, Outcome, OutcomeState
from hub.model.manifest import Idempotency, Manifest, Tells, Write
from hub.model.vocabulary import Kind
from hub.ports import Adapter, SourceCall
from sources.kit.chaos import Chaos
from sources.kit.contract import CHECKS, judge
from sources.kit.http import Origin, Request
from sources.kit.refusing import Refusing
from sources.kit.serve import serving
from sources.kit.stage import Stage
from sources.kit.taking import Stood

ITEMS = ("FLOUR", "SUGAR")


@dataclass(slots=True, kw_only=True)
class Ledger:
    """The source: drafts by id, each with a reference, lines and whether it is posted."""

    is_unique: bool = False
    """It refuses a second draft of one reference."""
    drafts: dict[str, dict[str, Any]] = field(default_factory=dict)  # Any: JSON

    def app(self) -> Starlette:
        """Served over HTTP."""
        return Starlette(
            routes=[
                Route("/find", self._find),
                Route("/draft", self._draft, methods=["POST"]),
                Route("/post/{id}", self._post, methods=["POST"]),
            ]
        )

    def of(self, reference: str) -> list[dict[str, Any]]:  # Any: JSON
        """What bears a reference, oldest first."""
        return [one for one in self.drafts.values() if one["reference"] == reference]

    async def _find(self, asked: Asked) -> JSONResponse:
        return JSONResponse({"found": self.of(asked.query_params["reference"])})

    async def _draft(self, asked: Asked) -> JSONResponse:
        said = await asked.json()
        if any(sku not in ITEMS for sku in said["lines"]):
            return JSONResponse({"refused": "there is no such item"})
        if self.is_unique and self.of(said["reference"]):
            return JSONResponse({"refused": "this reference is taken"})
        made = {"id": f"L{len(self.drafts) + 1}", "posted": False, **said}
        self.drafts[made["id"]] = made
        return JSONResponse(made)

    async def _post(self, asked: Asked) -> JSONResponse:
        self.drafts[asked.path_params["id"]]["posted"] = True
        return JSONResponse(self.drafts[asked.path_params["id"]])


class LedgerAdapter(Refusing):
    """Looks by the reference, drafts what is missing, posts what is drafted, and looks again."""

    def __init__(self, url: str, write: Write) -> None:
        super().__init__(replace(_MANIFEST, writes={CREATE_ORDER: write}), "ledger")
        self._origin = Origin(url, source="ledger", clock=SystemClock())

    async def execute(self, call: SourceCall, intent: Intent) -> Outcome:
        """Go on from where it stands."""
        content = _offered(intent)
        found = await self._find(call, content)
        draft = found[0] if found else await self._draft(call, content)
        if "refused" in draft and (quicker := await self._find(call, content)):
            draft = quicker[0]
        if "refused" in draft:
            return Outcome(state=OutcomeState.REFUSED, words=draft["refused"])
        if not draft["posted"]:
            await self._act(call, f"/post/{draft['id']}", {})
        try:
            return await self.resolve(call, intent)
        except SourceBusy:
            return Outcome(state=OutcomeState.ACCEPTED, source_id=draft["id"])

    async def resolve(self, call: SourceCall, intent: Intent) -> Outcome:
        """Look how far it is."""
        found = await self._find(call, _offered(intent))
        if not found:
            return Outcome(state=OutcomeState.ABSENT)
        state = OutcomeState.DONE if found[0]["posted"] else OutcomeState.PARTIAL
        return Outcome(state=state, reference=found[0]["reference"], source_id=found[0]["id"])

    async def close(self) -> None:
        """Give connections back."""
        await self._origin.close()

    async def _find(self, call: SourceCall, content: CreateOrder) -> list[dict[str, Any]]:  # Any: JSON
        path = f"/find?reference={content.reference}"
        answer = await self._origin.send(Request(path=path, method="GET", headers={}, patience=call.patience))
        found: list[dict[str, Any]] = json.loads(answer.body)["found"]  # Any: as above
        return found

    async def _draft(self, call: SourceCall, content: CreateOrder) -> dict[str, Any]:  # Any: JSON
        lines = {line.sku: str(line.quantity) for line in content.lines}
        return await self._act(call, "/draft", {"reference": content.reference, "lines": lines})

    async def _act(self, call: SourceCall, path: str, said: Mapping[str, Any]) -> dict[str, Any]:  # Any: JSON
        body = json.dumps(said).encode()
        answer = await self._origin.send(
            Request(path=path, headers={}, patience=call.patience, body=body, has_effect=True)
        )
        made: dict[str, Any] = json.loads(answer.body)  # Any: as above
        return made


class NeverLooks(LedgerAdapter):
    async def _find(self, call: SourceCall, content: CreateOrder) -> list[dict[str, Any]]:
        return []

    async def execute(self, call: SourceCall, intent: Intent) -> Outcome:
        await super().execute(call, intent)
        return Outcome(state=OutcomeState.DONE)


class SendsTwice(LedgerAdapter):
    async def _act(self, call: SourceCall, path: str, said: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return await super()._act(call, path, said)
        except OutcomeUnknown:
            return await super()._act(call, path, said)


class GivesUpHalfway(LedgerAdapter):
    async def _act(self, call: SourceCall, path: str, said: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return await super()._act(call, path, said)
        except OutcomeUnknown as unknown:
            raise SourceBusy(unknown.message) from unknown


class TakesADraftForDone(LedgerAdapter):
    async def resolve(self, call: SourceCall, intent: Intent) -> Outcome:
        looked = await super().resolve(call, intent)
        return replace(looked, state=OutcomeState.DONE) if looked.state is OutcomeState.PARTIAL else looked


class ForgetsALine(LedgerAdapter):
    async def _draft(self, call: SourceCall, content: CreateOrder) -> dict[str, Any]:
        return await super()._draft(call, replace(content, lines=content.lines[:1]))


class SaysNotWhatItMade(LedgerAdapter):
    async def resolve(self, call: SourceCall, intent: Intent) -> Outcome:
        return replace(await super().resolve(call, intent), source_id=None)


class RefusesWithoutWords(LedgerAdapter):
    async def execute(self, call: SourceCall, intent: Intent) -> Outcome:
        return replace(await super().execute(call, intent), words=None)


class FailsWhenReadingBackFails(LedgerAdapter):
    async def execute(self, call: SourceCall, intent: Intent) -> Outcome:
        outcome = await super().execute(call, intent)
        if outcome.state is OutcomeState.ACCEPTED:
            raise SourceBusy("it could not be read back")  # noqa: EM101 - planted
        return outcome


class TakesAnything(LedgerAdapter):
    async def execute(self, call: SourceCall, intent: Intent) -> Outcome:
        if isinstance(intent.content, CreateOrder):
            return await super().execute(call, intent)
        return Outcome(state=OutcomeState.DONE)


@dataclass(slots=True, kw_only=True)
class LedgerHands:
    """Hands for creating orders there."""

    ledger: Ledger
    url: str
    steps: Sequence[bytes] = (b"POST /draft", b"POST /post/")
    looking: bytes = b"GET /find"
    _numbers: Any = field(default_factory=lambda: count(1))  # Any: a counter

    async def sample(self) -> Intent:
        """An order of two items."""
        return _order(f"R-{next(self._numbers)}", *ITEMS)

    async def bearing(self, intent: Intent) -> Sequence[Stood]:
        """By the ledger itself."""
        return [
            Stood(
                source_id=one["id"],
                lines={sku: Decimal(units) for sku, units in one["lines"].items()},
                is_whole=one["posted"],
            )
            for one in self.ledger.of(_offered(intent).reference)
        ]

    async def hopeless(self) -> Intent | None:
        """An order of what nobody sells."""
        return _order(f"R-{next(self._numbers)}", "GOLD")

    async def again(self, intent: Intent) -> bool | None:
        """Draft it once more."""
        said = {"reference": _offered(intent).reference, "lines": {"FLOUR": "1"}}
        async with httpx.AsyncClient() as client:
            return "refused" not in (await client.post(f"{self.url}/draft", json=said)).json()


@dataclass(slots=True, kw_only=True)
class LedgerStage:
    """As much of a stage as these checks need."""

    proxy: Chaos
    takings: Mapping[str, LedgerHands]
    adapter: type[LedgerAdapter]
    write: Write
    source: str = "ledger"
    kind: Kind = Kind.ORDER

    def connect(self, *, page: int | None = None, secrets: Sequence[str] = (), skew: float = 0) -> Adapter:
        """A fresh adapter through the proxy."""
        return self.adapter(self.proxy.url, self.write)

    def call(self, *, patience: float = 20.0) -> SourceCall:
        """A call of this ledger."""
        return SourceCall(tenant="check", source=self.source, correlation_id="contract-suite", patience=patience)


@asynccontextmanager
async def ledger_stage(
    adapter: type[LedgerAdapter] = LedgerAdapter,
    *,
    declared: Idempotency = Idempotency.LOOKUP,
    is_unique: bool = False,
    has_hands: bool = True,
) -> AsyncIterator[Stage]:
    """A stage around a ledger of its own."""
    ledger = Ledger(is_unique=is_unique)
    async with serving(ledger.app()) as url, Chaos(url).standing() as proxy:
        made = LedgerStage(
            proxy=proxy,
            takings={CREATE_ORDER: LedgerHands(ledger=ledger, url=url)} if has_hands else {},
            adapter=adapter,
            write=Write(idempotency=declared, longest_call=timedelta(seconds=5)),
        )
        yield cast("Stage", made)


async def verdict_on(stage: Stage, number: str) -> str | None:
    """What check *number* says; None if it notices nothing."""
    return (await judge(stage, next(check for check in CHECKS if check.number == number))).failure


def _order(reference: str, *items: str) -> Intent:
    lines = tuple(
        GoodsLine(line_no=number, sku=sku, quantity=Decimal(number), unit="C62")
        for number, sku in enumerate(items, start=1)
    )
    return IntentOf(
        source="ledger",
        kind=Kind.ORDER,
        source_id=None,
        action=CREATE_ORDER,
        key="ledger/order.create",
        content=CreateOrder(reference=reference, lines=lines, currency_code="EUR"),
    )


def _offered(intent: Intent) -> CreateOrder:
    if isinstance(intent.content, CreateOrder):
        return intent.content
    message = f"a ledger does not carry out {intent.action}"
    raise NotOffered(message, source=intent.source)


_MANIFEST = Manifest(adapter="ledger", title="Ledger", contract_version="1", tells=Tells.STATE, reads={})
