"""A command under the lock: judged by the facts as they are now, then asserted in the hub's own record (Own-1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hub.call import Call
from hub.codec import plain
from hub.flow.amend import judge_amend
from hub.flow.cancel import Verdict, judge
from hub.flow.facts import HUB, Document, RootFacts
from hub.flow.release import judge_release
from hub.flow.returns.judging import judge_return
from hub.merge.assemble import assemble
from hub.merge.bench import Bench
from hub.merge.entering import NumberTaken, managed_root
from hub.merge.gather import Index, facts_of
from hub.merge.keys import RecordKey
from hub.merge.rules import needed, told
from hub.merge.shelf import Shelf
from hub.merge.turn import Turning, assert_as_hub, assert_return
from hub.merge.work import AcceptedCommand, Applied
from hub.model.approval import Approval
from hub.model.command import (
    AmendCommand,
    CancelCommand,
    Consequence,
    ReleaseCommand,
    SubmitCommand,
    UserError,
    UserErrorCode,
)
from hub.model.order import Order
from hub.model.policy import NamedReturns
from hub.model.returning import AnyReturnCommand, ReturnRequestCommand
from hub.model.schemes import RETURN_CODE
from hub.model.vocabulary import Kind
from hub.store.accepted import CommandRow


def accept(bench: Bench, where: Index, turning: Turning) -> Applied | None:
    """Put the commands of the work on the shelf, or say why its one is refused: then nothing of it stands."""
    for each in bench.work.entering:
        _enter(bench, each.call, each.command)
    one = bench.work.command
    if one is None:
        return None
    if isinstance(one.command, SubmitCommand):
        _enter(bench, bench.call, one)
        return None
    root = bench.reach.named if isinstance(one.command, AnyReturnCommand) else _root(bench, one)
    if root is None or root not in bench.shelf.roots:
        gone = UserError(code=UserErrorCode.NOT_FOUND, message="there is no such order", field=("order",))
        return Applied(user_errors=(gone,))
    facts = facts_of(bench.shelf, where, root, turning.landscape)
    documents = assemble(facts).documents
    order = documents[root]
    if not isinstance(order, Order):
        gone = UserError(code=UserErrorCode.NOT_FOUND, message="this is not an order", field=("order",))
        return Applied(user_errors=(gone,))
    _refuse_taken(bench, one)
    verdict = judged(order, facts, one, documents, _policies(bench, one))
    if verdict.user_errors:
        return Applied(user_errors=verdict.user_errors, consequences=verdict.consequences)
    approval = needed(bench.rules, bench.call, one, order, bench.shelf.now)
    _keep(bench, (bench.call, one), root, verdict.consequences, approval)
    if approval is None:
        assert_verdict(bench.shelf, where, root, verdict)
    return None


def assert_verdict(shelf: Shelf, where: Index, root: str, verdict: Verdict) -> None:
    """Let what a command says stand in the hub's own records."""
    if verdict.hub_content is not None:
        assert_as_hub(shelf, where, root, verdict.hub_content)
    if verdict.own_return is not None:
        assert_return(shelf, where, *verdict.own_return)


def _enter(bench: Bench, call: Call, one: AcceptedCommand) -> None:
    """An order that is submitted: nothing can speak against it but a rule."""
    if isinstance(one.command, SubmitCommand):
        approval = needed(bench.rules, call, one, None, bench.shelf.now)
        _keep(bench, (call, one), managed_root(bench, one.command), one.consequences, approval)


def _keep(
    bench: Bench,
    asked: tuple[Call, AcceptedCommand],
    root: str,
    consequences: tuple[Consequence, ...],
    approval: Approval | None,
) -> None:
    """Put the command on the shelf, with what its caller is told."""
    call, one = asked
    bench.consequences = consequences if approval is None else (told(approval), *consequences)
    bench.shelf.commands[one.id] = CommandRow(
        id=one.id,
        client=one.client,
        operation=one.operation,
        key=one.key,
        hash=one.hash,
        input=plain(one.command),
        root_id=root,
        correlation_id=call.correlation_id,
        consequences=bench.consequences,
        version=1,
        accepted_at=bench.shelf.now,
        moved_at=bench.shelf.now,
        approval=approval,
    )


def judged(
    order: Order,
    facts: RootFacts,
    one: AcceptedCommand,
    documents: Mapping[str, Document],
    policies: tuple[NamedReturns, ...],
) -> Verdict:
    """What becomes of a command on an order that stands, or on a return of it."""
    if isinstance(one.command, AnyReturnCommand):
        return judge_return(order, facts, documents, one.command, (one.id, policies))
    match one.command:
        case CancelCommand():
            return judge(order, facts, one.command, one.id)
        case AmendCommand():
            return judge_amend(order, facts, one.command, one.id)
        case ReleaseCommand():
            return judge_release(order, facts, one.command)
        case SubmitCommand():
            return Verdict(consequences=one.consequences)


def _policies(bench: Bench, one: AcceptedCommand) -> tuple[NamedReturns, ...]:
    """What may come back; where allowing a return needs somebody's approval, none is allowed as it is asked for."""
    if not isinstance(one.command, ReturnRequestCommand):
        return bench.returns
    allowing = replace(one, operation="returnAuthorize")
    needs = one.command.authorize and needed(bench.rules, bench.call, allowing, None, bench.shelf.now) is not None
    return (
        tuple(replace(each, needs_decision=True) for each in bench.returns or (NamedReturns(),))
        if needs
        else bench.returns
    )


def _refuse_taken(bench: Bench, one: AcceptedCommand) -> None:
    """Raise NumberTaken where another return bears, or refers to, the code that a new one was to have."""
    if not isinstance(one.command, ReturnRequestCommand):
        return
    own = RecordKey(HUB, Kind.RETURN, one.command.return_id)
    codes = {key for key in bench.shelf.records[own].content.bears if key.scheme == RETURN_CODE}
    others = (row.content for key, row in bench.shelf.records.items() if key != own)
    if any(not codes.isdisjoint((*content.bears, *content.refers)) for content in others):
        message = "another return has this code"
        raise NumberTaken(message)


def _root(bench: Bench, one: AcceptedCommand) -> str | None:
    """The order's root, after merges: the only root that the work of a command names."""
    known = [root for root in bench.reach.roots if root in bench.shelf.roots and root in bench.shelf.entities]
    return known[0] if len(known) == 1 else None
