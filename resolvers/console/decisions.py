"""What people decide about dead letters: send again, give up, say what became of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, TypeVar

import strawberry
from strawberry.types.unset import UNSET

from hub.codec import plain
from hub.write.letters import LetterCommand, LetterMove
from resolvers.console.answer import asking_of, local_ids, told
from resolvers.context import Info
from resolvers.derive import choice, input_type
from resolvers.submits import AddressInput, address_of
from resolvers.writes import MutationPayload


@choice
class DeadLetterSelectInput:
    """Which dead letters: exactly one of these."""

    ids: list[strawberry.ID] | None = None
    """Exactly these, at most 500."""
    group_key: str | None = None
    """All of a group."""
    source: str | None = None
    """All of a source."""


@input_type
class LineSkuInput:
    """The item code of one line."""

    line_no: int
    """The hub's line number."""
    sku: str
    """The source's own item code."""


@input_type
class DeadLetterEditInput:
    """What one delivery shall say instead; what is left out stays. References, quantities and money are facts."""

    customer: str | None = None
    """The source's own id of the customer."""
    customer_name: str | None = None
    """What the customer is called."""
    customer_email: str | None = None
    """Where the customer is written to."""
    ship_to: AddressInput | None = None
    """Where it goes."""
    bill_to: AddressInput | None = None
    """Who is billed."""
    shipping_service: str | None = None
    """Service the customer chose."""
    carrier: str | None = None
    """Who carries it."""
    service: str | None = None
    """Service of the carrier."""
    location: str | None = None
    """The warehouse as the channel knows it."""
    note: str | None = None
    """For the people who read it there."""
    skus: list[LineSkuInput] | None = None
    """Item codes of lines, as the source knows them."""


@input_type
class DeadLetterReplayInput:
    """Send dead letters again."""

    select: DeadLetterSelectInput
    """Which ones."""
    edit: DeadLetterEditInput | None = None
    """What the one letter that is named by its id shall say instead; kept with who wrote it and why."""
    reason: str
    """Why it will go better this time; kept."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@input_type
class DeadLetterDiscardInput:
    """Give dead letters up."""

    select: DeadLetterSelectInput
    """Which ones."""
    reason: str
    """Why; kept, and shown as the reason of the rejection."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


class LetterOutcome(StrEnum):
    """What a person found out about a delivery whose outcome nobody knew."""

    DONE = "DONE"
    """It did happen."""
    NOT_DONE = "NOT_DONE"
    """It did not: it is given up. Send it again instead, if it is still wanted."""


@input_type
class DeadLetterResolveInput:
    """Say what became of deliveries whose outcome nobody knows."""

    select: DeadLetterSelectInput
    """Which ones."""
    outcome: LetterOutcome
    """What became of them."""
    reason: str
    """How one knows; kept."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterReplayArguments:
    """Arguments of `deadLetterReplay`."""

    input: DeadLetterReplayInput
    """Which, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterDiscardArguments:
    """Arguments of `deadLetterDiscard`."""

    input: DeadLetterDiscardInput
    """Which, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterResolveArguments:
    """Arguments of `deadLetterResolve`."""

    input: DeadLetterResolveInput
    """Which, and what became of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipReason:
    """Why some of what was chosen was left as it was."""

    reason: str
    """In words."""
    count: int
    """How many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPayload(MutationPayload):
    """What became of the chosen letters; the same numbers on a dry run and for real."""

    matched: int = 0
    """How many were chosen."""
    scheduled: int = 0
    """How many are settled so."""
    skipped: tuple[SkipReason, ...] = ()
    """How many are not, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterReplayPayload(LetterPayload):
    """What is sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterDiscardPayload(LetterPayload):
    """What is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterResolvePayload(LetterPayload):
    """What is settled."""


async def dead_letter_replay(info: Info, asked: DeadLetterReplayArguments) -> DeadLetterReplayPayload | None:
    """Send dead letters again under the keys they had: nothing happens twice, and what is no longer wanted stays."""
    return await _settle(info, LetterMove.REPLAY, asked.input, DeadLetterReplayPayload)


async def dead_letter_discard(info: Info, asked: DeadLetterDiscardArguments) -> DeadLetterDiscardPayload | None:
    """Give dead letters up: what they were to do is told as rejected, with the reason."""
    return await _settle(info, LetterMove.DISCARD, asked.input, DeadLetterDiscardPayload)


async def dead_letter_resolve(info: Info, asked: DeadLetterResolveArguments) -> DeadLetterResolvePayload | None:
    """Say what became of deliveries whose outcome nobody could find out; the source is read again afterwards."""
    move = LetterMove.DONE if asked.input.outcome is LetterOutcome.DONE else LetterMove.NOT_DONE
    return await _settle(info, move, asked.input, DeadLetterResolvePayload)


Asked = DeadLetterReplayInput | DeadLetterDiscardInput | DeadLetterResolveInput
Payload = TypeVar("Payload", bound=LetterPayload)


async def _settle(info: Info, move: LetterMove, asked: Asked, payload: type[Payload]) -> Payload:
    context, select = info.context, asked.select
    asking = asking_of(info, dry_run=asked.dry_run)
    command = LetterCommand(
        move=move,
        reason=asked.reason,
        ids=None if select.ids is None else local_ids(select.ids, "DeadLetter"),
        group_key=select.group_key,
        source=select.source,
        edit=_edit(asked.edit) if isinstance(asked, DeadLetterReplayInput) else None,
    )
    decided = await context.doors.operators.settle_letters(context.call, command, asking)
    counts = decided.effect.outcome
    return payload(
        matched=counts.get("matched", 0),
        scheduled=counts.get("scheduled", 0),
        skipped=tuple(SkipReason(reason=why, count=many) for why, many in counts.get("skipped", {}).items()),
        **told(context, move.mutation, asking, decided),
    )


def _edit(given: DeadLetterEditInput | None) -> dict[str, Any] | None:
    """What is written differently, by the names of what deliveries carry."""
    if given is None:
        return None
    said = {spec.name: getattr(given, spec.name) for spec in fields(given)}
    wanted = {name: value for name, value in said.items() if value is not None and value is not UNSET}
    for name in ("ship_to", "bill_to"):
        if name in wanted:
            wanted[name] = plain(address_of(wanted[name]))
    if "skus" in wanted:
        wanted["skus"] = {str(one.line_no): one.sku for one in wanted["skus"]}
    return wanted
