"""The plain parts of a document's head."""

from __future__ import annotations

from hub.flow.facts import KeptRecord
from hub.merge.ground import Ground, ground_of
from hub.merge.heads import STATUSES, claim, number_told, spoken, status_told, target_told, version_of
from hub.model.billing import Invoice, InvoiceStatus
from hub.model.entities import ENTITIES
from hub.model.observation import Content
from hub.model.vocabulary import FieldGroup, Kind
from tests.kit.facts import ERP, SHOP, WMS, facts, link, record


def bill(source: str, status: str | None, **more: object) -> KeptRecord:
    return record(source, Kind.INVOICE, Content(status=status, number=f"{source}-1"), (0, 1), **more)


def ground(*records: KeptRecord) -> Ground:
    return ground_of(facts(*records))


def test_the_first_who_says_a_word_that_is_known_is_believed() -> None:
    for told, expected in (
        (("POSTED", "PAID"), InvoiceStatus.POSTED),
        ((None, "PAID"), InvoiceStatus.PAID),
        (("Beamed", "UNKNOWN"), InvoiceStatus.UNKNOWN),
    ):
        records = [bill(ERP, told[0]), bill(SHOP, told[1])]
        assert status_told(ground(*records), records, FieldGroup.INVOICING, InvoiceStatus) is expected
    assert claim(bill(ERP, "UNKNOWN"), InvoiceStatus) is None
    assert status_told(ground(), [], FieldGroup.INVOICING, InvoiceStatus) is InvoiceStatus.UNKNOWN


def test_what_lives_speaks_before_what_is_gone_then_the_role_decides() -> None:
    records = [bill(SHOP, "PAID"), bill(ERP, "POSTED")]
    assert [one.source for one in spoken(ground(*records), records, FieldGroup.INVOICING)] == [ERP, SHOP]
    assert number_told(ground(*records), records, FieldGroup.INVOICING) == "erp-1"
    gone = [records[0], bill(ERP, "POSTED", lives=False)]
    assert [one.source for one in spoken(ground(*gone), gone, FieldGroup.INVOICING)] == [SHOP, ERP]


def test_what_it_refers_to_is_whom_the_first_that_names_one_names() -> None:
    records = [bill(ERP, "POSTED", links=(link(None), link("c1", Kind.CUSTOMER))), bill(WMS, None)]
    assert target_told(ground(*records), records, FieldGroup.INVOICING, Kind.CUSTOMER) == "c1"
    assert target_told(ground(*records), records, FieldGroup.INVOICING, Kind.WAREHOUSE) is None


def test_the_version_is_that_of_the_stored_document() -> None:
    stored = Invoice(id="o1", version=7, status=InvoiceStatus.DRAFT)
    assert version_of(ground_of(facts(bill(ERP, "POSTED"), documents={"o1": stored})), "o1") == 7
    assert version_of(ground(bill(ERP, "POSTED")), "o1") == 0


def test_every_list_of_words_has_one_for_what_is_not_mapped() -> None:
    assert all("UNKNOWN" in words.__members__ for words in STATUSES.values())
    assert STATUSES.keys() <= ENTITIES.keys()
