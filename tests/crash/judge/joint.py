"""Rules on what several sources say of one thing: ID, AS, ST, CO."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from tests.crash.judge.entering import living
from tests.crash.judge.evidence import Evidence, Figure, Paper, Shown

MERGED = "entity.merged"
JOINED = frozenset({"ORDER", "FULFILLMENT_ORDER", "SHIPMENT"})
Key = tuple[str, str, str, str, str]


def one_entity(seen: Evidence) -> Iterator[str]:
    """ID: each real order, request and shipment is one entity, and no two share one; what was two for a while is told
    as merged and leads to the survivor."""
    homes = {(row.tenant, row.role, row.kind, row.source_id): row.entity_id for row in seen.records if row.hash}
    by_entity: defaultdict[tuple[str, str], list[Paper]] = defaultdict(list)
    for paper in seen.papers:
        found = {
            home
            for role, one in paper.members
            if (home := homes.get((paper.tenant, role, paper.kind, one))) is not None
        }
        if len(found) != 1:
            yield f"{paper.kind} {paper.name} is {len(found)} entities: {', '.join(sorted(found))}"
        for home in found:
            by_entity[paper.tenant, home].append(paper)
    for (_, home), papers in by_entity.items():
        if len(papers) > 1:
            yield f"{home} is {' and '.join(paper.name for paper in papers)}"
    yield from _redirects(seen, {home for _, home in by_entity} | living(seen.entered))


def _redirects(seen: Evidence, living: set[str]) -> Iterator[str]:
    tenants = {paper.tenant for paper in seen.papers}
    gone = {row.id: row.redirect_to for row in seen.entities if row.redirect_to}
    merged = {line.entity_id for line in seen.log if line.event == MERGED}
    for row in seen.entities:
        if row.tenant not in tenants or row.kind not in JOINED:
            continue
        if row.redirect_to is None:
            if row.kind != "SHIPMENT" and row.id not in living and not _is_of_shop(seen, row.id):
                yield f"{row.kind} {row.id} ({row.number}) is nothing real"
        elif _end(row.id, gone) not in living:
            yield f"{row.kind} {row.id} leads to {row.redirect_to}, which is not there"
        elif {row.id, row.redirect_to} - merged:
            yield f"nobody was told that {row.kind} {row.id} was merged into {row.redirect_to}"
    for one in seen.led:
        if one.to != _end(one.id, gone):
            yield f"the graph leads from {one.kind} {one.id} to {one.to}"

    orders = sum(row.redirect_to is not None and row.kind == "ORDER" for row in seen.entities)
    if orders > seen.misspelt:
        yield f"{orders} orders were merged, {seen.misspelt} had to be"


def _end(entity: str, gone: Mapping[str, str]) -> str:
    """Where a redirect leads in the end: what was merged may have been merged again."""
    seen: set[str] = set()
    while entity in gone and entity not in seen:
        seen.add(entity)
        entity = gone[entity]
    return entity


def _is_of_shop(seen: Evidence, entity: str) -> bool:
    """Whether it is an order that only the shop has: I11 judges those."""
    roles = {row.role for row in seen.records if row.entity_id == entity and row.hash}
    return "shop" in roles


def as_said(seen: Evidence) -> Iterator[str]:
    """AS: every record is what its source says, every document what its records say, and people are shown that."""
    kept = {(row.tenant, row.role, row.kind, row.source_id): row.hash for row in seen.records}
    for one in seen.said:
        if kept.get((one.tenant, one.role, one.kind, one.source_id), "") != one.hash:
            yield f"{one.role} says otherwise of {one.kind} {one.source_id} than the hub holds"
    yield from seen.reverted
    for words in seen.stirred:
        yield f"looking again with nothing new changed {words}"
    shown = {(one.tenant, one.code): one for one in seen.shown}
    for wanted in seen.wanted:
        yield from _unlike(wanted, shown.get((wanted.tenant, wanted.code)))


def _unlike(wanted: Shown, shown: Shown | None) -> Iterator[str]:
    if shown is None or shown.id is None:
        yield f"{wanted.code} is not found, or more than once"
        return
    for name in ("number", "erp_number_leads_to", "present", "lines", "shipments", "requests", "invoices"):
        if getattr(wanted, name) != getattr(shown, name):
            yield f"{wanted.code}: {name} is {getattr(wanted, name)}, people see {getattr(shown, name)}"


def counted(seen: Evidence) -> Iterator[str]:
    """ST: each stock figure is what lies there, and what was told of its moves adds up to it."""
    stock, moved = _by_place(seen.stock), _by_place(seen.moved)
    for one in seen.there:
        place = _place(one)
        if stock.get(place) != one.value:
            yield f"{' '.join(place)}: {one.value} lie there, the hub has {stock.get(place)}"
    for place, value in stock.items():
        if moved.get(place, Decimal(0)) != value:
            yield f"{' '.join(place)}: the hub has {value}, its movements add up to {moved.get(place)}"


def covered(seen: Evidence) -> Iterator[str]:
    """CO: nothing is said to be seen that was not."""
    yield from seen.uncovered


def _by_place(figures: Sequence[Figure]) -> dict[Key, Decimal]:
    found: defaultdict[Key, Decimal] = defaultdict(Decimal)
    for one in figures:
        found[_place(one)] += one.value
    return found


def _place(one: Figure) -> Key:
    return one.tenant, one.role, one.sku, one.warehouse, one.name
