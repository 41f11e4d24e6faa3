"""Operations read by themselves, without their orders: what lists of them show. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.flow.facts import KeptCommand
from hub.flow.operation import operation_of
from hub.model.approval import Approval
from hub.model.command import Operation, OperationState
from hub.model.manifest import Landscape
from hub.read.doing import decided_at_once
from hub.read.whole import Sent
from hub.store.accepted import command_in
from hub.store.console import CONSOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOperation:
    """A command, or a decision, with the deliveries that carry it out."""

    id: str
    operation: str
    actor: str
    input: Any  # Any: JSON of the command
    root_id: str
    accepted_at: datetime
    correlation_id: str
    version: int
    approval: Approval | None
    remains: OperationState | None = None
    """How it stands once its deliveries have ended, where they are not all of it."""
    is_decision: bool
    """Done at once when it was accepted."""
    now: datetime
    deliveries: tuple[Sent, ...]


def told(kept: KeptOperation, landscape: Landscape) -> Operation:
    """The operation as callers see it."""
    if kept.is_decision:
        return decided_at_once(
            kept.id,
            kept.operation,
            kept.correlation_id,
            (kept.actor, kept.accepted_at),
            None if kept.root_id == CONSOLE else kept.root_id,
        )
    command = KeptCommand(
        id=kept.id,
        operation=kept.operation,
        actor=kept.actor,
        command=command_in(kept.operation, kept.input),
        accepted_at=kept.accepted_at,
        correlation_id=kept.correlation_id,
        version=kept.version,
        approval=kept.approval,
        remains=kept.remains,
    )
    return operation_of(command, kept.deliveries, landscape, kept.now)
