"""Holding an order by hand, letting it go, and leaving a note on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.call import Call
from hub.merge.work import HoldMove, HoldWanted, Work
from hub.merge.writer import Writer
from hub.model.cases import HoldType
from hub.model.command import UserError, UserErrorCode
from hub.scopes import Scope
from hub.store.console import Claim, Kept
from hub.store.store import Store
from hub.store.tx import Tx
from hub.write.console import Decided, Effect, claim_of, decide, replayed, staff, wrong_text
from hub.write.desk import Asking

MOST = 50
"""Holds that one decision lets go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlace:
    """Hold an order."""

    order_id: str
    type: HoldType
    reason: str | None = None
    expected_version: int | None = None

    mutation = "orderHoldPlace"


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRelease:
    """Let an order go that people hold."""

    order_id: str
    hold_ids: tuple[str, ...]
    reason: str | None = None
    expected_version: int | None = None

    mutation = "orderHoldRelease"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdd:
    """Leave a note on an order."""

    order_id: str
    text: str

    mutation = "orderNoteAdd"


async def hold(writer: Writer, call: Call, command: HoldPlace | HoldRelease, asking: Asking) -> Decided:
    """Place a hold, or release some; the outcome names the holds.

    A dry run is the real run undone. Raises Denied, KeyRequired, KeyReused, StoreBusy.
    """
    staff(call, Scope.WRITE_ORDERS)
    if wrong := tuple(_mistakes(command)):
        return Decided(effect=Effect(user_errors=wrong))
    claim = None
    if not asking.dry_run:
        claim = claim_of(call, command.mutation, command, asking.key).about(command.order_id)
    work = Work(holding=_move(call, command), claim=claim)
    applied = await (writer.rehearse(call, work) if claim is None else writer.write(call, work))
    if claim is not None and applied.earlier is not None:
        return _again(claim, applied.earlier)
    if applied.user_errors:
        return Decided(effect=Effect(user_errors=applied.user_errors))
    return Decided(effect=Effect(outcome={"holds": list(applied.holds)}), command_id=applied.command_id)


async def add_note(store: Store, call: Call, command: NoteAdd, asking: Asking) -> Decided:
    """Leave a note: it stands in the order's timeline, and changes nothing."""
    staff(call, Scope.WRITE_ORDERS)
    if wrong := wrong_text("text", command.text):
        return Decided(effect=Effect(user_errors=(wrong,)))

    async def act(tx: Tx) -> Effect:
        del tx
        return Effect()

    return await decide(store, call, (command.mutation, command, command.order_id), asking, act)


def _move(call: Call, command: HoldPlace | HoldRelease) -> HoldMove:
    if isinstance(command, HoldRelease):
        return HoldMove(order_id=command.order_id, release=command.hold_ids, expected_version=command.expected_version)
    return HoldMove(
        order_id=command.order_id,
        place=HoldWanted(type=command.type, placed_by=call.actor, reason=command.reason),
        expected_version=command.expected_version,
    )


def _again(claim: Claim, known: Kept) -> Decided:
    decided = replayed(claim, known.id, known.hash, known.outcome)
    outcome = {"holds": decided.effect.outcome["holds"]}
    return Decided(effect=Effect(outcome=outcome), command_id=known.id, replayed=True)


def _mistakes(command: HoldPlace | HoldRelease) -> Iterable[UserError]:
    wrong = None if command.reason is None else wrong_text("reason", command.reason)
    if wrong is not None:
        yield wrong
    if isinstance(command, HoldRelease) and not 1 <= len(command.hold_ids) <= MOST:
        message = f"name 1 to {MOST} holds"
        yield UserError(code=UserErrorCode.LIMIT_EXCEEDED, message=message, field=("holdIds",))
