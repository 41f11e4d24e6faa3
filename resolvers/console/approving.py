"""`operationApprove`, `operationRefuse`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import strawberry

from hub.write.approving import Decision
from resolvers.console.answer import asking_of, local_ids, told
from resolvers.context import Info
from resolvers.derive import input_type
from resolvers.operations import operation_by_id
from resolvers.writes import MutationPayload


@input_type
class OperationApproveInput:
    """Let happen what somebody else has asked for."""

    operation: strawberry.ID
    """Which operation."""
    reason: str | None = None
    """Why; kept."""
    expected_version: int | None = None
    """The version of the operation that was seen; another one is a conflict."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@input_type
class OperationRefuseInput:
    """Say no to what somebody else has asked for."""

    operation: strawberry.ID
    """Which operation."""
    reason: str
    """Why; kept, and shown to who asked."""
    expected_version: int | None = None
    """The version of the operation that was seen; another one is a conflict."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationApproveArguments:
    """Arguments of `operationApprove`."""

    input: OperationApproveInput
    """Which, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRefuseArguments:
    """Arguments of `operationRefuse`."""

    input: OperationRefuseInput
    """Which, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationApprovePayload(MutationPayload):
    """What became of it: `operation` is the one that was approved, as it stands now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRefusePayload(MutationPayload):
    """What became of it: `operation` is the one that was refused, as it stands now."""


async def operation_approve(info: Info, asked: OperationApproveArguments) -> OperationApprovePayload | None:
    """Let happen what somebody else has asked for, as if it were asked for now; what no longer fits is rejected."""
    return OperationApprovePayload(**await _decided(info, asked.input, is_yes=True))


async def operation_refuse(info: Info, asked: OperationRefuseArguments) -> OperationRefusePayload | None:
    """Say no to what somebody else has asked for: it is rejected with the reason, and never had an effect."""
    return OperationRefusePayload(**await _decided(info, asked.input, is_yes=False))


async def _decided(info: Info, given: OperationApproveInput | OperationRefuseInput, *, is_yes: bool) -> dict[str, Any]:
    context, asking = info.context, asking_of(info, dry_run=given.dry_run)
    (named,) = local_ids([given.operation], "Operation")
    command = Decision(operation_id=named, is_yes=is_yes, reason=given.reason, expected_version=given.expected_version)
    decided = await context.doors.operators.decide_operation(context.call, command, asking)
    payload = told(context, command.mutation, asking, decided)
    if decided.command_id is None:
        return payload
    context.forget()
    return payload | {"operation": await operation_by_id(context, named)}
