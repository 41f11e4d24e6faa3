"""Holds that people place and release, under the order's lock; flow runs again afterwards. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from hub.flow.holding import blocks_of, refusal_of_version, refusal_to_hold, refusal_to_release
from hub.merge.casework import hold_key
from hub.merge.shelf import Shelf
from hub.merge.work import HoldMove, HoldWanted
from hub.model.cases import Hold
from hub.model.command import UserError, UserErrorCode
from hub.model.order import Order
from hub.store.casework import HoldRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Holds that a decision changes, or why it may not be."""

    rows: tuple[HoldRow, ...] = ()
    refusal: UserError | None = None


def held(move: HoldMove, root: str | None, shelf: Shelf, mint: Callable[[], str]) -> Held:
    """What a decision about an order's holds changes, by the facts as they are under the lock."""
    entity = None if root is None else shelf.entities.get(root)
    if root is None or entity is None or not isinstance(entity.doc, Order):
        return Held(refusal=UserError(code=UserErrorCode.NOT_FOUND, message="there is no such order", field=("order",)))
    if refused := refusal_of_version(entity.doc, move.expected_version):
        return Held(refusal=refused)
    rows = [row for row in shelf.holds.values() if row.root_id == root]
    if move.place is not None:
        refused = refusal_to_hold(entity.doc)
        return Held(refusal=refused) if refused else Held(rows=_placed(move.place, root, rows, shelf, mint))
    standing = [row for row in rows if row.released_at is None]
    if refused := refusal_to_release((replace(row.doc, id=row.id) for row in standing), move.release):
        return Held(refusal=refused)
    freed = [row for row in standing if row.id in move.release]
    return Held(rows=tuple(replace(row, released_at=shelf.now) for row in freed))


def _placed(
    wanted: HoldWanted, root: str, rows: Iterable[HoldRow], shelf: Shelf, mint: Callable[[], str]
) -> tuple[HoldRow, ...]:
    """The hold, once: who holds an order twice for one reason holds it still."""
    hold = Hold(
        id="",
        type=wanted.type,
        placed_by=wanted.placed_by,
        placed_at=shelf.now,
        reason=wanted.reason,
        blocks=blocks_of(wanted.type),
    )
    known = next((row for row in rows if row.dedup_key == hold_key(hold)), None)
    if known is not None and known.released_at is None:
        return ()
    name = mint() if known is None else known.id
    doc = replace(hold, id=name)
    return (HoldRow(id=name, root_id=root, dedup_key=hold_key(hold), doc=doc, released_at=None),)
