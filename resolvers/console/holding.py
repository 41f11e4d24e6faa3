"""`orderHoldPlace`, `orderHoldRelease`, `orderNoteAdd`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import strawberry

from hub.model.cases import HoldType
from hub.model.command import UserError
from hub.model.order import Order
from hub.write.console import Decided, Effect
from hub.write.desk import Asking
from hub.write.holding import HoldPlace, HoldRelease, NoteAdd
from resolvers.console.answer import asking_of, local_ids, told
from resolvers.context import Context, Info
from resolvers.derive import input_type
from resolvers.inputs import LookupInput
from resolvers.writes import MutationPayload, order_named


@input_type
class OrderHoldPlaceInput:
    """Keep an order from going on."""

    order: LookupInput
    """Which order."""
    type: HoldType
    """Why it is held; decides what it is kept from."""
    reason: str | None = None
    """In words."""
    expected_version: int | None = None
    """The version that was seen; another one is a conflict."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@input_type
class OrderHoldReleaseInput:
    """Let an order go that people hold."""

    order: LookupInput
    """Which order."""
    hold_ids: list[strawberry.ID]
    """Which of its holds; what a system holds is released there."""
    reason: str | None = None
    """Why it may go on."""
    expected_version: int | None = None
    """The version that was seen; another one is a conflict."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@input_type
class OrderNoteAddInput:
    """Leave a note on an order."""

    order: LookupInput
    """Which order."""
    text: str
    """What to say; it stands in the order's timeline."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderHoldPlaceArguments:
    """Arguments of `orderHoldPlace`."""

    input: OrderHoldPlaceInput
    """Which order, and what of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderHoldReleaseArguments:
    """Arguments of `orderHoldRelease`."""

    input: OrderHoldReleaseInput
    """Which order, and what of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNoteAddArguments:
    """Arguments of `orderNoteAdd`."""

    input: OrderNoteAddInput
    """Which order, and what of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDecisionPayload(MutationPayload):
    """What became of a decision about an order."""

    order: Order | None = None
    """The order as it stands now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderHoldPlacePayload(OrderDecisionPayload):
    """What became of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderHoldReleasePayload(OrderDecisionPayload):
    """What became of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNoteAddPayload(OrderDecisionPayload):
    """What became of it."""


async def order_hold_place(info: Info, asked: OrderHoldPlaceArguments) -> OrderHoldPlacePayload | None:
    """Keep an order from going on, by a hold of one's own; who holds it twice for one reason holds it once."""
    given, context, asking = asked.input, info.context, asking_of(info, dry_run=asked.input.dry_run)
    found = await order_named(context, given.order)
    if isinstance(found, UserError):
        return OrderHoldPlacePayload(**_refused(context, asking, found))
    command = HoldPlace(order_id=found, type=given.type, reason=given.reason, expected_version=given.expected_version)
    decided = await context.doors.operators.hold(context.call, command, asking)
    return OrderHoldPlacePayload(**await _told(context, found, (command.mutation, asking, decided)))


async def order_hold_release(info: Info, asked: OrderHoldReleaseArguments) -> OrderHoldReleasePayload | None:
    """Let an order go that people hold."""
    given, context, asking = asked.input, info.context, asking_of(info, dry_run=asked.input.dry_run)
    found = await order_named(context, given.order)
    if isinstance(found, UserError):
        return OrderHoldReleasePayload(**_refused(context, asking, found))
    command = HoldRelease(
        order_id=found,
        hold_ids=local_ids(given.hold_ids, "Hold"),
        reason=given.reason,
        expected_version=given.expected_version,
    )
    decided = await context.doors.operators.hold(context.call, command, asking)
    return OrderHoldReleasePayload(**await _told(context, found, (command.mutation, asking, decided)))


async def order_note_add(info: Info, asked: OrderNoteAddArguments) -> OrderNoteAddPayload | None:
    """Leave a note on an order, for the people who read it later; nothing else changes."""
    given, context, asking = asked.input, info.context, asking_of(info, dry_run=asked.input.dry_run)
    found = await order_named(context, given.order)
    if isinstance(found, UserError):
        return OrderNoteAddPayload(**_refused(context, asking, found))
    command = NoteAdd(order_id=found, text=given.text)
    decided = await context.doors.operators.add_note(context.call, command, asking)
    return OrderNoteAddPayload(**await _told(context, found, (command.mutation, asking, decided)))


def _refused(context: Context, asking: Asking, error: UserError) -> dict[str, Any]:
    return told(context, "", asking, Decided(effect=Effect(user_errors=(error,))))


async def _told(context: Context, order_id: str, said: tuple[str, Asking, Decided]) -> dict[str, Any]:
    """A payload with the order as it stands now."""
    context.asked.concerned.append(order_id)
    whole = (await context.reader.wholes(context.call, [order_id])).get(order_id)
    if whole is not None:
        context.keep(whole)
    return told(context, *said) | {"order": None if whole is None else whole.order}
