"""What of a return depends on the present."""

from __future__ import annotations

from dataclasses import replace

import strawberry

from hub.flow.returns.judging import actions_of_return
from hub.model.returns import Return
from hub.model.views import AllowedAction
from hub.scopes import Scope
from resolvers.context import Info


async def actions_of(parent: strawberry.Parent[Return], info: Info) -> tuple[AllowedAction, ...]:
    """What the caller may do to it now; what he may not says why. Nothing while its order is not known."""
    context = info.context
    whole = await context.whole(parent.order_ids[0]) if len(parent.order_ids) == 1 else None
    if whole is None:
        return ()
    actions, text = actions_of_return(parent, whole.facts), None
    if not context.call.may(Scope.WRITE_ORDERS):
        text = f"your key lacks the scope {Scope.WRITE_ORDERS}"
    elif context.is_confined:
        text = "your key is confined to an account"
    if text is None:
        return actions
    return tuple(replace(one, enabled=False, reason_code="FORBIDDEN", reason_text=text) for one in actions)
