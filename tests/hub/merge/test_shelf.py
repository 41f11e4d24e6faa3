"""A shelf is copied before it is worked on."""

from __future__ import annotations

from hub.merge.keys import RecordKey
from hub.merge.shelf import Shelf
from hub.model.vocabulary import Kind
from tests.kit.merging import at
from tests.kit.shelves import record


def test_a_copy_has_the_same_rows_and_tables_of_its_own() -> None:
    shelf = Shelf(now=at(0), records={RecordKey("shop", Kind.ORDER, "s0"): record("shop", "s0")})
    copy = shelf.copy()
    assert copy == shelf
    copy.records.clear()
    assert len(shelf.records) == 1


def test_records_are_found_by_slot_and_by_entity_in_a_fixed_order() -> None:
    rows = [record("shop", "s0", entity="a", birth=birth) for birth in ("20", "01")] + [record("erp", "1", entity="a")]
    shelf = Shelf(now=at(0), records={RecordKey(r.source, r.kind, r.source_id, r.birth): r for r in rows})
    slot = RecordKey("shop", Kind.ORDER, "s0").slot
    assert [key.birth for key in shelf.births()[slot]] == ["01", "20"]
    assert [(key.source, key.birth) for key in shelf.records_by_entity()["a"]] == [
        ("erp", ""),
        ("shop", "01"),
        ("shop", "20"),
    ]
