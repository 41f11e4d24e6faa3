"""Variants, levels and places into the hub's words."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from hub.model.inventory import QuantityName
from hub.model.observation import NaturalKey
from hub.model.vocabulary import Kind
from sources.vendure.mapping import Reading
from sources.vendure.stock import code_of, level_id, levels_of, location_of, product_of, variant_of
from sources.vendure.wire import VendureGood, VendureLocation

READING = Reading(source="shop")


def location(number: str = "1", description: str = "WH", name: str = "Main DC") -> dict[str, Any]:
    return {"id": number, "name": name, "description": description, "createdAt": "2026-11-20T09:00:00.000Z"}


def level(number: str, on_hand: int, allocated: int = 0, **also: str) -> dict[str, Any]:
    return {"stockOnHand": on_hand, "stockAllocated": allocated, "stockLocation": location(number, **also)}


def good(*levels: dict[str, Any], sku: str = "MUG") -> VendureGood:
    said = {"id": "2", "sku": sku, "name": "Mug", "stockLevels": list(levels)}
    return msgspec.convert(said, VendureGood)


def test_a_variant_is_the_product_of_its_sku() -> None:
    seen = product_of(good(sku=" MUG "), READING)
    assert (seen.kind, seen.source_id) == (Kind.PRODUCT, "2")
    assert seen.content is not None
    assert seen.content.bears == (NaturalKey(scheme="product.sku", value="MUG"),)
    assert [(one.scheme, one.value, one.source) for one in seen.content.identifiers] == [("SKU", "MUG", "shop")]
    assert seen.content.product is not None
    assert seen.content.product.item is not None
    assert seen.content.product.item.name == "Mug"


def test_a_variant_without_a_sku_bears_nothing_and_has_no_stock_to_tell() -> None:
    nameless = good(level("1", 5), sku="")
    content = product_of(nameless, READING).content
    assert content is not None
    assert (content.bears, content.identifiers, content.number) == ((), (), None)
    assert levels_of(nameless, READING) == ()


def test_each_level_is_a_position_named_by_sku_and_the_code_that_systems_share() -> None:
    first, second = levels_of(good(level("10", 2, description="WH-EAST"), level("9", 7, 3)), READING)
    assert (first.kind, first.source_id, second.source_id) == (Kind.INVENTORY, "2/9", "2/10")
    assert first.content is not None
    assert second.content is not None
    assert [(key.scheme, key.value) for key in first.content.refers] == [
        ("product.sku", "MUG"),
        ("warehouse.code", "WH"),
    ]
    assert second.content.refers[1].value == "WH-EAST"
    assert first.content.inventory is not None
    assert first.content.inventory.figures is not None
    told = {one.name: (int(one.value), one.source) for one in first.content.inventory.figures.told}
    assert told == {QuantityName.ON_HAND: (7, "shop"), QuantityName.ALLOCATED: (3, "shop")}


def test_a_location_is_the_warehouse_of_its_description() -> None:
    seen = location_of(msgspec.convert(location(), VendureLocation), READING)
    assert (seen.kind, seen.source_id) == (Kind.WAREHOUSE, "1")
    assert seen.content is not None
    assert (seen.content.number, seen.content.bears) == ("WH", (NaturalKey(scheme="warehouse.code", value="WH"),))
    assert seen.content.warehouse is not None
    assert seen.content.warehouse.profile is not None
    assert seen.content.warehouse.profile.name == "Main DC"


@pytest.mark.parametrize(("description", "name", "code"), [("WH", "Main", "WH"), (" ", "Main", "Main"), ("", " ", "1")])
def test_a_location_without_a_code_is_known_by_its_own_name(description: str, name: str, code: str) -> None:
    assert code_of(msgspec.convert(location(description=description, name=name), VendureLocation)) == code


def test_a_level_is_asked_for_by_its_variant() -> None:
    assert (level_id("2", "9"), variant_of("2/9"), variant_of("2")) == ("2/9", "2", "2")
