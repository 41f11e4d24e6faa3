"""Every command about a return: judged by how the return stands, and what may be asked of it now. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hub.flow.cancel import Verdict
from hub.flow.facts import Document, RootFacts
from hub.flow.returns.asked import BEFORE, COMING, OPEN, Asked, out_of_place, refusal
from hub.flow.returns.asserted import terms_of
from hub.flow.returns.handling import judge_close, judge_inspect, judge_receive
from hub.flow.returns.paying import AHEAD, LOOKED_AT, judge_refund
from hub.flow.returns.refund import refundable
from hub.flow.returns.replacing import on_its_way
from hub.flow.returns.requesting import (
    CANCELLABLE,
    judge_authorize,
    judge_cancel,
    judge_decline,
    judge_request,
    not_come,
)
from hub.model.command import UserError, UserErrorCode
from hub.model.order import Order
from hub.model.policy import NamedReturns, returns_policy
from hub.model.returning import (
    AnyReturnCommand,
    ReturnAuthorizeCommand,
    ReturnCancelCommand,
    ReturnCloseCommand,
    ReturnDeclineCommand,
    ReturnInspectCommand,
    ReturnReceiveCommand,
    ReturnRefundCommand,
    ReturnRequestCommand,
)
from hub.model.returns import Return, ReturnStatus
from hub.model.views import AllowedAction


def judge_return(
    order: Order,
    facts: RootFacts,
    documents: Mapping[str, Document],
    command: AnyReturnCommand,
    by: tuple[str, tuple[NamedReturns, ...]] = ("", ()),
) -> Verdict:
    """Whether a command about a return of *order* may be accepted now, and what follows.

    *by*: (id of the command, the tenant's policies of returns).
    """
    found = documents.get(command.return_id)
    if not isinstance(found, Return) or order.id not in found.order_ids:
        return Verdict(user_errors=(refusal(UserErrorCode.NOT_FOUND, "there is no such return"),))
    head = order.groups.commercial
    judge = _JUDGES[type(command)]
    return judge(
        Asked(
            order=order,
            found=found,
            facts=facts,
            command=command,
            command_id=by[0],
            documents=documents,
            policy=returns_policy(by[1], head.channel if head is not None else None),
        )
    )


def actions_of_return(found: Return, facts: RootFacts) -> tuple[AllowedAction, ...]:
    """The mutations that apply to a return, and why not where they would be refused now."""
    paid = AHEAD if terms_of(found).pays_ahead else LOOKED_AT
    wanting = {
        "returnAuthorize": out_of_place(found, BEFORE),
        "returnDecline": out_of_place(found, BEFORE),
        "returnCancel": out_of_place(found, CANCELLABLE) or not_come(found),
        "returnReceive": out_of_place(found, COMING),
        "returnInspect": out_of_place(found, COMING | {ReturnStatus.INSPECTED}) or _nothing_came(found),
        "returnRefund": out_of_place(found, paid) or _nothing_owed(found, facts),
        "returnClose": out_of_place(found, OPEN) or _not_looked_at(found) or on_its_way(found, facts),
    }
    return tuple(
        AllowedAction(action=name, enabled=why is None)
        if why is None
        else AllowedAction(action=name, enabled=False, reason_code=why.code, reason_text=why.message)
        for name, why in wanting.items()
    )


def _nothing_came(found: Return) -> UserError | None:
    if any(line.received > line.inspected or line.authorized > line.received for line in found.lines):
        return None
    return refusal(UserErrorCode.NOT_ALLOWED_IN_STATUS, "everything that came has been looked at")


def _not_looked_at(found: Return) -> UserError | None:
    if all(line.received <= line.inspected for line in found.lines):
        return None
    return refusal(UserErrorCode.NOT_ALLOWED_IN_STATUS, "look at what came first")


def _nothing_owed(found: Return, facts: RootFacts) -> UserError | None:
    left = refundable(found, facts)
    if left is None:
        return refusal(UserErrorCode.CAPABILITY_ABSENT, "what was paid for it is not known")
    return None if left.amount > 0 else refusal(UserErrorCode.EXCEEDS_REFUNDABLE, "nothing more can be given back")


_JUDGES: Mapping[type[AnyReturnCommand], Callable[[Asked[Any]], Verdict]] = {
    ReturnRequestCommand: judge_request,
    ReturnAuthorizeCommand: judge_authorize,
    ReturnDeclineCommand: judge_decline,
    ReturnCancelCommand: judge_cancel,
    ReturnReceiveCommand: judge_receive,
    ReturnInspectCommand: judge_inspect,
    ReturnRefundCommand: judge_refund,
    ReturnCloseCommand: judge_close,
}
"""Who judges each sort of command."""
