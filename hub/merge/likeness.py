"""What looks like one thing and is kept as two: the same purchase order again, a customer's e-mail elsewhere (Id-2).

Neither is refused and neither is merged: a case on both, which goes when they no longer look alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.flow.facts import HUB, CaseWanted
from hub.merge.bench import Bench
from hub.merge.casework import gone, opened
from hub.merge.locks import Wider, demand
from hub.merge.shelf import Shelf
from hub.merge.signs import are_alike, customer_sign, order_sign
from hub.merge.turn import Turned
from hub.model.cases import CaseQueue, CaseStatus, ExceptionCode, RootCause, Severity
from hub.model.ids import mint
from hub.model.order import Order
from hub.model.party import Customer
from hub.model.vocabulary import IdentifierScheme, Kind
from hub.store import circle
from hub.store.casework import CaseRow
from hub.store.likeness import Alike, alike
from hub.store.tx import Tx

_SCHEMES = {Kind.ORDER: IdentifierScheme.PO_NUMBER, Kind.CUSTOMER: IdentifierScheme.EMAIL}
_MARKS = (f"{ExceptionCode.DUPLICATE_ORDER}|twin|", f"{ExceptionCode.OTHER}|match|")


async def look(tx: Tx, bench: Bench, turned: Mapping[str, Turned]) -> dict[str, list[CaseWanted]]:
    """The cases that the turned roots want; those of other roots are put on the shelf. Raises Widened for such a root.

    Only what has come to look otherwise is compared: for the rest the cases that stand are still wanted.
    """
    now, before = _sources(bench.shelf), _sources(bench.before)
    told = {root: _sign(root, turn, now) for root, turn in turned.items()}
    mine = {root: one for root, one in told.items() if one is not None}
    changed = [one for one in mine.values() if _is_changed(bench, one, before)]
    known = {one.id: one for one in await _found(tx, bench, changed)} | mine
    pairs = _pairs(changed, known.values())
    rows = _standing(bench)
    moved = {one.id for one in changed} | (rows.keys() & turned.keys() - mine.keys())
    others = {id_ for pair in pairs for id_ in pair} | await _former(tx, bench, rows, moved, pairs.keys())
    demand(bench.shelf.roots, bench.reach, Wider(roots=frozenset(others)))
    for root in others - turned.keys():
        _elsewhere(bench, root, moved, pairs, rows.get(root, []))
    wanted = {root: _kept(rows.get(root, []), moved) for root in turned}
    for pair, case in pairs.items():
        for root in set(pair) & wanted.keys():
            wanted[root].append(case)
    return wanted


def _pairs(changed: Iterable[Alike], known: Iterable[Alike]) -> dict[tuple[str, str], CaseWanted]:
    """Who looks like one of the changed, by the two of them."""
    by_sign: dict[str, list[Alike]] = {}
    for one in known:
        by_sign.setdefault(one.sign, []).append(one)
    return {
        _pair(one, other): _case(one, other)
        for one in changed
        for other in by_sign.get(one.sign, ())
        if are_alike(one, other)
    }


def _sources(shelf: Shelf) -> dict[str, set[str]]:
    """The sources of every entity."""
    found: dict[str, set[str]] = {}
    for key, row in shelf.records.items():
        if key.source != HUB:
            found.setdefault(row.entity_id, set()).add(key.source)
    return found


def _sign(root: str, turn: Turned, sources: Mapping[str, set[str]]) -> Alike | None:
    """What of a root's head is compared; None where it has nothing of the sort."""
    doc, known = turn.picture.documents.get(root), tuple(sorted(sources.get(root, ())))
    if isinstance(doc, Order):
        return order_sign(doc, known)
    return customer_sign(doc, known) if isinstance(doc, Customer) else None


def _is_changed(bench: Bench, one: Alike, sources: Mapping[str, set[str]]) -> bool:
    was = bench.before.entities.get(one.id)
    if was is None or was.doc is None or one.id in {survivor for survivor, _ in bench.joined.merges}:
        return True
    told = order_sign(was.doc) if isinstance(was.doc, Order) else customer_sign(was.doc)
    return told is None or sources.get(one.id, set()) != set(one.sources) or _seen(told) != _seen(one)


def _seen(one: Alike) -> tuple[object, ...]:
    return one.sign, one.customer_id, one.total, one.placed_at


async def _found(tx: Tx, bench: Bench, changed: Iterable[Alike]) -> list[Alike]:
    found: list[Alike] = []
    for kind, scheme in _SCHEMES.items():
        signs = [one.sign for one in changed if (one.customer_id is not None) is (kind is Kind.ORDER)]
        found += await alike(tx, bench.call.tenant, kind, scheme, signs)
    return found


def _pair(one: Alike, other: Alike) -> tuple[str, str]:
    return min(one.id, other.id), max(one.id, other.id)


def _case(one: Alike, other: Alike) -> CaseWanted:
    first, second = sorted((one, other), key=lambda alike: alike.id)
    numbers = f"{first.number} and {second.number}"
    if one.customer_id is not None:
        return CaseWanted(
            code=ExceptionCode.DUPLICATE_ORDER,
            dedup_key=f"{_MARKS[0]}{first.id}|{second.id}",
            title=f"orders {numbers} have the same {_alike_by(one)}: is one of them a repetition?",
            severity=Severity.S2,
            queue=CaseQueue.CS,
            root_cause=RootCause.HUMAN,
            suggested=("orderCancel",),
        )
    return CaseWanted(
        code=ExceptionCode.OTHER,
        dedup_key=f"{_MARKS[1]}{first.id}|{second.id}",
        title=f"customers {numbers} have the same e-mail in different systems: are they one buyer?",
        severity=Severity.S4,
        queue=CaseQueue.MASTER_DATA,
        root_cause=RootCause.DATA_QUALITY,
    )


def _alike_by(one: Alike) -> str:
    return "customer and purchase order" if one.total is None else "customer, purchase order and total"


Standing = list[tuple[set[str], CaseRow]]
"""A root's cases about likeness that stand, each with the two that it names."""


def _standing(bench: Bench) -> dict[str, Standing]:
    found: dict[str, Standing] = {}
    for _, row in sorted(bench.shelf.cases.items()):
        if row.dedup_key.startswith(_MARKS) and row.status is not CaseStatus.RESOLVED:
            found.setdefault(row.root_id, []).append((set(row.dedup_key.split("@")[0].split("|")[2:]), row))
    return found


async def _former(
    tx: Tx, bench: Bench, rows: Mapping[str, Standing], moved: Iterable[str], pairs: Iterable[tuple[str, str]]
) -> set[str]:
    """Roots that stand in a case with one that looks otherwise now, as far as they are there."""
    wanted = set(pairs)
    found: set[str] = set()
    for root in moved:
        for named, row in rows.get(root, ()):
            kind = Kind.ORDER if row.code is ExceptionCode.DUPLICATE_ORDER else Kind.CUSTOMER
            for other in named - {root} if tuple(sorted(named)) not in wanted else ():
                now = await circle.current(tx, bench.call.tenant, kind, other)
                found |= {now} if now is not None else set()
    return found


def _kept(rows: Standing, moved: set[str]) -> list[CaseWanted]:
    """The cases of a root that nothing was found out about: they are wanted as they stand."""
    return [
        CaseWanted(
            code=row.code,
            dedup_key=row.dedup_key,
            title=row.title,
            severity=row.severity,
            queue=row.queue,
            root_cause=row.root_cause,
            source=row.source,
            suggested=tuple(row.suggested),
        )
        for named, row in rows
        if named.isdisjoint(moved)
    ]


def _elsewhere(
    bench: Bench, root: str, moved: set[str], pairs: Mapping[tuple[str, str], CaseWanted], standing: Standing
) -> None:
    """Open and resolve the cases of a root that is locked and not turned."""
    shelf = bench.shelf
    mine = {pair: case for pair, case in pairs.items() if root in pair}
    rows = [row for row in shelf.cases.values() if row.root_id == root]
    changed = [opened(root, case, rows, shelf.now, mint) for case in mine.values()]
    changed += [
        gone(row, shelf.now)
        for named, row in standing
        if not named.isdisjoint(moved) and tuple(sorted(named)) not in mine
    ]
    for row in changed:
        if row is not None:
            shelf.cases[row.id] = row
