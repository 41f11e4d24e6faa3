"""Orders that enter through the hub: looked up, judged, and made into one piece of work for the one writer (D4)."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
from hub.store.entrance import AllKnown, Asked, known_of
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """An order that somebody submits, under an idempotency key; none on a dry run."""

    call: Call
    command: SubmitCommand
    key: str


async def entries_of(store: Store, landscape: Landscape, submitted: Sequence[Submitted]) -> list[Entry]:
    """Look up what orders of one tenant name. One statement."""
    asked = [
        Asked(
            customer=one.command.customer_id,
            account=one.call.account,
            client=one.call.actor,
            operation=SUBMIT,
            key=one.key,
        )
        for one in submitted
    ]
    skus = {sku for one in submitted for sku in _skus(one.command.lines)}
    async with store.glance(submitted[0].call) as tx:
        found = await known_of(tx, submitted[0].call.tenant, asked, skus)
    known = zip(submitted, found.orders, _entrances(found, landscape), strict=True)
    return [
        Entry(command=one.command, known=entrance, key=one.key, is_claimed=said.is_claimed)
        for one, said, entrance in known
    ]


async def added_lines(
    store: Store, landscape: Landscape, call: Call, lines: tuple[LineWanted, ...], field: str = "add"
) -> tuple[tuple[LineWanted, ...], tuple[UserError, ...]]:
    """Lines on top of an order, in the units that their items are counted in; what is wrong with them. One statement.

    Their currency is judged where the order is known.
    """
    async with store.glance(call) as tx:
        found = await known_of(tx, call.tenant, [Asked()], _skus(lines))
    known = _entrances(found, landscape)[0]
    errors = tuple(line_errors(lines, None, known, field))
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


def _entrances(found: AllKnown, landscape: Landscape) -> list[Entrance]:
    """Of each order; a customer of several is read once."""
    products = {one.sku: one.doc for one in decode(found.products, tuple[_Item, ...])}
    customers = {said: decode(said, Customer) for one in found.orders if (said := one.customer) is not None}
    return [
        Entrance(
            landscape=landscape,
            now=one.now,
            customer=None if one.customer is None else customers[one.customer],
            account=one.account,
            customer_keys=tuple(_key(said) for said in one.customer_keys),
            products=products,
            knows_products=found.knows_products,
        )
        for one in found.orders
    ]


def _key(said: str) -> NaturalKey:
    scheme, _, value = said.partition(" ")
    return NaturalKey(scheme=scheme, value=value)
