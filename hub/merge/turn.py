"""Steps 4 to 6 for one root: assemble, derive, flow, until nothing more follows (Flow-1, D7, Own-1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from anyio.lowlevel import checkpoint

from hub.codec import digest
from hub.errors import HubFault
from hub.flow.facts import HUB, FlowResult, Picture, RootFacts
from hub.flow.order import flow
from hub.merge import settle
from hub.merge.assemble import assemble, holds_still
from hub.merge.gather import Index, facts_of
from hub.merge.intents import Ground, differing
from hub.merge.keys import RecordKey
from hub.merge.kill import keep_kill
from hub.merge.shelf import Shelf
from hub.model.manifest import Landscape
from hub.model.observation import Content
from hub.model.order import Order
from hub.model.vocabulary import Kind
from hub.store.deliveries import DeliveryRow
from hub.store.records import RecordRow

ROUNDS = 8
"""More than flow ever needs: each round settles, asserts or intends something that the round before did not."""

AT_A_TIME = 4
"""Roots that are turned before others of the process may go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """What a root is to look like and what should exist for it."""

    picture: Picture
    result: FlowResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Turning:
    """What every root of a batch is turned with."""

    landscape: Landscape
    mint: Callable[[], str]
    correlation_id: str
    traceparent: str | None = None
    """The W3C trace of the whole work, where it has one."""
    correlations: Mapping[str, str] = field(default_factory=dict)
    """Root -> where it has another."""

    def correlation_of(self, root: str) -> str:
        """What the deliveries of a root bear."""
        return self.correlations.get(root, self.correlation_id)

    def traceparent_of(self, root: str) -> str | None:
        """What they bear beside it."""
        return self.traceparent if root not in self.correlations else None


async def turn_all(shelf: Shelf, where: Index, roots: Sequence[str], turning: Turning) -> dict[str, Turned]:
    """Turn every root, one after the other; after every few, others of the process may go on: a transaction that is
    being written has its next statement sent, while this one is thought out.
    """
    turned = {}
    for number, root in enumerate(roots, start=1):
        turned[root] = turn(shelf, where, root, turning)
        if number % AT_A_TIME == 0:
            await checkpoint()
    return turned


def turn(shelf: Shelf, where: Index, root: str, turning: Turning) -> Turned:
    """Bring deliveries and the hub's own record of *root* on *shelf* to rest. Raises HubFault where they never rest.

    The first deliveries of a root bear upon nothing but when it is looked at again: they are not thought about twice.
    """
    seen: tuple[RootFacts, Picture] | None = None
    for _ in range(ROUNDS):
        facts = facts_of(shelf, where, root, turning.landscape)
        picture = seen[1] if seen is not None and holds_still(*seen, facts) else assemble(facts)
        seen = facts, picture
        result = flow(facts, picture)
        if shelf.roots[root].line_numbers != picture.line_numbers:
            shelf.roots[root] = replace(shelf.roots[root], line_numbers=dict(picture.line_numbers))
        if _kill(shelf, where, facts, Turned(picture=picture, result=result), turning):
            continue
        moved, asked = _follow(shelf, where, root, result, turning), _ask(shelf, root, result, turning)
        if not moved and not (asked and facts.deliveries):
            return Turned(picture=picture, result=_due(result, asked, shelf.now))
    message = "flow does not come to rest"
    raise HubFault(message, root=root)


def assert_as_hub(shelf: Shelf, where: Index, root: str, content: Content) -> bool:
    """Own-1: keep what the hub itself says of the order; whether that is news."""
    return _asserted(shelf, where, RecordKey(HUB, Kind.ORDER, root), root, content)


def assert_return(shelf: Shelf, where: Index, return_id: str, content: Content) -> bool:
    """The same of a return: in the record that the hub has of it, else in a new one under its id."""
    known = [key for key in where.records.get(return_id, ()) if (key.source, key.kind) == (HUB, Kind.RETURN)]
    key = min(known, key=lambda one: one.source_id, default=RecordKey(HUB, Kind.RETURN, return_id))
    return _asserted(shelf, where, key, return_id, content)


def _asserted(shelf: Shelf, where: Index, key: RecordKey, entity: str, content: Content) -> bool:
    known = shelf.records.get(key)
    if known is not None and known.content is content:
        return False
    hashed = digest(content)
    if known is not None and known.hash == hashed:
        return False
    shelf.records[key] = RecordRow(
        source=HUB,
        kind=key.kind,
        source_id=key.source_id,
        birth="",
        entity_id=entity,
        content=content,
        hash=hashed,
        started=shelf.now,
        finished=shelf.now,
        version=None,
        mapping_version=1,
        raw_ref=None,
        correlation_id="",
        rival=None,
        gone_at=None,
        in_doubt=False,
        first_seen_at=shelf.now if known is None else known.first_seen_at,
    )
    if known is None:
        where.records.setdefault(entity, []).append(key)
    return True


def _kill(shelf: Shelf, where: Index, facts: RootFacts, turned: Turned, turning: Turning) -> bool:
    """Call an order off that the hub itself kills, before anything else follows; whether there was one."""
    order, result = turned.picture.documents.get(facts.root_id), turned.result
    if result.kill is None or not isinstance(order, Order):
        return False
    if shelf.claims is not None:
        shelf.claims.follow(facts.root_id, result)
    asked = result.kill, turning.mint(), turning.correlation_of(facts.root_id)
    own = keep_kill(shelf, order, facts, asked)
    if own is not None:
        assert_as_hub(shelf, where, facts.root_id, own)
    return True


def _follow(shelf: Shelf, where: Index, root: str, result: FlowResult, turning: Turning) -> bool:
    """Let the hub's own rows follow what flow found; whether any had to."""
    moved = False
    for name in result.shown:
        row = shelf.deliveries[name]
        if row.state not in settle.FINISHED:
            shelf.deliveries[name] = settle.shown(row, shelf.now)
            moved = True
    if result.hub_record is not None and shelf.roots[root].kind is Kind.ORDER:
        moved |= assert_as_hub(shelf, where, root, result.hub_record)
    if shelf.claims is not None:
        moved |= shelf.claims.follow(root, result)
    return moved


def _ask(shelf: Shelf, root: str, result: FlowResult, turning: Turning) -> list[DeliveryRow]:
    """Let the deliveries follow; those that had to."""
    rows = [row for row in shelf.deliveries.values() if row.root_id == root]
    ground = Ground(
        root_id=root,
        correlation_id=turning.correlation_of(root),
        traceparent=turning.traceparent_of(root),
        now=shelf.now,
        mint=turning.mint,
        retired=frozenset(name for name, one in turning.landscape.sources.items() if one.is_retired),
    )
    asked = differing(result.intents, rows, result.unwanted, ground)
    shelf.deliveries |= {row.id: row for row in asked}
    return asked


def _due(result: FlowResult, asked: list[DeliveryRow], now: datetime) -> FlowResult:
    """The same, and looked at again when the first of what was *asked* must be confirmed."""
    times = [at for row in asked if (at := row.confirm_by) is not None and at > now]
    known = () if result.wake_at is None else (result.wake_at,)
    return replace(result, wake_at=min((*known, *times))) if times else result
