"""How old what a source said may be: by its own word, and never less than two rounds of looking."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hub.flow.staleness import USUAL_TARGET, allowed, target_of
from hub.model.manifest import Delta, Sweep
from hub.model.vocabulary import FieldGroup, Kind
from tests.kit.orders import landscape


def test_nothing_is_late_before_its_kind_could_have_been_looked_for_twice() -> None:
    shop = landscape().sources["shop"]
    hourly = Sweep(name="all", strategy=Delta.SNAPSHOT, every=timedelta(hours=1))
    partial = Sweep(name="some", strategy=Delta.TIMESTAMP, every=timedelta(seconds=5), covers=False)
    manifest = replace(
        shop.manifest,
        sweeps={**shop.manifest.sweeps, Kind.PRODUCT: (partial, hourly)},
        groups={Kind.ORDER: (FieldGroup.FULFILLMENT,), Kind.SHIPMENT: (FieldGroup.FULFILLMENT,)},
        carried={Kind.SHIPMENT: Kind.PRODUCT},
    )
    binding = replace(shop, manifest=manifest)
    five, ten = timedelta(minutes=5), timedelta(minutes=10)
    assert [allowed(binding, kind) for kind in (Kind.ORDER, Kind.PRODUCT, Kind.SHIPMENT, Kind.INVOICE)] == [
        ten, timedelta(hours=2), timedelta(hours=2), five,
    ]  # fmt: skip
    assert allowed(binding, Kind.ORDER, FieldGroup.COMMERCIAL) == five


def test_targets_come_from_the_manifest() -> None:
    shop = landscape().sources["shop"]
    assert target_of(shop, FieldGroup.COMMERCIAL) == timedelta(minutes=5)
    assert target_of(shop, FieldGroup.RETURNS) == USUAL_TARGET
    assert target_of(shop) == timedelta(minutes=5)
    assert target_of(None) == USUAL_TARGET
