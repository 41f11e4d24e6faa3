"""Exception cases: the orders they concern and what would help."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from hub.model.cases import ExceptionCase
from hub.model.order import Order
from hub.model.views import AllowedAction
from hub.model.vocabulary import Kind
from hub.read.doing import allowed_actions
from hub.scopes import Scope
from resolvers.context import Info

BY_OPERATORS = (
    "skuMappingSet", "deadLetterReplay", "deadLetterDiscard", "deadLetterResolve", "exceptionCaseAssign",
    "exceptionCaseResolve",
)  # fmt: skip
"""Actions that hang on no order's state."""

Parent = strawberry.Parent[ExceptionCase]


async def orders_of_case(parent: Parent, info: Info) -> Sequence[Order] | None:
    """The orders it concerns."""
    return await info.context.entities([(Kind.ORDER, root) for root in parent.root_ids or (parent.root_id,)])


async def suggested_actions_of(parent: Parent, info: Info) -> tuple[AllowedAction, ...]:
    """What would help, best first; what cannot be done here and now says why."""
    whole = await info.context.whole(parent.root_id)
    offered = {} if whole is None else {one.action: one for one in allowed_actions(whole, info.context.call)}
    offered |= {name: _operators(name, is_allowed=info.context.call.may(Scope.OPERATE)) for name in BY_OPERATORS}
    return tuple(offered.get(name) or _not_offered(name) for name in parent.suggested)


def _operators(name: str, *, is_allowed: bool) -> AllowedAction:
    if is_allowed:
        return AllowedAction(action=name, enabled=True)
    text = f"your key lacks the scope {Scope.OPERATE}"
    return AllowedAction(action=name, enabled=False, reason_code="FORBIDDEN", reason_text=text)


def _not_offered(name: str) -> AllowedAction:
    return AllowedAction(
        action=name,
        enabled=False,
        reason_code="CAPABILITY_ABSENT",
        reason_text="the hub does not offer this yet: do it in the system itself",
    )
