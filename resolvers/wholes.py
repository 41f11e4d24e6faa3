"""Fields that are answered from what is known about an order: at once where it has been read, else read in a batch."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeAlias

import strawberry

from hub.errors import NotFound
from hub.model.order import Order
from hub.read.whole import Whole
from resolvers.context import Context, Info
from resolvers.derive import PLAIN, Resolver

Parent: TypeAlias = strawberry.Parent[Order]


def of_whole(answer: Callable[..., Any]) -> Resolver:
    """The resolver of a field of `Order` out of a function of (whole, context) and, where it has arguments, `asked`."""
    signature = inspect.signature(answer, eval_str=True)
    shown = {"parent": Parent, "info": Info, "return": signature.return_annotation}
    if "asked" in signature.parameters:
        shown["asked"] = signature.parameters["asked"].annotation

    def resolve(parent: Order, info: Any, **given: Any) -> Any:
        context: Context = info.context
        whole = context.known(parent.id)
        if whole is not None:
            return answer(whole, context, **given)
        return _later(answer, parent.id, context, given)

    kept = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=hint)
        for name, hint in shown.items()
        if name != "return"
    ]
    resolve.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]  # what Strawberry reads
    resolve.__annotations__ = shown
    resolve.__doc__, resolve.__name__, resolve.__module__ = answer.__doc__, answer.__name__, answer.__module__
    setattr(resolve, PLAIN, "asked" not in shown)
    return resolve


async def _later(answer: Callable[..., Any], order_id: str, context: Context, given: dict[str, Any]) -> Any:
    return answer(await whole_of(order_id, context), context, **given)


async def whole_of(order_id: str, context: Context) -> Whole:
    """What is known about an order that is being shown. Raises NotFound where it has gone meanwhile."""
    whole = await context.whole(order_id)
    if whole is None:
        message = "this order is gone"
        raise NotFound(message)
    return whole
