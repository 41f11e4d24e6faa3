"""Orders that enter through the hub: looked up, judged, and made into one piece of work for the one writer (D4)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from hub.call import Call
from hub.codec import decode, digest
from hub.flow.entering import MOST_LINES, Entrance
from hub.flow.facts import HUB
from hub.flow.submit import line_errors, refusals
from hub.flow.submitted import consequences_of, content_of, line_of
from hub.merge.work import AcceptedCommand, Work
from hub.model.command import LineWanted, SubmitCommand, UserError
from hub.model.ids import mint, spoken_number
from hub.model.manifest import Landscape
from hub.model.observation import NaturalKey, Observation, Seen
from hub.model.party import Customer
from hub.model.product import Product
from hub.model.vocabulary import Kind
from hub.store.entrance import Known, known_of
from hub.store.store import Store

SUBMIT = "orderSubmit"
_STORABLE = re.compile("[^\x00\ud800-\udfff]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    sku: str
    doc: Product


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A submitted order beside everything it names."""

    command: SubmitCommand
    known: Entrance
    key: str
    is_claimed: bool
    """Whether the key was used before: then what the order names now no longer matters."""

    @property
    def refusals(self) -> tuple[UserError, ...]:
        """Everything that is wrong with it."""
        return () if self.is_claimed else tuple(refusals(self.command, self.known))

    def work(self, call: Call) -> Work:
        """What the one writer is asked to do; another number for the order each time."""
        command = replace(self.command, order_id=mint())
        content = content_of(command, self.known, spoken_number())
        return Work(
            observations=(
                Observation(
                    source=HUB,
                    seen=Seen(kind=Kind.ORDER, source_id=command.order_id, content=content),
                    started=self.known.now,
                    finished=self.known.now,
                    correlation_id=call.correlation_id,
                ),
            ),
            command=AcceptedCommand(
                id=mint(),
                client=call.actor,
                operation=SUBMIT,
                key=self.key,
                hash=digest(replace(command, order_id="")),
                command=command,
                consequences=tuple(consequences_of(command, self.known)),
            ),
        )


async def entry_of(store: Store, landscape: Landscape, call: Call, command: SubmitCommand, key: str) -> Entry:
    """Look up what *command* names. One statement."""
    scope, claim = (call.tenant, call.account), (call.actor, SUBMIT, key)
    async with store.glance(call) as tx:
        found = await known_of(tx, scope, command.customer_id, _skus(command.lines), claim)
    return Entry(command=command, known=_entrance(found, landscape), key=key, is_claimed=found.is_claimed)


async def added_lines(
    store: Store, landscape: Landscape, call: Call, lines: tuple[LineWanted, ...]
) -> tuple[tuple[LineWanted, ...], tuple[UserError, ...]]:
    """Lines on top of an order, in the units that their items are counted in; what is wrong with them. One statement.

    Their currency is judged where the order is known.
    """
    async with store.glance(call) as tx:
        found = await known_of(tx, (call.tenant, None), "", _skus(lines), ("", "", ""))
    known = _entrance(found, landscape)
    errors = tuple(line_errors(lines, None, known, "add"))
    return ((), errors) if errors else (tuple(_counted(one, known) for one in lines), ())


def _counted(line: LineWanted, known: Entrance) -> LineWanted:
    told = line_of(line, known)
    units = told.quantities.ordered or line.quantity
    return replace(line, quantity=units, unit=told.unit, unit_price=told.unit_price)


def _skus(lines: tuple[LineWanted, ...]) -> set[str]:
    """Item codes worth asking for; of an order that is refused for its length none."""
    if len(lines) > MOST_LINES:
        return set()
    return {line.sku for line in lines if _STORABLE.fullmatch(line.sku)}


def _entrance(found: Known, landscape: Landscape) -> Entrance:
    return Entrance(
        landscape=landscape,
        now=found.now,
        customer=None if found.customer is None else decode(found.customer, Customer),
        account=found.account,
        customer_keys=tuple(_key(said) for said in found.customer_keys),
        products={one.sku: one.doc for one in decode(found.products, tuple[_Item, ...])},
        knows_products=found.knows_products,
    )


def _key(said: str) -> NaturalKey:
    scheme, _, value = said.partition(" ")
    return NaturalKey(scheme=scheme, value=value)
