"""Who plays: settings that the hub takes, keys that are what is printed, tenants of any size."""

from __future__ import annotations

from hub.clock import SystemClock
from hub.demo import cast
from hub.guard.keys import hash_of
from hub.landscape import connect_all, landscapes, refuse_misset
from hub.model.vocabulary import SystemKind

NAMES = ("shop", "erp", "wms", "beta-shop", "beta-erp", "beta-wms")
URLS = {name: f"http://127.0.0.1:{port}" for port, name in enumerate(NAMES, start=1)}
SETTINGS = cast.settings(cast.PARTS, URLS, 8123)


def test_the_hub_takes_the_settings_and_each_tenant_has_three_systems_of_its_own() -> None:
    refuse_misset(SETTINGS)
    assert SETTINGS.http.port == 8123
    assert {name: (one.tenant, one.system, one.url) for name, one in SETTINGS.sources.items()} == {
        "shop": ("demo", "COMMERCE", URLS["shop"]),
        "erp": ("demo", "ERP", URLS["erp"]),
        "wms": ("demo", "WMS", URLS["wms"]),
        "beta-shop": ("beta", "COMMERCE", URLS["beta-shop"]),
        "beta-erp": ("beta", "ERP", URLS["beta-erp"]),
        "beta-wms": ("beta", "WMS", URLS["beta-wms"]),
    }
    hooks = {name: one.hook.reveal() for name, one in SETTINGS.sources.items() if one.hook}
    assert hooks == {"shop": "demo-shop", "beta-shop": "demo-beta-shop"}


def test_each_shops_orders_are_expected_in_its_own_erp() -> None:
    lands = landscapes(SETTINGS, connect_all(SETTINGS, SystemClock()))
    expected = {name: one.expects for land in lands.values() for name, one in land.sources.items() if one.expects}
    assert expected == {"shop": (SystemKind.ERP,), "beta-shop": (SystemKind.ERP,)}


def test_each_tenant_says_which_warehouse_ships_what_the_hub_carries() -> None:
    routed = {name: (one.tenant, one.priority[0]) for name, one in SETTINGS.routing.items()}
    assert routed == {"plain": ("demo", "WH"), "beta-plain": ("beta", "WH")}


def test_each_key_is_its_name_in_one_of_two_tenants_and_only_staff_may_write() -> None:
    assert {name: (key.hash == hash_of(name), key.tenant, key.account) for name, key in cast.KEYS.items()} == {
        "demo-rep": (True, "demo", None),
        "demo-acme": (True, "demo", "acme"),
        "demo-beta": (True, "beta", None),
        "demo-ops": (True, "demo", None),
    }
    assert {name for name, key in cast.KEYS.items() if "orders:write" in key.scopes} == {"demo-rep", "demo-ops"}


def test_a_smaller_scene_may_be_asked_for() -> None:
    sizes = [(part.tenant, part.orders, part.customers, part.products) for part in cast.parts(1000)]
    assert sizes == [("demo", 1000, 500, 200), ("beta", 40, 70, 20)]
    assert cast.parts(1000) == cast.PARTS
    assert [(part.orders, part.products) for part in cast.parts(100)] == [(100, 20), (20, 20)]
