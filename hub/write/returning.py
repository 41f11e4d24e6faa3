"""Returns that people ask for: looked up, and made into one piece of work for the one writer (design D4)."""

from __future__ import annotations

import re
from dataclasses import replace

from hub.call import Call
from hub.codec import digest
from hub.errors import Denied
from hub.flow.facts import HUB
from hub.flow.returns.exchanging import FIELD
from hub.merge.work import AcceptedCommand, Applied, Work
from hub.model.command import LineWanted, UserError, UserErrorCode
from hub.model.ids import mint, spoken_number
from hub.model.manifest import Landscape
from hub.model.observation import Content, NaturalKey, Observation, Seen
from hub.model.returning import RETURN_COMMANDS, AnyReturnCommand, ReturnReceiveCommand, ReturnRequestCommand
from hub.model.returns import ExchangeLine, ReturnGroups, ReturnStatus
from hub.model.schemes import ORDER_CODE, RETURN_CODE
from hub.model.values import Identifier
from hub.model.vocabulary import IdentifierScheme, Kind
from hub.store.return_codes import OrderNamed, order_named
from hub.store.routing import warehouses_of
from hub.store.store import Store
from hub.write.entering import added_lines

REQUEST = "returnRequest"
_NO_ORDER = UserError(code=UserErrorCode.NOT_FOUND, message="there is no such order", field=("order",))
_OPERATION = {kind: name for name, kind in RETURN_COMMANDS.items()}


def operation_of(command: AnyReturnCommand) -> str:
    """The mutation by which a command is asked."""
    return _OPERATION[type(command)]


def require_staff(call: Call, command: AnyReturnCommand) -> None:
    """Return if the caller may give such a command: a portal only asks. Raises Denied."""
    if call.account is not None and not (isinstance(command, ReturnRequestCommand) and not command.authorize):
        message = "a key that is confined to an account can ask for a return, and decide nothing about it"
        raise Denied(message)


async def request_of(
    store: Store, landscape: Landscape, call: Call, asked: ReturnRequestCommand, key: str
) -> Work | Applied:
    """What the one writer is asked to do, another number for the return each time; or why it is not asked."""
    async with store.glance(call) as tx:
        named = await order_named(tx, call.tenant, asked.order_id, (call.actor, REQUEST, key))
    if named is None:
        return Applied(user_errors=(_NO_ORDER,))
    lines, errors = await _counted(store, landscape, call, asked.exchange_lines)
    if errors and not named.is_claimed:
        return Applied(user_errors=errors)
    command = replace(asked, return_id=mint(), exchange_lines=lines)
    seen = Seen(kind=Kind.RETURN, source_id=command.return_id, content=begun(named))
    return Work(
        observations=(
            Observation(
                source=HUB, seen=seen, started=named.now, finished=named.now, correlation_id=call.correlation_id
            ),
        ),
        command=AcceptedCommand(
            id=mint(),
            client=call.actor,
            operation=REQUEST,
            key=key,
            hash=digest(replace(asked, return_id="")),
            command=command,
        ),
    )


async def _counted(
    store: Store, landscape: Landscape, call: Call, lines: tuple[ExchangeLine, ...]
) -> tuple[tuple[ExchangeLine, ...], tuple[UserError, ...]]:
    """What shall go out instead, in the units that its items are counted in; what is wrong with it."""
    if not lines:
        return (), ()
    wanted = tuple(
        LineWanted(line_ref=str(at), sku=one.sku, quantity=one.quantity, unit=one.unit, unit_price=one.unit_price)
        for at, one in enumerate(lines, start=1)
    )
    counted, errors = await added_lines(store, landscape, call, wanted, FIELD)
    told = (ExchangeLine(sku=x.sku, quantity=x.quantity, unit=x.unit, unit_price=x.unit_price) for x in counted)
    return tuple(told), errors


def begun(named: OrderNamed) -> Content:
    """The hub's own record of a return before it is judged: its number, and the code that its systems will store."""
    code = named.code or named.number
    reference = f"{code}-R{_last(named.taken) + 1}"
    scheme, _, value = (named.own or "").partition(" ")
    order = NaturalKey(scheme=ORDER_CODE, value=code) if named.code else NaturalKey(scheme=scheme, value=value)
    return Content(
        return_=ReturnGroups(),
        number=f"RMA-{spoken_number()}",
        status=ReturnStatus.REQUESTED.value,
        bears=(NaturalKey(scheme=RETURN_CODE, value=reference),),
        refers=(order,),
        identifiers=(Identifier(scheme=IdentifierScheme.RMA, value=reference),),
    )


async def unknown_warehouse(store: Store, call: Call, command: AnyReturnCommand) -> Applied | None:
    """The refusal of goods that came to a warehouse that nobody knows."""
    if not isinstance(command, ReturnReceiveCommand):
        return None
    async with store.glance(call) as tx:
        known = await warehouses_of(tx, call.tenant, [command.warehouse]) if "\0" not in command.warehouse else {}
    if known:
        return None
    error = UserError(code=UserErrorCode.NOT_FOUND, message="there is no such warehouse", field=("warehouse",))
    return Applied(user_errors=(error,))


def _last(taken: tuple[str, ...]) -> int:
    """The highest number that a return of the order has."""
    numbers = (re.fullmatch(r".*-R(\d{1,6})", one, re.DOTALL) for one in taken)
    return max((int(found[1]) for found in numbers if found is not None), default=0)
