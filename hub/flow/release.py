"""Letting the warehouse begin now: whether somebody may say so, and what it does (domain.md 2.4.2). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hub.flow.cancel import Verdict
from hub.flow.cycle.capture import MANAGED
from hub.flow.facts import RootFacts
from hub.flow.holding import ENDED, refusal_of_version
from hub.flow.submit import note_errors
from hub.model.cases import Hold
from hub.model.command import Consequence, ReleaseCommand, UserError, UserErrorCode
from hub.model.effects import REQUEST_FULFILMENT
from hub.model.manifest import SourceBinding
from hub.model.order import Order, OrderStatus
from hub.model.vocabulary import SystemKind

BEFORE_RELEASE = frozenset(
    {
        OrderStatus.PENDING_ACCEPTANCE,
        OrderStatus.ACCEPTED,
        OrderStatus.VALIDATED,
        OrderStatus.ALLOCATED,
    }
)
"""Some of it has not been handed to a warehouse."""


def judge_release(order: Order, facts: RootFacts, command: ReleaseCommand) -> Verdict:
    """Whether the warehouse may begin with *order* now, and which one is asked."""
    refused = refusal_of_version(order, command.expected_version) or refusal_to_let_go(order, facts)
    errors = (refused,) if refused is not None else tuple(note_errors(command.note))
    if errors:
        return Verdict(user_errors=errors)
    return Verdict(consequences=tuple(_consequences(facts)))


def refusal_to_let_go(order: Order, facts: RootFacts) -> UserError | None:
    """Why the warehouse cannot be told to begin; None where it can."""
    if order.status in ENDED:
        return _error(UserErrorCode.NOT_ALLOWED_IN_STATUS, f"the order is {order.status.value.lower()}")
    if order.status not in BEFORE_RELEASE:
        return _error(UserErrorCode.NOT_ALLOWED_IN_STATUS, "the warehouse has all of it already")
    if facts.managed_by != MANAGED:
        message = "the hub only mirrors this order: it is released where it is managed"
        return _error(UserErrorCode.CAPABILITY_ABSENT, message)
    if not _warehouses(facts):
        message = "no warehouse takes requests from the hub"
        return _error(UserErrorCode.CAPABILITY_ABSENT, message)
    return _held(facts.holds)


def _held(holds: Iterable[Hold]) -> UserError | None:
    """The holds that keep it from the warehouse, all of them in one sentence."""
    blocking = [hold for hold in holds if not {OrderStatus.RELEASED, OrderStatus.ALLOCATED}.isdisjoint(hold.blocks)]
    if not blocking:
        return None
    words = ", ".join(sorted({hold.type.value.lower().replace("_", " ") for hold in blocking}))
    return _error(UserErrorCode.BLOCKED_BY_HOLD, f"it is held: {words}. Release the hold first")


def _consequences(facts: RootFacts) -> Iterator[Consequence]:
    for one in _warehouses(facts):
        yield Consequence(
            system=one.system,
            source=one.source,
            text=f"{one.source} is asked to ship what is planned there, without waiting any longer.",
            reversible=one.manifest.writes[REQUEST_FULFILMENT].reversible,
        )


def _warehouses(facts: RootFacts) -> list[SourceBinding]:
    known = facts.landscape.of(SystemKind.WMS)
    return [one for one in known if not one.is_retired and REQUEST_FULFILMENT in one.manifest.writes]


def _error(code: UserErrorCode, message: str) -> UserError:
    return UserError(code=code, message=message, field=("order",))
