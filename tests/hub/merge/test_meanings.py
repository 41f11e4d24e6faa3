"""What item codes mean, applied to kept records."""

from __future__ import annotations

from decimal import Decimal

from hub.flow.facts import ItemCode
from hub.merge.meanings import Meanings, translated
from hub.model.policy import SkuRule
from tests.kit.facts import ERP, SHOP, content, line, order_record

BAG = SkuRule(sku="FLOUR", pack_factor=Decimal(25), unit="KGM")
SAID = Meanings(rules={"shop|FLOUR-25KG": BAG, "shop|CUP": SkuRule(sku="MUG")})


def test_a_code_is_told_as_the_tenants_own_in_its_unit() -> None:
    record = order_record(SHOP, content(line("a", 2, sku="FLOUR-25KG"), line("b", 1, sku="CUP"), line("c", 1)))
    told = translated(record, SAID).content.lines
    assert [(one.sku, one.unit, one.quantities.ordered) for one in told] == [
        ("FLOUR", "KGM", Decimal(50)),
        ("MUG", record.content.lines[1].unit, Decimal(1)),
        (record.content.lines[2].sku, record.content.lines[2].unit, Decimal(1)),
    ]


def test_what_one_source_means_is_nothing_to_another() -> None:
    record = order_record(ERP, content(line("a", 2, sku="FLOUR-25KG")))
    assert translated(record, SAID) is record


def test_what_a_source_calls_an_item_is_told_back_where_it_has_one_code_for_it() -> None:
    assert SAID.codes == {
        ("shop", "FLOUR"): ItemCode(code="FLOUR-25KG", factor=Decimal(25)),
        ("shop", "MUG"): ItemCode(code="CUP"),
    }
    twice = Meanings(rules={**SAID.rules, "shop|FLOUR-5KG": SkuRule(sku="FLOUR", pack_factor=Decimal(5))})
    assert list(twice.codes) == [("shop", "MUG")]
