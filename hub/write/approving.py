"""Saying yes or no to what waits for somebody else (design D13)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.call import Call
from hub.errors import Denied
from hub.merge.work import Approving, Work
from hub.merge.writer import Writer
from hub.model.command import UserError, UserErrorCode
from hub.scopes import Scope
from hub.store.commands import roots_of_commands
from hub.store.store import Store
from hub.write.console import Decided, Effect, claim_of, replayed, wrong_text
from hub.write.desk import Asking


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Yes or no to one command."""

    operation_id: str
    is_yes: bool
    reason: str | None = None
    """Needed for a no."""
    expected_version: int | None = None

    @property
    def mutation(self) -> str:
        """The mutation that decides so."""
        return "operationApprove" if self.is_yes else "operationRefuse"


async def decide_operation(store: Store, writer: Writer, call: Call, command: Decision, asking: Asking) -> Decided:
    """Approve or refuse what somebody else has asked for; a dry run is the real run undone.

    An approved command is judged anew, as if it were asked for now. Raises Denied, KeyRequired, KeyReused, StoreBusy.
    """
    _approver(call)
    if wrong := tuple(_mistakes(command)):
        return Decided(effect=Effect(user_errors=wrong))
    async with store.glance(call) as tx:
        root = (await roots_of_commands(tx, call.tenant, [command.operation_id])).get(command.operation_id)
    if root is None:
        missing = UserError(code=UserErrorCode.NOT_FOUND, message="there is no such operation", field=("operation",))
        return Decided(effect=Effect(user_errors=(missing,)))
    move = Approving(
        command_id=command.operation_id,
        order_id=root,
        by=call.actor,
        is_yes=command.is_yes,
        words=command.reason,
        expected_version=command.expected_version,
    )
    claim = None if asking.dry_run else claim_of(call, command.mutation, command, asking.key).about(root)
    work = Work(approving=move, claim=claim)
    applied = await (writer.rehearse(call, work) if claim is None else writer.write(call, work))
    if claim is not None and applied.earlier is not None:
        known = applied.earlier
        return replayed(claim, known.id, known.hash, known.outcome)
    if applied.user_errors:
        return Decided(effect=Effect(user_errors=applied.user_errors))
    return Decided(effect=Effect(), command_id=applied.command_id)


def _approver(call: Call) -> None:
    """Return if the caller may decide about what others ask. Raises Denied, also for who is confined to an account."""
    if not (call.may(Scope.OPERATE) or call.may(Scope.APPROVE)):
        message = f"this key lacks the scope {Scope.APPROVE}"
        raise Denied(message, scope=Scope.APPROVE)
    if call.account is not None:
        message = "this is for staff: your key is confined to an account"
        raise Denied(message, scope=Scope.APPROVE)


def _mistakes(command: Decision) -> Iterable[UserError]:
    if command.is_yes and command.reason is None:
        return
    if (wrong := wrong_text("reason", command.reason)) is not None:
        yield wrong
