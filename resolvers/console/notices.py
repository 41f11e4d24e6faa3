"""What customers are told of their orders, and what they agreed to: looked after by staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import strawberry

from hub.model.command import UserError, UserErrorCode
from hub.model.notices import Notice, NoticeChannel, NoticeMilestone, NoticePreference
from hub.model.vocabulary import Kind
from hub.notices.desk import PreferenceSet, Resend
from hub.read.reader import own_id
from hub.write.console import Decided, Effect
from resolvers.console.answer import asking_of, local_ids, told
from resolvers.context import Info
from resolvers.derive import input_type
from resolvers.writes import MutationPayload


@input_type
class NoticePreferenceSetInput:
    """Say what a customer wants to be told by one channel."""

    customer_id: strawberry.ID
    """Which customer."""
    channel: NoticeChannel
    """Which channel."""
    wants: list[NoticeMilestone]
    """What of; an empty list for nothing."""
    language: str | None = None
    """In which language, such as `de`; left out for the tenant's usual one."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@input_type
class NoticeResendInput:
    """Tell customers once more what may not have arrived; the customer may get it twice."""

    notice_ids: list[strawberry.ID]
    """Which; each is UNKNOWN or FAILED."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeResendArguments:
    """Arguments of `noticeResend`."""

    input: NoticeResendInput
    """Which notices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePreferenceSetArguments:
    """Arguments of `noticePreferenceSet`."""

    input: NoticePreferenceSetInput
    """Who wants what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePreferencesArguments:
    """Arguments of `noticePreferences`."""

    customer_id: strawberry.ID
    """Which customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesArguments:
    """Arguments of `notices`."""

    order_id: strawberry.ID
    """Which order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePreferenceSetPayload(MutationPayload):
    """What became of it."""

    preferences: tuple[NoticePreference, ...] = ()
    """What the customer wants now, by channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeResendPayload(MutationPayload):
    """What became of it."""

    scheduled: int = 0
    """Notices that are told once more."""


async def notices(info: Info, asked: NoticesArguments) -> tuple[Notice, ...] | None:
    """What the customer was told of an order, or will be, oldest first."""
    order = own_id(asked.order_id, Kind.ORDER)
    return tuple(await info.context.doors.notices.told(info.context.call, order))


async def notice_preferences(info: Info, asked: NoticePreferencesArguments) -> tuple[NoticePreference, ...] | None:
    """What a customer wants to be told, by channel; where there is none, the tenant's policy decides."""
    customer = own_id(asked.customer_id, Kind.CUSTOMER)
    return tuple(await info.context.doors.notices.preferences(info.context.call, customer))


async def notice_preference_set(info: Info, asked: NoticePreferenceSetArguments) -> NoticePreferenceSetPayload | None:
    """Keep what a customer agreed to be told, and in which language."""
    context, given = info.context, asked.input
    asking = asking_of(info, dry_run=given.dry_run)
    customer = own_id(given.customer_id, Kind.CUSTOMER)
    if await context.entity((Kind.CUSTOMER, customer)) is None:
        error = UserError(code=UserErrorCode.NOT_FOUND, message="there is no such customer", field=("customerId",))
        refused: dict[str, Any] = told(context, "", asking, Decided(effect=Effect(user_errors=(error,))))
        return NoticePreferenceSetPayload(**refused)
    command = PreferenceSet(
        customer_id=customer, channel=given.channel, wants=tuple(given.wants), language=given.language
    )
    decided = await context.doors.notices.prefer(context.call, command, asking)
    stands = tuple(await context.doors.notices.preferences(context.call, customer))
    return NoticePreferenceSetPayload(preferences=stands, **told(context, "noticePreferenceSet", asking, decided))


async def notice_resend(info: Info, asked: NoticeResendArguments) -> NoticeResendPayload | None:
    """Tell customers once more what nobody knows to have arrived, or what nobody took: all of it, or nothing."""
    context, asking = info.context, asking_of(info, dry_run=asked.input.dry_run)
    command = Resend(notice_ids=local_ids(asked.input.notice_ids, "Notice"))
    decided = await context.doors.notices.resend(context.call, command, asking)
    scheduled = decided.effect.outcome.get("scheduled", 0)
    return NoticeResendPayload(scheduled=scheduled, **told(context, "noticeResend", asking, decided))
