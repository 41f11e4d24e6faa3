"""An order that enters through the hub, under the lock: once for each order of its channel, managed from the start."""

from __future__ import annotations

from dataclasses import replace

from hub.errors import HubError
from hub.flow.cycle.capture import FLOW_VERSION, MANAGED
from hub.flow.facts import HUB
from hub.merge.bench import Bench
from hub.merge.keys import RecordKey
from hub.merge.work import Applied
from hub.model.command import SubmitCommand, UserError, UserErrorCode
from hub.model.observation import Content, NaturalKey
from hub.model.schemes import CHANNEL_ORDER, ORDER_CODE
from hub.model.vocabulary import Kind


class NumberTaken(HubError):
    """Another order bears the number that this one was to have: give it another. Never leaves the hub."""


def entered_before(bench: Bench) -> Applied | None:
    """The refusal of an order that its channel has already brought in, itself or through the hub.

    Raises NumberTaken.
    """
    command = None if bench.work.command is None else bench.work.command.command
    if not isinstance(command, SubmitCommand):
        return None
    content = _content(bench)
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


def _content(bench: Bench) -> Content:
    told = next(one.seen.content for one in bench.work.observations if one.source == HUB)
    return told if told is not None else Content()


def _codes(content: Content) -> tuple[NaturalKey, ...]:
    """Keys that say that an order is one that is known already."""
    borne = (key for key in content.bears if key.scheme == CHANNEL_ORDER)
    return (*borne, *(key for key in content.refers if key.scheme == ORDER_CODE))
