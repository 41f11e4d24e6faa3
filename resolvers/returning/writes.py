"""The eight mutations of returns: find what is meant, let the desk act, say how the return stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from hub.merge.work import Applied
from hub.model.command import UserError, UserErrorCode
from hub.model.returning import ReturnCommand, ReturnRequestCommand
from hub.model.vocabulary import Kind
from hub.read.doing import operations_of, told_consequences
from hub.read.whole import Whole
from hub.write.desk import Asking
from resolvers.context import Context, Info
from resolvers.derive import Resolver
from resolvers.returning import inputs, payloads
from resolvers.writes import asking_with, entity_named, key_for, not_found, order_named

G = TypeVar("G", bound=inputs.Given)
Made = Callable[[G, str, str], ReturnCommand]


async def return_request(info: Info, asked: inputs.ReturnRequestArguments) -> payloads.ReturnRequestPayload | None:
    """Ask that something of an order comes back. Accepted durably under a number of the hub's own, then carried out."""
    context, given = info.context, asked.input
    asking = asking_with(None, key_for(info, is_dry=bool(given.dry_run)), is_dry=bool(given.dry_run))
    found = await order_named(context, given.order)
    if isinstance(found, UserError):
        return payloads.ReturnRequestPayload(**_told(context, asking, Applied(user_errors=(found,)), None, None))
    context.asked.concerned.append(found)
    applied = await context.doors.desk.request_return(context.call, inputs.request_of(given, found), asking)
    whole = await _whole(context, found)
    return payloads.ReturnRequestPayload(**_told(context, asking, applied, whole, _begun(whole, applied)))


async def return_authorize(
    info: Info, asked: inputs.ReturnAuthorizeArguments
) -> payloads.ReturnAuthorizePayload | None:
    """Allow a return, or a part of it: the systems that must know it get it."""
    return payloads.ReturnAuthorizePayload(**await _governed(info, asked.input, inputs.authorize_of))


async def return_decline(info: Info, asked: inputs.ReturnDeclineArguments) -> payloads.ReturnDeclinePayload | None:
    """Refuse a return that nobody has allowed."""
    return payloads.ReturnDeclinePayload(**await _governed(info, asked.input, inputs.decline_of))


async def return_cancel(info: Info, asked: inputs.ReturnCancelArguments) -> payloads.ReturnCancelPayload | None:
    """Call a return off of which nothing has come; what goes out instead of it is called back."""
    return payloads.ReturnCancelPayload(**await _governed(info, asked.input, inputs.cancel_of))


async def return_receive(info: Info, asked: inputs.ReturnReceiveArguments) -> payloads.ReturnReceivePayload | None:
    """Say what has come back: less, more and other goods than were allowed too."""
    return payloads.ReturnReceivePayload(**await _governed(info, asked.input, inputs.receive_of))


async def return_inspect(info: Info, asked: inputs.ReturnInspectArguments) -> payloads.ReturnInspectPayload | None:
    """Say what becomes of what has come back. Once all of it is told, systems book it and the ERP credits it."""
    return payloads.ReturnInspectPayload(**await _governed(info, asked.input, inputs.inspect_of))


async def return_refund(info: Info, asked: inputs.ReturnRefundArguments) -> payloads.ReturnRefundPayload | None:
    """Give money back for a return, once the ERP has credited it; never more than is suggested."""
    return payloads.ReturnRefundPayload(**await _governed(info, asked.input, inputs.refund_of))


async def return_close(info: Info, asked: inputs.ReturnCloseArguments) -> payloads.ReturnClosePayload | None:
    """End a return as it stands: its discrepancies are accepted."""
    return payloads.ReturnClosePayload(**await _governed(info, asked.input, inputs.close_of))


async def _governed(info: Info, given: G, made: Made[G]) -> dict[str, Any]:
    """Find the return and its order, let the desk act, and say how the return stands."""
    context, is_dry = info.context, bool(given.dry_run)
    asking = asking_with(getattr(given, "wait_for", None), key_for(info, is_dry=is_dry), is_dry=is_dry)
    found = await _named(context, given)
    if isinstance(found, UserError):
        return _told(context, asking, Applied(user_errors=(found,)), None, None)
    order_id, return_id = found
    context.asked.concerned.append(order_id)
    applied = await context.doors.desk.about_return(context.call, made(given, order_id, return_id), asking)
    return _told(context, asking, applied, await _whole(context, order_id), return_id)


async def _named(context: Context, given: inputs.Given) -> tuple[str, str] | UserError:
    """(the order, the return) that a caller means, or why there are none."""
    found = await entity_named(context, given.return_, Kind.RETURN)
    if isinstance(found, UserError):
        return found
    entity = await context.entity((Kind.RETURN, found))
    if entity is None:
        return not_found(Kind.RETURN)
    context.forget()
    if len(entity.order_ids) != 1:
        message = "no order is known that it belongs to" if not entity.order_ids else "it belongs to several orders"
        return UserError(code=UserErrorCode.NOT_ALLOWED_IN_STATUS, message=message, field=("return",))
    return entity.order_ids[0], found


async def _whole(context: Context, order_id: str) -> Whole | None:
    whole = (await context.reader.wholes(context.call, [order_id])).get(order_id)
    if whole is not None:
        context.keep(whole)
    return whole


def _begun(whole: Whole | None, applied: Applied) -> str | None:
    """The return that a command has begun, now or when its key was used first."""
    known = () if whole is None else whole.stored.commands
    command = next((one.command for one in known if one.id == applied.command_id), None)
    return command.return_id if isinstance(command, ReturnRequestCommand) else None


def _told(
    context: Context, asking: Asking, applied: Applied, whole: Whole | None, return_id: str | None
) -> dict[str, Any]:
    known = () if whole is None else operations_of(whole)
    operation = next((one for one in known if one.id == applied.command_id), None)
    returns = () if whole is None else whole.stored.members.returns
    return {
        "return_": next((one for one in returns if one.id == return_id), None),
        "user_errors": applied.user_errors,
        "operation": operation,
        "consequences": told_consequences(whole, operation.id) if whole and operation else applied.consequences,
        "dry_run": asking.dry_run,
        "replayed": applied.replayed,
        "correlation_id": operation.correlation_id if operation else context.call.correlation_id,
    }


ON_RETURNS: Mapping[str, Resolver] = {
    "return_request": return_request,
    "return_authorize": return_authorize,
    "return_decline": return_decline,
    "return_cancel": return_cancel,
    "return_receive": return_receive,
    "return_inspect": return_inspect,
    "return_refund": return_refund,
    "return_close": return_close,
}
"""What may be asked of returns, by field."""
