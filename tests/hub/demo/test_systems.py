"""A tenant's systems on the air: each answers at its own address and may be made to fail."""

from __future__ import annotations

from dataclasses import replace

import httpx

from hub.clock import SystemClock
from hub.demo.cast import PARTS, ROLES
from hub.demo.control import new_token
from hub.demo.systems import on_the_air
from sources.kit.rehearsal.faults import Fault, Trouble

SMALL = replace(PARTS[1], orders=3, customers=150, products=20)


async def test_each_system_answers_and_fails_by_itself() -> None:
    async with (
        on_the_air(SMALL, new_token(), SystemClock()) as systems,
        httpx.AsyncClient(trust_env=False) as http,
    ):
        assert list(systems.urls) == list(systems.controls) == ["beta-shop", "beta-erp", "beta-wms"]
        systems.faults("erp").add(Fault(trouble=Trouble.REFUSE))
        answers = [
            (await http.post(f"{systems.urls[systems.part.source(role)]}{path}", json={})).status_code
            for role, path in zip(ROLES, ("/admin-api", "/erp/rpc/", "/tryton_wms/"), strict=True)
        ]
        assert answers[1] == 503
        assert 503 not in (answers[0], answers[2])
        assert (await http.post(f"{systems.controls['beta-wms']}/break")).status_code == 401


async def test_the_shop_is_told_where_the_hub_listens() -> None:
    async with on_the_air(SMALL, new_token(), SystemClock()) as systems:
        systems.introduce("http://127.0.0.1:1")
        (listener,) = systems.scene.trio.shop.hooks.listeners
        assert listener.url == "http://127.0.0.1:1/hooks/demo-beta-shop"
