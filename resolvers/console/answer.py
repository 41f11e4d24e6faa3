"""What every mutation of the console has in common: how it is asked, and how its answer is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.errors import InvalidInput
from hub.read.doing import decided_at_once
from hub.write.console import Decided
from hub.write.desk import Asking
from resolvers.context import Context, Info
from resolvers.operations import local_id
from resolvers.writes import key_for


def asking_of(info: Info, *, dry_run: bool | None) -> Asking:
    """How the mutation is asked. Raises KeyRequired where it is no dry run and has no key."""
    return Asking(key=key_for(info, is_dry=bool(dry_run)), dry_run=bool(dry_run))


def told(context: Context, action: str, asking: Asking, decided: Decided) -> dict[str, Any]:
    """The part of a payload that every mutation has."""
    operation = None
    if decided.command_id is not None:
        operation = decided_at_once(decided.command_id, action, context.call.correlation_id)
    return {
        "user_errors": decided.effect.user_errors,
        "operation": operation,
        "consequences": decided.effect.consequences,
        "dry_run": asking.dry_run,
        "replayed": decided.replayed,
        "correlation_id": context.call.correlation_id,
    }


def local_ids(given: Sequence[str], kind: str) -> tuple[str, ...]:
    """The hub ids in global ids of *kind*, each once; one that is no such id names nothing."""
    return tuple(dict.fromkeys(_local(one, kind) for one in given))


def _local(given: str, kind: str) -> str:
    try:
        return local_id(given, kind)
    except InvalidInput:
        return ""
