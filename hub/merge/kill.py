"""The cancel that the hub asks for itself: kept as any other command, and asserted in its own record (Own-1)."""

from __future__ import annotations

from hub.codec import digest, plain
from hub.flow.cancel import judge
from hub.flow.facts import HUB, RootFacts
from hub.merge.shelf import Shelf
from hub.model.command import CancelCommand
from hub.model.observation import Content
from hub.model.order import Order
from hub.store.accepted import CommandRow

OPERATION = "orderCancel"


def keep_kill(shelf: Shelf, order: Order, facts: RootFacts, asked: tuple[CancelCommand, str, str]) -> Content | None:
    """Put the command on the shelf; what the hub's own record says then. *asked*: it, its id, the correlation id."""
    command, name, correlation_id = asked
    verdict = judge(order, facts, command, name)
    shelf.commands[name] = CommandRow(
        id=name,
        client=HUB,
        operation=OPERATION,
        key=f"kill/{facts.root_id}",
        hash=digest(command),
        input=plain(command),
        root_id=facts.root_id,
        correlation_id=correlation_id,
        consequences=verdict.consequences,
        version=1,
        accepted_at=shelf.now,
        moved_at=shelf.now,
    )
    return verdict.hub_content
