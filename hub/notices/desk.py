"""What customers agreed to, kept and shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.call import Call
from hub.model.command import UserError, UserErrorCode
from hub.model.notices import Notice, NoticeChannel, NoticeMilestone, NoticePreference, NoticeState
from hub.scopes import Scope
from hub.store.console import CONSOLE
from hub.store.notices import choices_of, notices_of, put_choice, states_of, tell_again
from hub.store.store import Store
from hub.store.tx import Tx
from hub.write.console import Decided, Effect, decide, staff
from hub.write.desk import Asking

LONGEST_LANGUAGE = 35
AGAIN = frozenset({NoticeState.UNKNOWN.value, NoticeState.FAILED.value})
"""What may not have arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceSet:
    """Say what a customer wants to be told by one channel."""

    customer_id: str
    channel: NoticeChannel
    wants: tuple[NoticeMilestone, ...]
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resend:
    """Tell customers once more what may not have arrived."""

    notice_ids: tuple[str, ...]


class Notices:
    """Keeps preferences, and shows what was told; for staff. `store` is of role WORK."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def told(self, call: Call, order_id: str) -> Sequence[Notice]:
        """What was told of an order. Raises Denied."""
        staff(call, Scope.READ_ORDERS)
        async with self._store.shard(call) as tx:
            return await notices_of(tx, call.tenant, [order_id])

    async def preferences(self, call: Call, customer_id: str) -> Sequence[NoticePreference]:
        """What a customer wants. Raises Denied."""
        staff(call, Scope.READ_ORDERS)
        async with self._store.shard(call) as tx:
            return await choices_of(tx, call.tenant, customer_id)

    async def prefer(self, call: Call, command: PreferenceSet, asking: Asking) -> Decided:
        """Keep what a customer wants. Raises Denied, KeyRequired, KeyReused, StoreBusy."""
        staff(call, Scope.WRITE_ORDERS)
        language = command.language
        if language is not None and not (language.replace("-", "").isalnum() and len(language) <= LONGEST_LANGUAGE):
            message = "language is a tag such as de or de-AT"
            error = UserError(code=UserErrorCode.INVALID, message=message, field=("language",))
            return Decided(effect=Effect(user_errors=(error,)))

        async def act(tx: Tx) -> Effect:
            named = (call.tenant, command.customer_id, command.channel.value)
            wants = sorted({one.value for one in command.wants})
            await put_choice(tx, named, wants, (command.language, call.actor))
            return Effect(outcome={"wants": wants})

        return await decide(self._store, call, ("noticePreferenceSet", command, CONSOLE), asking, act)

    async def resend(self, call: Call, command: Resend, asking: Asking) -> Decided:
        """Tell again what is UNKNOWN or FAILED: all, or nothing; `scheduled` tells how many. Raises as `prefer`."""
        staff(call, Scope.WRITE_ORDERS)
        if not command.notice_ids:
            error = UserError(code=UserErrorCode.REQUIRED, message="say which", field=("noticeIds",))
            return Decided(effect=Effect(user_errors=(error,)))

        async def act(tx: Tx) -> Effect:
            states = await states_of(tx, call.tenant, command.notice_ids)
            errors = tuple(_not_again(states.get(one), at) for at, one in enumerate(command.notice_ids))
            wrong = tuple(error for error in errors if error is not None)
            if wrong:
                return Effect(user_errors=wrong)
            await tell_again(tx, call.tenant, command.notice_ids)
            return Effect(outcome={"scheduled": len(command.notice_ids)})

        return await decide(self._store, call, ("noticeResend", command, CONSOLE), asking, act)


def _not_again(state: str | None, at: int) -> UserError | None:
    """Why a notice is not told once more; None where it is."""
    where = ("noticeIds", str(at))
    if state is None:
        return UserError(code=UserErrorCode.NOT_FOUND, message="there is no such notice", field=where)
    if state in AGAIN:
        return None
    message = f"only what is UNKNOWN or FAILED is told once more; this is {state}"
    return UserError(code=UserErrorCode.NOT_ALLOWED_IN_STATUS, message=message, field=where)
