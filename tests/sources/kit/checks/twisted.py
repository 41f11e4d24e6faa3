"""Adapters with one planted fault each: what the suite is for is to notice them."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hub.clock import SystemClock
from hub.errors import CursorExpired, OutcomeUnknown, SourceBusy, SourceError, SourceGarbled, SourceMisset
from hub.model.effects import cancel_in
from hub.model.intents import Intent, Outcome, OutcomeState
from hub.model.manifest import Manifest
from hub.model.observation import Content, Seen
from hub.model.vocabulary import Kind
from hub.ports import Answer, ChangePage, Failed, Found, Missing, Question, SourceCall, WebhookDelivery
from hub.settings import Secret
from sources.kit.contract import CHECKS, judge
from sources.kit.http import Origin
from sources.vendure.adapter import VendureAdapter, VendureSettings
from sources.vendure.cancel import Cancelling
from sources.vendure.client import VendureClient
from sources.vendure.mutations import CANCEL
from sources.vendure.rehearsal.stage import VendureStage, stage

Answers = Mapping[str, Found | Missing | Failed]
Twisted = type[VendureAdapter]


async def verdict_on(twisted: Twisted, number: str) -> str | None:
    """What check *number* says of the twisted adapter, on a rehearsal of its own; None if it notices nothing."""
    async with twisted_stage(twisted) as made:
        check = next(check for check in CHECKS if check.number == number)
        return (await judge(made, check)).failure


@asynccontextmanager
async def twisted_stage(twisted: Twisted) -> AsyncIterator[VendureStage]:
    """A rehearsed stage that connects the twisted adapter."""
    async with stage() as made:
        assert isinstance(made, VendureStage)
        yield _TwistedStage(
            proxy=made.proxy,
            hands=made.hands,
            user=made.user,
            password=made.password,
            listen=made.listen,
            postbox=made.postbox,
            canaries=made.canaries,
            twisted=twisted,
        )


class _TwistedStage(VendureStage):
    def __init__(self, *, twisted: Twisted, **parts: Any) -> None:  # Any: the fields of VendureStage
        super().__init__(**parts)
        self.twisted = twisted

    def connect(self, *, page: int | None = None, secrets: Sequence[str] = (), skew: float = 0) -> VendureAdapter:
        keys = [Secret(one) for one in secrets] + [None, None]
        settings = VendureSettings(
            user=self.user,
            password=self.password,
            webhook_secret=keys[0],
            webhook_secret_before=keys[1],
            page=page or 100,
        )
        assert skew is not None
        origin = Origin(self.proxy.url, source=self.source, clock=SystemClock())
        client = VendureClient(origin, source=self.source, user=self.user, password=self.password)
        return self.twisted(client, settings, self.source)


# ---------------------------------------------------------------------- requests


class SendsFractions(VendureAdapter):
    async def resolve(self, call: SourceCall, intent: Intent) -> Outcome:
        lines = [{"orderLineId": one.line, "quantity": "one"} for one in cancel_in(intent.content).lines]
        try:
            await self._client.query(call, CANCEL, {"input": {"orderId": "1", "lines": lines}}, "cancelOrder", dict)
        except SourceError:
            return await super().resolve(call, intent)
        return await super().resolve(call, intent)


# ---------------------------------------------------------------------- reading


class ReadsOneByOne(VendureAdapter):
    async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Answers:
        answers: dict[str, Found | Missing | Failed] = {}
        for one in ids:
            answers |= await super().read(call, kind, [one])
        return answers


class ForgetsTheMissing(VendureAdapter):
    async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Answers:
        answers = await super().read(call, kind, ids)
        return {one: answer for one, answer in answers.items() if not isinstance(answer, Missing)}


class ReversesTheOrder(VendureAdapter):
    async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Answers:
        answers = await super().read(call, kind, ids)
        return dict(reversed(list(answers.items())))


class FailsTogether(VendureAdapter):
    async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Answers:
        answers = await super().read(call, kind, ids)
        for answer in answers.values():
            if isinstance(answer, Failed):
                raise SourceGarbled(answer.reason)
        return answers


def changing(change: Callable[[Content], Content]) -> Twisted:
    """An adapter that reads every order's content through *change*."""

    class Changes(VendureAdapter):
        async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Answers:
            answers = await super().read(call, kind, ids)
            return {one: changed(answer) for one, answer in answers.items()}

    def changed(answer: Found | Missing | Failed) -> Found | Missing | Failed:
        if not isinstance(answer, Found) or answer.seen[0].content is None:
            return answer
        return Found(seen=(replace(answer.seen[0], content=change(answer.seen[0].content)), *answer.seen[1:]))

    return Changes


class KnowsFewStatuses(VendureAdapter):
    def describe(self) -> Manifest:
        manifest = super().describe()
        return replace(manifest, statuses={"Delivered": manifest.statuses["Delivered"]})


# ---------------------------------------------------------------------- sweeping


class _Sweeps(VendureAdapter):
    async def _pages(self, call: SourceCall, sweep: str, cursor: Mapping[str, Any] | None) -> AsyncIterator[ChangePage]:
        async for page in super().changes(call, Kind.ORDER, sweep, cursor):
            yield page

    async def _twist(self, call: SourceCall, sweep: str, cursor: Mapping[str, Any] | None) -> AsyncIterator[ChangePage]:
        async for page in self._pages(call, sweep, cursor):
            yield page

    def changes(
        self, call: SourceCall, kind: Kind, sweep: str, cursor: Mapping[str, Any] | None
    ) -> AsyncIterator[ChangePage]:
        if kind is not Kind.ORDER or sweep not in ("placed", "changed", "open"):
            return super().changes(call, kind, sweep, cursor)
        return self._twist(call, sweep, cursor)


class SkipsALine(_Sweeps):
    """Drops every other object for good: what paging by offset does where rows move while they are read."""

    async def _twist(self, call: SourceCall, sweep: str, cursor: Mapping[str, Any] | None) -> AsyncIterator[ChangePage]:
        async for page in self._pages(call, sweep, cursor):
            yield replace(page, found=_without_the_odd(page.found))


class SeesOnlyNewOrders(_Sweeps):
    async def _twist(self, call: SourceCall, sweep: str, cursor: Mapping[str, Any] | None) -> AsyncIterator[ChangePage]:
        async for page in self._pages(call, sweep, cursor):
            yield page if sweep == "placed" and cursor is None else replace(page, found=())


class NeverEnds(_Sweeps):
    async def _twist(self, call: SourceCall, sweep: str, cursor: Mapping[str, Any] | None) -> AsyncIterator[ChangePage]:
        async for page in self._pages(call, sweep, cursor):
            yield replace(page, is_last=False)


class SavesTheCursorTooEarly(_Sweeps):
    """Hands out, with each page, the cursor that stands after the whole run."""

    async def _twist(self, call: SourceCall, sweep: str, cursor: Mapping[str, Any] | None) -> AsyncIterator[ChangePage]:
        pages = [page async for page in self._pages(call, sweep, cursor)]
        for page in pages:
            yield replace(page, cursor=pages[-1].cursor)


class TakesAnyCursor(_Sweeps):
    async def _twist(self, call: SourceCall, sweep: str, cursor: Mapping[str, Any] | None) -> AsyncIterator[ChangePage]:
        try:
            async for page in self._pages(call, sweep, cursor):
                yield page
        except CursorExpired:
            yield ChangePage(found=(), cursor={}, is_last=True)


class SaysNothingOfDeletes(VendureAdapter):
    def describe(self) -> Manifest:
        return replace(super().describe(), absent={})


def _without_the_odd(found: tuple[Seen, ...]) -> tuple[Seen, ...]:
    return tuple(one for one in found if one.kind is not Kind.ORDER or int(one.source_id) % 2 == 0)


# ---------------------------------------------------------------------- writing


class _Writes(VendureAdapter):
    async def _send(self, call: SourceCall, intent: Intent, units: Callable[[int], int]) -> None:
        lines = [
            {"orderLineId": one.line, "quantity": units(int(one.cancelled))}
            for one in cancel_in(intent.content).lines
            if one.cancelled
        ]
        wanted = {"orderId": intent.source_id, "lines": lines, "reason": "x"}
        await self._client.act(call, CANCEL, {"input": wanted}, "cancelOrder")


class SendsADelta(_Writes):
    async def execute(self, call: SourceCall, intent: Intent) -> Outcome:
        await self._send(call, intent, lambda total: total)
        return Outcome(state=OutcomeState.DONE)


class CancelsWhatHasLeft(_Writes):
    async def execute(self, call: SourceCall, intent: Intent) -> Outcome:
        before = await self.resolve(call, intent)
        if before.state is OutcomeState.DONE:
            return before
        await self._send(call, intent, lambda total: total)
        return Outcome(state=OutcomeState.DONE)


class TriesAgainBlindly(VendureAdapter):
    async def execute(self, call: SourceCall, intent: Intent) -> Outcome:
        try:
            return await super().execute(call, intent)
        except OutcomeUnknown:
            return await super().execute(call, intent)


class HopesForTheBest(VendureAdapter):
    async def execute(self, call: SourceCall, intent: Intent) -> Outcome:
        try:
            return await super().execute(call, intent)
        except OutcomeUnknown:
            return Outcome(state=OutcomeState.DONE)


class CallsTheUnknownBusy(VendureAdapter):
    async def execute(self, call: SourceCall, intent: Intent) -> Outcome:
        try:
            return await super().execute(call, intent)
        except OutcomeUnknown as unknown:
            raise SourceBusy(unknown.message) from unknown


class ResolvesByGuessing(VendureAdapter):
    async def resolve(self, call: SourceCall, intent: Intent) -> Outcome:
        await super().resolve(call, intent)
        return Outcome(state=OutcomeState.DONE)


class _ReadsBackCarelessly(Cancelling):
    async def _read_back(self, call: SourceCall) -> Outcome:
        return await self.resolve(call)


class FailsWhenReadingBackFails(VendureAdapter):
    def _carried(self, intent: Intent) -> Cancelling:
        return _ReadsBackCarelessly(self._client, self._orders, intent.source_id or "", cancel_in(intent.content))


# ---------------------------------------------------------------------- failing


class KnowsNoThrottling(VendureAdapter):
    async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Answers:
        try:
            return await super().read(call, kind, ids)
        except SourceBusy as busy:
            raise SourceBusy(busy.message) from busy


class BelievesAnyPause(VendureAdapter):
    async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Answers:
        try:
            return await super().read(call, kind, ids)
        except SourceBusy as busy:
            raise SourceBusy(busy.message, throttled=True, retry_at=datetime(2999, 1, 1, tzinfo=UTC)) from busy


class LogsInByItself(VendureAdapter):
    async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Answers:
        await self.login(call)
        return await super().read(call, kind, ids)


class DoesNotSayExpired(VendureAdapter):
    async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Answers:
        try:
            return await super().read(call, kind, ids)
        except SourceMisset as ended:
            raise SourceMisset(ended.message) from ended


class TakesGarbageForNothing(VendureAdapter):
    async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Answers:
        try:
            return await super().read(call, kind, ids)
        except SourceGarbled:
            return dict.fromkeys(ids, Missing())


class CrashesOnGarbage(VendureAdapter):
    async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Answers:
        try:
            return await super().read(call, kind, ids)
        except SourceGarbled as garbled:
            raise KeyError(garbled.message) from garbled


class TellsThePassword(VendureAdapter):
    async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Answers:
        try:
            return await super().read(call, kind, ids)
        except SourceGarbled as garbled:
            raise SourceGarbled(f"{garbled.message} for {self._settings.password.reveal()}") from None  # noqa: EM102 - planted


# ---------------------------------------------------------------------- deliveries and promises


class BelievesEverybody(VendureAdapter):
    def verify(self, headers: Mapping[str, str], body: bytes) -> WebhookDelivery:
        return WebhookDelivery(headers={name.lower(): value for name, value in headers.items()}, body=body)


class ForgetsTheSecretBefore(VendureAdapter):
    def verify(self, headers: Mapping[str, str], body: bytes) -> WebhookDelivery:
        self._settings = replace(self._settings, webhook_secret_before=None)
        return super().verify(headers, body)


class AnswersWhatItDoesNotOffer(VendureAdapter):
    async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Answers:
        return await super().read(call, kind, ids) if kind is Kind.ORDER else {}


class FindsNothing(VendureAdapter):
    async def ask(self, call: SourceCall, question: Question) -> Answer:
        await super().ask(call, question)
        return Answer()
