"""What customers agreed to, kept and shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.call import Call
from hub.model.command import UserError, UserErrorCode
from hub.model.notices import Notice, NoticeChannel, NoticeMilestone, NoticePreference
from hub.store.console import CONSOLE
from hub.store.notices import choices_of, notices_of, put_choice
from hub.store.store import Store
from hub.store.tx import Tx
from hub.write.console import Decided, Effect, decide, staff
from hub.write.desk import Asking

WRITE = "orders:write"
READ = "orders:read"
LONGEST_LANGUAGE = 35


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceSet:
    """Say what a customer wants to be told by one channel."""

    customer_id: str
    channel: NoticeChannel
    wants: tuple[NoticeMilestone, ...]
    language: str | None = None


class Notices:
    """Keeps preferences, and shows what was told; for staff. `store` is of role WORK."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def told(self, call: Call, order_id: str) -> Sequence[Notice]:
        """What was told of an order. Raises Denied."""
        staff(call, READ)
        async with self._store.shard(call) as tx:
            return await notices_of(tx, call.tenant, [order_id])

    async def preferences(self, call: Call, customer_id: str) -> Sequence[NoticePreference]:
        """What a customer wants. Raises Denied."""
        staff(call, READ)
        async with self._store.shard(call) as tx:
            return await choices_of(tx, call.tenant, customer_id)

    async def prefer(self, call: Call, command: PreferenceSet, asking: Asking) -> Decided:
        """Keep what a customer wants. Raises Denied, KeyRequired, KeyReused, StoreBusy."""
        staff(call, WRITE)
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
