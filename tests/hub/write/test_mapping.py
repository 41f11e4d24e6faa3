"""One code that nobody knows blocks many orders: said once, exactly those go on, once (design D13, issue 6 proof 8)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import text

from hub.call import Call
from hub.errors import Denied, KeyRequired, KeyReused
from hub.intake.wake import Wake
from hub.model.command import UserErrorCode
from hub.model.observation import Content
from hub.model.product import ProductGroups, ProductItem
from hub.model.sweeping import SweepMark
from hub.model.vocabulary import Kind, SystemKind
from hub.store.store import Store
from hub.write.desk import Asking
from hub.write.mapping import SkuMappingSet
from hub.write.operators import Operators
from tests.kit.merging import ERP, SHOP, Looking, at, key, landscape, line, order, seen

OPS = Call(actor="ops", tenant="acme", scopes=frozenset({"hub:operate"}), correlation_id="correlation-ops")
FLOUR = SkuMappingSet(source=SHOP, external_sku="FLOUR-25KG", sku="FLOUR", pack_factor=Decimal(25), replay_blocked=True)
BLOCKED = 37
CASES = "select count(*) from exception_case where code = 'SKU_MAPPING_MISSING' and closed_at is null"


def product(code: str, unit: str = "KGM") -> Content:
    """What the ERP says of an item."""
    item = ProductItem(name=code, base_unit=unit)
    return Content(product=ProductGroups(item=item), number=code, bears=(key("product.sku", code),))


@pytest.fixture
async def looking(store: Store) -> Looking:
    """37 orders of the shop with an item that the ERP lacks, and one without it."""
    lands = landscape()
    shop = replace(lands.sources[SHOP], expects=(SystemKind.ERP,))
    looking = Looking(store, replace(lands, sources={**lands.sources, SHOP: shop}))
    await looking.write(
        seen((ERP, Kind.PRODUCT, "1"), product("FLOUR")),
        seen((ERP, Kind.PRODUCT, "2"), product("A", "C62")),
        marks=(SweepMark(source=ERP, kind=Kind.PRODUCT, sweep="changes", cursor={}, covered_through=at(5), ends=True),),
    )
    await looking.write(
        *(
            seen((SHOP, Kind.ORDER, f"{n}"), order(f"C{n}", line("1", 2, "FLOUR-25KG"), line("2", 1)))
            for n in range(BLOCKED)
        ),
        seen((SHOP, Kind.ORDER, "free"), order("FREE", line("1", 1))),
    )
    return looking


@pytest.fixture
def operators(store: Store, looking: Looking) -> Operators:
    return Operators(store, looking.writer)


async def test_the_dry_run_says_what_the_real_run_does_and_the_case_closes(
    store: Store, looking: Looking, operators: Operators
) -> None:
    assert await looking.rows(CASES) == [(BLOCKED,)]
    assert await looking.rows("select count(distinct dedup_key) from exception_case") == [(1,)]
    dry = await operators.map_sku(OPS, FLOUR, Asking(key="k", dry_run=True))
    assert dry.effect.outcome["scheduled"] == BLOCKED
    assert await looking.count("policy") == await looking.count("command") == 0
    real = await operators.map_sku(OPS, FLOUR, Asking(key="k"))
    assert (real.effect.outcome["scheduled"], real.effect.consequences) == (BLOCKED, dry.effect.consequences)
    wake = Wake(store, looking.writer)
    assert await wake.turn() == BLOCKED
    assert await wake.turn() == 0
    assert await looking.rows(CASES) == [(0,)]
    again = await operators.map_sku(OPS, FLOUR, Asking(key="k"))
    assert (again.replayed, again.command_id, again.effect) == (True, real.command_id, real.effect)
    assert await wake.turn() == 0


async def test_a_line_is_then_told_in_the_tenants_own_code_unit_and_quantity(
    store: Store, looking: Looking, operators: Operators
) -> None:
    await operators.map_sku(OPS, FLOUR, Asking(key="k"))
    await Wake(store, looking.writer).turn()
    ((said,),) = await looking.rows("select doc #> '{lines,0}' from entity where kind = 'ORDER' and number = 'C0'")
    assert (said["sku"], said["unit"], said["quantities"]["ordered"]) == ("FLOUR", "KGM", "50")
    assert (said["unit_price"]["amount"], said["origins"][0]["factor"]) == ("0.400000", "25")


async def test_orders_that_come_later_are_never_blocked(looking: Looking, operators: Operators) -> None:
    await operators.map_sku(OPS, replace(FLOUR, replay_blocked=False), Asking(key="k"))
    assert await looking.rows(CASES) == [(BLOCKED,)]
    await looking.write(seen((SHOP, Kind.ORDER, "later"), order("LATER", line("1", 1, "FLOUR-25KG")), 9))
    assert await looking.rows(CASES) == [(BLOCKED,)]


async def test_another_meaning_is_a_new_version_and_the_same_is_none(looking: Looking, operators: Operators) -> None:
    await operators.map_sku(OPS, FLOUR, Asking(key="k"))
    await operators.map_sku(OPS, FLOUR, Asking(key="k2"))
    await operators.map_sku(OPS, replace(FLOUR, pack_factor=Decimal(20)), Asking(key="k3"))
    assert await looking.rows("select version, state, doc ->> 'pack_factor' from policy order by version") == [
        (1, "SUPERSEDED", "25"),
        (2, "ACTIVE", "20"),
    ]


@pytest.mark.parametrize(
    ("change", "code", "named"),
    [
        ({"source": "nowhere"}, UserErrorCode.NOT_FOUND, "source"),
        ({"sku": "BREAD"}, UserErrorCode.UNKNOWN_SKU, "sku"),
        ({"sku": ""}, UserErrorCode.REQUIRED, "sku"),
        ({"sku": "FLO\0UR"}, UserErrorCode.INVALID, "sku"),
        ({"external_sku": "x" * 101}, UserErrorCode.LIMIT_EXCEEDED, "externalSku"),
        ({"pack_factor": Decimal(0)}, UserErrorCode.QUANTITY_INVALID, "packFactor"),
        ({"pack_factor": Decimal("NaN")}, UserErrorCode.QUANTITY_INVALID, "packFactor"),
        ({"pack_factor": Decimal("1e-9")}, UserErrorCode.QUANTITY_INVALID, "packFactor"),
        ({"pack_factor": Decimal(-25)}, UserErrorCode.QUANTITY_INVALID, "packFactor"),
    ],
)
async def test_what_cannot_be_is_said_and_writes_nothing(
    looking: Looking, operators: Operators, change: dict[str, object], code: UserErrorCode, named: str
) -> None:
    decided = await operators.map_sku(OPS, replace(FLOUR, **change), Asking(key="k"))  # type: ignore[arg-type]  # a table
    assert [(one.code, one.field) for one in decided.effect.user_errors] == [(code, (named,))]
    assert await looking.count("policy") == await looking.count("command") == 0
    assert not await looking.rows("select 1 from root where wake_at <= clock_timestamp()")


async def test_who_may_not_and_who_has_no_key_is_refused(operators: Operators) -> None:
    with pytest.raises(Denied):
        await operators.map_sku(replace(OPS, scopes=frozenset()), FLOUR, Asking(key="k"))
    with pytest.raises(Denied):
        await operators.map_sku(replace(OPS, account="acme"), FLOUR, Asking(key="k", dry_run=True))
    with pytest.raises(KeyRequired):
        await operators.map_sku(OPS, FLOUR, Asking(key=None))
    await operators.map_sku(OPS, FLOUR, Asking(key="k"))
    with pytest.raises(KeyReused):
        await operators.map_sku(OPS, replace(FLOUR, pack_factor=Decimal(2)), Asking(key="k"))


async def test_the_adapters_name_will_do_where_one_source_is_of_it(looking: Looking, operators: Operators) -> None:
    named = looking.landscape.sources[SHOP].manifest.adapter
    decided = await operators.map_sku(OPS, replace(FLOUR, source=named), Asking(key="k", dry_run=True))
    assert decided.effect.user_errors == ()


async def test_the_product_may_also_appear_in_the_erp(looking: Looking) -> None:
    await looking.write(seen((ERP, Kind.PRODUCT, "3"), product("FLOUR-25KG", "C62"), 20))
    async with looking.store.shard(OPS) as tx:
        await tx.execute(text("update root set wake_at = clock_timestamp() where kind = 'ORDER'"))
    await Wake(looking.store, looking.writer).turn()
    assert await looking.rows(CASES) == [(0,)]
