"""Who plays: settings that the hub takes, keys that are what is printed, shops of any size."""

from __future__ import annotations

from hub.demo import cast
from hub.guard.keys import hash_of
from hub.landscape import refuse_misset

URLS = {"shop": "http://127.0.0.1:1", "beta-shop": "http://127.0.0.1:2"}


def test_the_hub_takes_the_settings_and_each_shop_has_a_tenant_and_a_hook_of_its_own() -> None:
    settings = cast.settings(URLS, 8123)
    refuse_misset(settings)
    assert settings.http.port == 8123
    assert {name: (one.tenant, one.url) for name, one in settings.sources.items()} == {
        "shop": ("demo", "http://127.0.0.1:1"),
        "beta-shop": ("beta", "http://127.0.0.1:2"),
    }
    hooks = {part.source: cast.hook_of(part) for part in cast.SHOPS}
    assert hooks == {"shop": "demo-shop", "beta-shop": "demo-beta-shop"}
    assert {name: one.hook.reveal() for name, one in settings.sources.items() if one.hook} == hooks


def test_each_key_is_its_name_in_one_of_two_tenants_and_only_staff_may_write() -> None:
    assert {name: (key.hash == hash_of(name), key.tenant, key.account) for name, key in cast.KEYS.items()} == {
        "demo-rep": (True, "demo", None),
        "demo-acme": (True, "demo", "acme"),
        "demo-beta": (True, "beta", None),
        "demo-ops": (True, "demo", None),
    }
    assert {name for name, key in cast.KEYS.items() if "orders:write" in key.scopes} == {"demo-rep", "demo-ops"}


def test_a_smaller_shop_may_be_asked_for() -> None:
    assert [(part.source, part.orders) for part in cast.shops(1000)] == [("shop", 1000), ("beta-shop", 40)]
    assert [part.orders for part in cast.shops(20)] == [20, 20]
    assert cast.shops(1000) == cast.SHOPS
