"""Tells what is queued. A mail whose fate nobody knows is never sent a second time by itself.

By mail: everything that can be refused is asked first; then it is noted that the letter is handed over (HANDED), and
then it is. Where the process dies before the note, another tells it; after the note nobody does, and it is UNKNOWN: at
most once. By webhook the notice's id tells repeats, so an answer that was lost is asked for again: at least once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.call import passed_on
from hub.clock import Clock, around
from hub.codec import encode
from hub.errors import HubError, OutcomeUnknown, SourceRefused, StoreBusy
from hub.failpoint import reached
from hub.model.ids import global_id, mint
from hub.model.notices import NoticeChannel, NoticeMilestone, NoticePreference, NoticeState
from hub.model.trace import HopKind, HopOutcome
from hub.model.vocabulary import SystemKind
from hub.notices.mail import Envelope, Mail
from hub.notices.templates import Templates
from hub.notices.words import Subject
from hub.partners.posting import Poster
from hub.partners.signing import headers_of
from hub.ports import Hop, Recorder
from hub.settings import NoticeSettings
from hub.store.notices import Claimed, choices_of, claim_notices, hand_over, lose_notices, settle_notice
from hub.store.store import Store
from hub.telemetry import logger

log = logger(__name__)

IDLE = 0.5  # seconds between looks where nothing is due
AT_ONCE = 8
STEPS = 10  # more than a conversation has, from the first to the last
LAST_STEPS = 2  # for which a claim must still last when a letter is handed over
LOST = "the hub ended while it was handed to the mail server: nobody knows whether it arrived"


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingMeans:
    """What the teller works with. `store` is of role WORK."""

    store: Store
    subject: Callable[[Claimed], Awaitable[Subject | None]]
    """Whom a notice is for, and what of; None where it is about no order that there is. Raises StoreBusy."""
    clock: Clock
    recorder: Recorder
    mail: Mail | None
    poster: Poster
    templates: Mapping[str, Templates]
    """By tenant."""
    tenants: Mapping[str, NoticeSettings]
    seconds: float
    """How long each step of telling may take: claims outlast all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fate:
    state: NoticeState
    error: str | None = None


class Teller:
    """Tells customers; several processes may at once."""

    def __init__(self, means: TellingMeans) -> None:
        self._means = means

    async def run(self) -> None:
        """Tell until cancelled; a store that is away is waited for."""
        try:
            while True:
                try:
                    told = await self.turn()
                except StoreBusy as away:
                    log.warning("notices.store_away", error=away.message)
                    told = 0
                if not told:
                    await asyncio.sleep(IDLE)
        finally:
            await self._means.poster.close()

    async def turn(self) -> int:
        """Tell what is due, some at once; how many."""
        async with self._means.store.across() as tx:
            await lose_notices(tx, LOST)
            found = await claim_notices(tx, AT_ONCE, timedelta(seconds=STEPS * self._means.seconds))
        async with asyncio.TaskGroup() as group:
            for notice in found:
                group.create_task(self._tell(notice))
        return len(found)

    async def _tell(self, notice: Claimed) -> None:
        at, began = self._means.clock.now(), self._means.clock.monotonic()
        try:
            fate = await self._told(notice)
        except OutcomeUnknown as unknown:
            fate = _Fate(state=NoticeState.UNKNOWN, error=unknown.message)
        except SourceRefused as refused:
            fate = _Fate(state=NoticeState.FAILED, error=refused.message)
        except StoreBusy:
            return  # the claim runs out: what was not handed over is told then
        except HubError as failed:
            fate = _Fate(state=NoticeState.PENDING, error=failed.message)
        fate, wait = self._judged(notice, fate)
        self._record(notice, fate, at, self._means.clock.monotonic() - began)
        try:
            async with self._means.store.across() as tx:
                await settle_notice(tx, notice, fate.state.value, fate.error, wait)
        except StoreBusy as away:
            log.warning("notices.store_away", error=away.message)

    async def _told(self, notice: Claimed) -> _Fate:
        settings = self._means.tenants.get(notice.tenant)
        subject = None if settings is None else await self._means.subject(notice)
        if settings is None or subject is None:
            return _Fate(state=NoticeState.SKIPPED, error="there is no such order any more")
        choice = await self._choice(notice, subject)
        why = unwanted(notice, settings, choice)
        if why is not None:
            return _Fate(state=NoticeState.SKIPPED, error=why)
        if notice.channel == NoticeChannel.WEBHOOK:
            return await self._called(notice, settings, subject)
        language = (choice.language if choice is not None else None) or settings.language
        return await self._mailed(notice, subject, language)

    async def _choice(self, notice: Claimed, subject: Subject) -> NoticePreference | None:
        if subject.customer_id is None:
            return None
        async with self._means.store.across() as tx:
            choices = await choices_of(tx, notice.tenant, subject.customer_id)
        return next((one for one in choices if one.channel == notice.channel), None)

    async def _mailed(self, notice: Claimed, subject: Subject, language: str) -> _Fate:
        mail = self._means.mail
        if subject.address is None or mail is None:
            why = "the order has no e-mail address" if mail is not None else "no mail server is configured"
            return _Fate(state=NoticeState.SKIPPED, error=why)
        milestone = NoticeMilestone(notice.milestone)
        letter = self._means.templates[notice.tenant].write(notice.tenant, language, milestone, subject.words)
        session = await mail.begin(Envelope(id=notice.id, to=subject.address, letter=letter))
        try:
            async with self._means.store.across() as tx:
                may = await hand_over(tx, notice, timedelta(seconds=LAST_STEPS * self._means.seconds))
            if not may:
                return _Fate(state=NoticeState.PENDING, error="the hub was too slow: nothing was sent")
            reached("n1")
            await session.hand()
            reached("n2")
        finally:
            await session.close()
        return _Fate(state=NoticeState.SENT)

    async def _called(self, notice: Claimed, settings: NoticeSettings, subject: Subject) -> _Fate:
        if settings.url is None or settings.secret is None:
            return _Fate(state=NoticeState.SKIPPED, error="no provider is configured: url and secret")
        data = {
            "milestone": notice.milestone,
            "order": global_id("Order", subject.order_id),
            "email": subject.address,
            "words": subject.words,
        }
        now = self._means.clock.now()
        body = encode({"type": f"notice.{notice.milestone.lower()}", "timestamp": now, "data": data})
        marks = passed_on(notice.correlation_id, notice.id)
        signed = headers_of([settings.secret], notice.id, now, body)
        reply = await self._means.poster.post(settings.url, signed | marks, body)
        if reply.is_taken:
            return _Fate(state=NoticeState.SENT)
        return _Fate(state=NoticeState.PENDING, error=reply.error)

    def _judged(self, notice: Claimed, fate: _Fate) -> tuple[_Fate, float]:
        """What failed is tried again for a while."""
        if fate.state is not NoticeState.PENDING:
            return fate, 0.0
        settings = self._means.tenants.get(notice.tenant)
        waits = () if settings is None else settings.retry_seconds
        if notice.attempts > len(waits):
            return _Fate(state=NoticeState.FAILED, error=fate.error), 0.0
        return fate, around(waits[notice.attempts - 1])

    def _record(self, notice: Claimed, fate: _Fate, at: datetime, seconds: float) -> None:
        outcomes = {
            NoticeState.SENT: HopOutcome.OK,
            NoticeState.SKIPPED: HopOutcome.OK,
            NoticeState.PENDING: HopOutcome.RETRY,
            NoticeState.UNKNOWN: HopOutcome.UNKNOWN,
        }
        self._means.recorder.record(
            Hop(
                id=mint(),
                tenant=notice.tenant,
                correlation_id=notice.correlation_id,
                kind=HopKind.NOTIFICATION,
                system=SystemKind.OTHER,
                operation=f"{notice.milestone} by {notice.channel}",
                outcome=outcomes.get(fate.state, HopOutcome.FAILED),
                started_at=at,
                duration_ms=int(seconds * 1000),
                attempt=notice.attempts,
                error=fate.error,
                roots=(notice.root_id,),
            )
        )


def unwanted(notice: Claimed, settings: NoticeSettings, choice: NoticePreference | None) -> str | None:
    """Why the customer is not to be told; None where he is."""
    if choice is not None:
        return None if notice.milestone in choice.wants else "the customer does not want to be told"
    if settings.consent == "needed":
        return "the customer has not agreed"
    return None if notice.milestone in settings.milestones else "customers are not told of this"
