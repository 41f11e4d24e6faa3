from hub.model.observation import NaturalKey, line_key
from hub.model.vocabulary import Kind


def test_a_line_is_named_by_its_source_and_kind_of_document() -> None:
    assert line_key("erp", Kind.ORDER, "31") == NaturalKey(scheme="erp.ORDER.line", value="31")
