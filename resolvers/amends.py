"""`orderAmend` and `orderReleaseToWarehouse`: an order is changed, or begun, before a warehouse has it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.merge.work import Applied
from hub.model.command import AmendCommand, LineQuantity, ReleaseCommand, UserError
from hub.model.order import Order
from hub.write.desk import Asking
from resolvers.context import Info
from resolvers.derive import input_type
from resolvers.inputs import LookupInput
from resolvers.submits import AddressInput, OrderLineInput, address_of, line_of
from resolvers.writes import (
    LineQuantityInput,
    MutationPayload,
    WaitForInput,
    asking_with,
    key_for,
    not_found,
    order_named,
    payload_parts,
)


@input_type
class OrderAmendInput:
    """Change an order before a warehouse has it. Once an ERP has it, only quantities can be lowered."""

    order: LookupInput
    """Which order."""
    ship_to: AddressInput | None = None
    """Where it goes instead."""
    requested_delivery_date: date | None = None
    """When the customer wants it instead."""
    lines: list[LineQuantityInput] | None = None
    """Lines that shall have fewer units, and how many they shall have; 0 takes the line back."""
    add: list[OrderLineInput] | None = None
    """Lines that come on top; only of an order that was submitted through the hub."""
    note: str | None = None
    """For the people who read it later."""
    expected_version: int | None = None
    """The version that was seen; another one is a conflict."""
    wait_for: WaitForInput | None = None
    """Hold the answer back until these systems have spoken. Not part of what the key stands for."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@input_type
class OrderReleaseToWarehouseInput:
    """Let the warehouse begin now with an order that waits for its day, or for the rest of its goods."""

    order: LookupInput
    """Which order."""
    note: str | None = None
    """For the people who read it later."""
    expected_version: int | None = None
    """The version that was seen; another one is a conflict."""
    wait_for: WaitForInput | None = None
    """Hold the answer back until these systems have spoken. Not part of what the key stands for."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAmendArguments:
    """Arguments of `orderAmend`."""

    input: OrderAmendInput
    """Which order, and what of it changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReleaseToWarehouseArguments:
    """Arguments of `orderReleaseToWarehouse`."""

    input: OrderReleaseToWarehouseInput
    """Which order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAmendPayload(MutationPayload):
    """What became of a change."""

    order: Order | None = None
    """The order as it stands now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReleaseToWarehousePayload(MutationPayload):
    """What became of letting the warehouse begin."""

    order: Order | None = None
    """The order as it stands now."""


async def order_amend(info: Info, asked: OrderAmendArguments) -> OrderAmendPayload | None:
    """Change where an order goes, when, or how many of what, before a warehouse has it."""
    given, desk = asked.input, info.context.doors.desk

    async def change(order_id: str, asking: Asking) -> Applied:
        return await desk.amend(info.context.call, amendment_of(given, order_id), asking)

    return OrderAmendPayload(**await _governed(info, given, change))


async def order_release_to_warehouse(
    info: Info, asked: OrderReleaseToWarehouseArguments
) -> OrderReleaseToWarehousePayload | None:
    """Let the warehouse begin with an order now, whatever day it waits for; a hold still keeps it."""
    given, desk = asked.input, info.context.doors.desk

    async def begin(order_id: str, asking: Asking) -> Applied:
        command = ReleaseCommand(order_id=order_id, note=given.note, expected_version=given.expected_version)
        return await desk.release(info.context.call, command, asking)

    return OrderReleaseToWarehousePayload(**await _governed(info, given, begin))


def amendment_of(given: OrderAmendInput, order_id: str) -> AmendCommand:
    """The command that an input asks for. What was left out or null stays as it is."""
    return AmendCommand(
        order_id=order_id,
        ship_to=None if given.ship_to is None else address_of(given.ship_to),
        requested_delivery_on=given.requested_delivery_date,
        lines=tuple(LineQuantity(line_no=one.line_no, quantity=one.quantity) for one in given.lines or ()),
        added=tuple(line_of(one) for one in given.add or ()),
        note=given.note,
        expected_version=given.expected_version,
    )


async def _governed(
    info: Info,
    given: OrderAmendInput | OrderReleaseToWarehouseInput,
    act: Callable[[str, Asking], Awaitable[Applied]],
) -> dict[str, Any]:
    """Find the order, let the desk act on it, and say how it stands."""
    context, is_dry = info.context, bool(given.dry_run)
    asking = asking_with(given.wait_for, key_for(info, is_dry=is_dry), is_dry=is_dry)
    found = await order_named(context, given.order)
    if isinstance(found, UserError):
        return payload_parts(context, Applied(user_errors=(found,)), None, is_dry=is_dry)
    context.asked.concerned.append(found)
    applied = await act(found, asking)
    whole = (await context.reader.wholes(context.call, [found])).get(found)
    if whole is None:
        return payload_parts(context, Applied(user_errors=(not_found(),)), None, is_dry=is_dry)
    context.keep(whole)
    return payload_parts(context, applied, whole, is_dry=is_dry)
