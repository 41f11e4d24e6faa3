"""Ids are opaque to clients, sort by age, and refuse what is not ours."""

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import InvalidInput
from hub.model.ids import (
    OWN_NUMBER,
    from_global,
    global_id,
    mint,
    place_of_position,
    position_id,
    source_root,
    spoken_number,
)


def test_a_minted_id_is_a_uuid_of_version_7() -> None:
    made = uuid.UUID(mint())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert str(made) != mint()


@given(st.from_regex(r"[A-Z_]{1,20}", fullmatch=True), st.text(min_size=1).filter(lambda text: text.isprintable()))
def test_a_global_id_gives_back_kind_and_id(kind: str, local: str) -> None:
    assert from_global(global_id(kind, local)) == (kind, local)


@given(st.text(max_size=40))
def test_any_other_text_is_refused_by_name(value: str) -> None:
    try:
        kind, local = from_global(value)
    except InvalidInput:
        return
    assert global_id(kind, local).rstrip("=") == value.rstrip("=")


@pytest.mark.parametrize("value", ["", "MTpPUkRFUjo", global_id("ORDER", ""), "!!!", "é"])
def test_half_an_id_is_refused(value: str) -> None:
    with pytest.raises(InvalidInput):
        from_global(value)


def test_a_source_is_a_root_of_its_own() -> None:
    assert source_root("erp-main") == "source:erp-main"


@given(st.text(min_size=1), st.text())
def test_a_position_is_named_by_its_item_and_its_warehouse(sku: str, warehouse: str) -> None:
    assert place_of_position(position_id(sku, warehouse)) == (sku, warehouse)


@pytest.mark.parametrize("other", ["", "source:erp-main", "inventory:WH", "inventory:WH:", "order:WH:MUG"])
def test_what_names_no_position_leads_to_no_place(other: str) -> None:
    assert place_of_position(other) is None


def test_a_number_of_the_hub_s_own_can_be_read_out() -> None:
    numbers = {spoken_number() for _ in range(500)}
    assert len(numbers) == 500
    assert all(re.fullmatch(OWN_NUMBER, number) for number in numbers)
