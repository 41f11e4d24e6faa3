"""Shelves by hand, for tests of the steps that work on them."""

from __future__ import annotations

from hub.codec import digest
from hub.merge.gather import Index, index
from hub.merge.join import new_root
from hub.merge.keys import RecordKey
from hub.merge.places import Places
from hub.merge.shelf import Entity, Shelf
from hub.model.observation import Content
from hub.model.vocabulary import Kind
from hub.store.records import RecordRow
from tests.kit.merging import at, order


def record(source: str, name: str, content: Content | None = None, *, entity: str = "", birth: str = "") -> RecordRow:
    """A row of `record` for an order, asked for in the first second."""
    said = order() if content is None else content
    kind = Kind.SHIPMENT if said.shipment is not None else Kind.ORDER
    return RecordRow(
        source=source, kind=kind, source_id=name, birth=birth, entity_id=entity, content=said, hash=digest(said),
        started=at(0), finished=at(1), version=None, mapping_version=1, raw_ref=None, correlation_id="", rival=None,
        gone_at=None, in_doubt=False, first_seen_at=at(1),
    )  # fmt: skip


def shelf_of(*rows: RecordRow) -> Shelf:
    """Records, with an entity and a root for each that names one."""
    shelf = Shelf(now=at(100))
    for row in rows:
        shelf.records[RecordKey(row.source, row.kind, row.source_id, row.birth)] = row
        if row.entity_id:
            shelf.entities[row.entity_id] = Entity(kind=row.kind, id=row.entity_id, root_id=row.entity_id)
            shelf.roots[row.entity_id] = new_root(row.entity_id, row.kind)
    return shelf


def indexed(shelf: Shelf) -> tuple[Places[RecordKey], Index]:
    """The shelf's places and index."""
    places = Places(shelf.records_by_entity(), shelf.links)
    return places, index(shelf, places)
