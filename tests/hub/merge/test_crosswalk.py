"""Items that no ERP knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hub.flow.facts import KeptRecord, RootFacts
from hub.merge.assemble import assemble
from hub.merge.crosswalk import LOOK_AGAIN
from hub.model.cases import ExceptionCode
from hub.model.vocabulary import Kind, SystemKind
from tests.kit.facts import ALL, ERP, SHOP, at, content, facts, line, order_record

SOLD = order_record(SHOP, content(line("a", sku="FLOUR-25KG"), line("b", sku="MUG"), number="C0", status="ACCEPTED"))
EXPECTING = replace(ALL, sources={**ALL.sources, SHOP: replace(ALL.sources[SHOP], expects=(SystemKind.ERP,))})
HAS_TOLD = {(ERP, Kind.PRODUCT): at(5)}
KNOWN = {"MUG": frozenset({ERP, SHOP}), "FLOUR-25KG": frozenset({SHOP})}


def known(
    *records: KeptRecord, items: Mapping[str, frozenset[str]] = KNOWN, **more: Any
) -> RootFacts:  # Any: of RootFacts
    return replace(facts(*(records or (SOLD,)), **({"landscape": EXPECTING, "coverage": HAS_TOLD} | more)), items=items)


def cases(told: RootFacts) -> list[str]:
    return [one.dedup_key for one in assemble(told).cases if one.code is ExceptionCode.SKU_MAPPING_MISSING]


def test_an_item_that_only_the_shop_knows_is_a_case_of_its_code() -> None:
    picture = assemble(known())
    assert cases(known()) == ["SKU_MAPPING_MISSING|shop|FLOUR-25KG"]
    assert dict(picture.unknown_items) == {"o1": ((SHOP, "FLOUR-25KG"),)}
    assert picture.decide_at is not None
    assert picture.decide_at <= at(1000) + LOOK_AGAIN + timedelta(days=1)


def test_nothing_is_said_before_the_erp_has_told_all_its_products() -> None:
    assert cases(known(coverage={})) == []


def test_nor_where_the_erp_is_not_expected_to_have_the_order() -> None:
    assert cases(known(landscape=ALL)) == []


def test_nor_where_it_has_it_already() -> None:
    assert cases(known(SOLD, order_record(ERP, content(line("1", sku="MUG"))))) == []


def test_nor_of_an_order_that_has_ended() -> None:
    ended = replace(SOLD, content=replace(SOLD.content, status="CANCELLED"))
    assert cases(known(ended)) == []


def test_nor_where_the_erp_has_the_item() -> None:
    assert cases(known(items=KNOWN | {"FLOUR-25KG": frozenset({ERP})})) == []
