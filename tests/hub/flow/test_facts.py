from tests.kit.facts import SHOP, content, order_record


def test_a_document_is_named_by_its_id_and_by_its_birth_where_ids_come_back() -> None:
    assert order_record(SHOP, content()).document == "shop-1"
    assert order_record(SHOP, content(), birth="2026").document == "shop-1@2026"
