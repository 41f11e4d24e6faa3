"""Names of records, keys and locks."""

from __future__ import annotations

from hub.merge.keys import RecordKey, SlotKey, kind_named, kind_of_own, lock_name
from hub.model.vocabulary import Kind
from tests.kit.merging import key, own


def test_a_slot_bears_the_key_of_its_own_id() -> None:
    record = RecordKey("erp-main", Kind.ORDER, "7", "0001")
    assert record.slot == SlotKey("erp-main", Kind.ORDER, "7")
    assert record.slot.own == own("erp-main", Kind.ORDER, "7")


def test_only_an_own_id_names_a_kind() -> None:
    assert kind_of_own(own("erp.main", Kind.FULFILLMENT_ORDER, "7")) is Kind.FULFILLMENT_ORDER
    assert kind_of_own(key("order.code", "X")) is None
    assert kind_of_own(key("some.thing.id", "X")) is None


def test_scheme_and_value_never_run_into_each_other() -> None:
    assert lock_name(key("a", "bc")) != lock_name(key("ab", "c"))


def test_a_shared_scheme_names_a_kind_too() -> None:
    assert kind_named(key("order.code", "X")) is Kind.ORDER
    assert kind_named(key("parcel", "X/1Z")) is Kind.SHIPMENT
    assert kind_named(own("erp", Kind.INVOICE, "7")) is Kind.INVOICE
    assert kind_named(key("wms.parcel", "X")) is None
