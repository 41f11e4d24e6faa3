"""Names of policies."""

from __future__ import annotations

from hub.model.policy import sku_case, sku_name


def test_one_code_of_one_source_is_one_policy_and_one_case() -> None:
    assert sku_name("shop", "FLOUR-25KG") == "shop|FLOUR-25KG"
    assert sku_case("shop", "FLOUR-25KG") == "SKU_MAPPING_MISSING|shop|FLOUR-25KG"
