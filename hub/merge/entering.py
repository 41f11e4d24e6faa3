"""An order that enters through the hub, under the lock: once for each order of its channel, managed from the start."""

from __future__ import annotations

from dataclasses import replace

from hub.errors import HubError, KeyReused
from hub.failpoint import reached
from hub.flow.cycle.capture import FLOW_VERSION, MANAGED
from hub.flow.facts import HUB
from hub.merge.bench import Bench
from hub.merge.keys import RecordKey
from hub.merge.telling import Told
from hub.merge.work import AcceptedCommand, Applied, Entering
from hub.model.command import SubmitCommand, UserError, UserErrorCode
from hub.model.observation import Content, NaturalKey, Observation
from hub.model.schemes import CHANNEL_ORDER, ORDER_CODE
from hub.model.vocabulary import Kind
from hub.store.accepted import Claim, Claimed, claimed
from hub.store.tx import Tx


class NumberTaken(HubError):
    """Another order bears the number that this one was to have: give it another. Never leaves the hub."""


async def answered(tx: Tx, bench: Bench) -> dict[str, Applied | HubError]:
    """By command, what became of orders that need not enter any more; the work goes on with the others.

    Raises NumberTaken.
    """
    known = await claimed(tx, bench.call.tenant, [claim_of(one.command) for one in bench.work.entering])
    reached("a4")
    found: dict[str, Applied | HubError] = {}
    for one in bench.work.entering:
        said = _before(bench, one, known.get(claim_of(one.command)))
        if said is not None:
            found[one.command.id] = said
    rest = tuple(one for one in bench.work.entering if one.command.id not in found)
    bench.work = replace(bench.work, entering=rest, observations=tuple(one.observation for one in rest))
    return found


def _before(bench: Bench, one: Entering, known: Claimed | None) -> Applied | HubError | None:
    try:
        return replayed(one.command, known) or entered_before(bench, one.command, one.observation)
    except KeyReused as reused:
        return reused


def claim_of(one: AcceptedCommand) -> Claim:
    """What a command claims."""
    return one.client, one.operation, one.key


def replayed(one: AcceptedCommand, known: Claimed | None) -> Applied | None:
    """What an earlier request with its idempotency key led to. Raises KeyReused where its input was another."""
    if known is None:
        return None
    if known.hash != one.hash:
        message = "this idempotency key was used before with another input"
        raise KeyReused(message, key=one.key)
    return Applied(
        command_id=known.id, order_id=known.root_id, replayed=known.id != one.id, consequences=known.consequences
    )


def entered_before(bench: Bench, one: AcceptedCommand, told: Observation) -> Applied | None:
    """The refusal of an order that its channel has already brought in, itself or through the hub.

    Raises NumberTaken.
    """
    command, content = one.command, told.seen.content
    if not isinstance(command, SubmitCommand) or content is None:
        return None
    known = {at.key: row.entity_id for at, row in bench.shelf.identities.items()}
    if any(key in known for key in content.bears if key.scheme == ORDER_CODE):
        message = f"the number {content.number} is taken"
        raise NumberTaken(message)
    twin = next((known[key] for key in _codes(content) if key in known), None)
    if twin is None:
        return None
    number = getattr(bench.shelf.entities[twin].doc, "number", twin) if twin in bench.shelf.entities else twin
    message = f"{command.channel} has brought this order in already: it is {number}"
    error = UserError(code=UserErrorCode.DUPLICATE_ORDER, message=message, field=("channelOrderId",))
    return Applied(user_errors=(error,), order_id=twin)


def managed_root(bench: Bench, command: SubmitCommand) -> str:
    """The root of an order that has just entered: the hub manages it."""
    record = bench.shelf.records[RecordKey(HUB, Kind.ORDER, command.order_id)]
    root = bench.shelf.entities[record.entity_id].root_id
    bench.shelf.roots[root] = replace(bench.shelf.roots[root], managed_by=MANAGED, flow_version=FLOW_VERSION)
    return root


def entered(bench: Bench, told: Told) -> dict[str, Applied]:
    """By command, what became of the orders that have entered together."""
    rows = {one.command.id: bench.shelf.commands[one.command.id] for one in bench.work.entering}
    return {
        name: Applied(
            roots=tuple({row.root_id} & told.roots),
            command_id=name,
            order_id=row.root_id,
            consequences=row.consequences,
        )
        for name, row in rows.items()
    }


def _codes(content: Content) -> tuple[NaturalKey, ...]:
    """Keys that say that an order is one that is known already."""
    borne = (key for key in content.bears if key.scheme == CHANNEL_ORDER)
    return (*borne, *(key for key in content.refers if key.scheme == ORDER_CODE))
