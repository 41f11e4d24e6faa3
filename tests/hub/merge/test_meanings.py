"""What item codes mean, applied to kept records."""

from __future__ import annotations

from decimal import Decimal

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
