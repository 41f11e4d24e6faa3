"""Approvals under the lock: what people decided, and what nobody decided in time (design D13)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hub.flow.facts import HUB
from hub.merge.assemble import assemble
from hub.merge.bench import Bench
from hub.merge.command import assert_verdict, judged
from hub.merge.gather import Index, facts_of
from hub.merge.keys import RecordKey
from hub.merge.shelf import Shelf
from hub.merge.turn import Turning, assert_as_hub
from hub.merge.work import AcceptedCommand, Approving
from hub.model.approval import Approval, ApprovalState
from hub.model.command import COMMAND_OF, Command, SubmitCommand, UserError, UserErrorCode
from hub.model.order import Order, OrderStatus
from hub.model.returning import ReturnRequestCommand
from hub.model.vocabulary import Kind
from hub.store.accepted import CommandRow, command_in

_ENDED = {
    ApprovalState.APPROVED: "it was approved already",
    ApprovalState.REFUSED: "it was refused already",
    ApprovalState.EXPIRED: "nobody decided in time: it must be asked for again",
    ApprovalState.UNFIT: "it was approved already, and no longer possible",
}


def expire(bench: Bench, where: Index) -> None:
    """Give up on the shelf what nobody decided in time."""
    shelf = bench.shelf
    for row in tuple(shelf.commands.values()):
        if row.approval is not None and row.approval.waits and row.approval.until <= shelf.now:
            shelf.commands[row.id] = _ended(row, row.approval, ApprovalState.EXPIRED, shelf)
            _turned_down(shelf, where, row)


def decided(bench: Bench, where: Index, turning: Turning) -> UserError | None:
    """Let a person's decision take effect on the shelf, or say why it cannot; a yes is judged by how things stand."""
    move = bench.work.approving
    if move is None:
        return None
    row = bench.shelf.commands.get(move.command_id)
    if row is None or row.approval is None:
        return _refusal(UserErrorCode.NOT_FOUND, "there is no such operation that somebody must approve", "operation")
    if (refused := _refused(move, row, row.approval)) is not None:
        return refused
    state, words = ApprovalState.REFUSED, move.words
    if move.is_yes:
        unfit = _carried(bench, where, turning, row)
        state, words = (ApprovalState.UNFIT, unfit) if unfit else (ApprovalState.APPROVED, words)
    else:
        _turned_down(bench.shelf, where, row)
    bench.shelf.commands[row.id] = _ended(row, row.approval, state, bench.shelf, (move.by, words))
    return None


def _refused(move: Approving, row: CommandRow, approval: Approval) -> UserError | None:
    if not approval.waits:
        return _refusal(UserErrorCode.NOT_ALLOWED_IN_STATUS, _ENDED[approval.state], "operation")
    if move.by == row.client:
        message = "who asked for it cannot decide about it: somebody else must"
        return _refusal(UserErrorCode.APPROVAL_REQUIRED, message, "operation")
    if move.expected_version is not None and move.expected_version != row.version:
        message = f"the operation is at version {row.version}, not {move.expected_version}: read it again"
        return replace(_refusal(UserErrorCode.CONFLICT, message, "expectedVersion"), retryable=True)
    return None


def _carried(bench: Bench, where: Index, turning: Turning, row: CommandRow) -> str | None:
    """Let an approved command take effect as if it were asked for now; why it cannot, where it cannot."""
    facts = facts_of(bench.shelf, where, row.root_id, turning.landscape)
    documents = assemble(facts).documents
    order = documents.get(row.root_id)
    if not isinstance(order, Order):
        return "the order is gone"
    verdict = judged(order, facts, _asked(row), documents, bench.returns)
    if verdict.user_errors:
        return _sentence(verdict.user_errors)
    assert_verdict(bench.shelf, where, row.root_id, verdict)
    return None


def _turned_down(shelf: Shelf, where: Index, row: CommandRow) -> None:
    """An order that was submitted, and may not be, is rejected: it never reached anybody."""
    own = shelf.records.get(RecordKey(HUB, Kind.ORDER, row.root_id))
    if row.operation in COMMAND_OF and COMMAND_OF[row.operation] is SubmitCommand and own is not None:
        assert_as_hub(shelf, where, row.root_id, replace(own.content, status=OrderStatus.REJECTED.value))


def _asked(row: CommandRow) -> AcceptedCommand:
    """The command as it was asked for; the version that was seen then has moved by the asking itself."""
    return AcceptedCommand(
        id=row.id,
        client=row.client,
        operation=row.operation,
        key=row.key,
        hash=row.hash,
        command=_of_any_version(command_in(row.operation, row.input)),
    )


def _of_any_version(command: Command) -> Command:
    return (
        command
        if isinstance(command, SubmitCommand | ReturnRequestCommand)
        else replace(command, expected_version=None)
    )


def _ended(
    row: CommandRow,
    approval: Approval,
    state: ApprovalState,
    shelf: Shelf,
    said: tuple[str | None, str | None] = (None, None),
) -> CommandRow:
    by, words = said
    return replace(row, approval=replace(approval, state=state, by=by, at=shelf.now, words=words))


def _sentence(errors: Iterable[UserError]) -> str:
    return "; ".join(one.message for one in errors)


def _refusal(code: UserErrorCode, message: str, name: str) -> UserError:
    return UserError(code=code, message=message, field=(name,))
