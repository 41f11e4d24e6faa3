"""Each detector: its case opens with severity, queue, time to resolve and what helps, and closes by itself (4.2)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from hub.merge.work import SourceNews, Work
from hub.model.cases import CaseQueue, ExceptionCode, HoldType, Severity
from hub.model.observation import Observation
from hub.model.sweeping import SweepMark
from hub.model.vocabulary import Kind, SystemKind
from hub.store.store import Store
from tests.hub.merge.test_command import cancel
from tests.hub.merge.test_likeness import bought, buyer
from tests.hub.write.test_mapping import product
from tests.kit.merging import CALL, ERP, SHOP, Looking, at, key, landscape, line, order, seen

C, Q, S = ExceptionCode, CaseQueue, Severity
S0 = (SHOP, Kind.ORDER, "s0")
OPEN = """select code, severity, queue, extract(epoch from sla_due_at - first_seen_at), suggested from exception_case
where closed_at is null order by id"""

Step = Callable[[Looking], Awaitable[object]]


async def roots(hub: Looking) -> tuple[str, ...]:
    return tuple(root for (root,) in await hub.rows("select id from root where kind = 'ORDER' order by id"))


async def change(hub: Looking, sql: str) -> None:
    """Let rows be other than they are, then look at every order again."""
    async with hub.store.shard(CALL) as tx:
        await tx.execute(text(sql))
    await hub.writer.write(CALL, Work(wake=await roots(hub)))


def told(**said: object) -> Step:
    """The shop tells of its order."""
    moments = iter(range(1, 100))

    async def tell(hub: Looking) -> None:
        content = order("C0", line("1", 3), **said)
        await hub.write(seen(S0, content, 60 * next(moments) + (0 if said else 6000)))

    return tell


async def unknown_item(hub: Looking) -> None:
    mark = SweepMark(source=ERP, kind=Kind.PRODUCT, sweep="changes", cursor={}, covered_through=at(5), ends=True)
    await hub.write(seen((ERP, Kind.PRODUCT, "1"), product("A", "C62")), marks=(mark,))
    await hub.write(seen(S0, order("C0", line("1", 2, "FLOUR"))))


async def item_appears(hub: Looking) -> None:
    await hub.write(seen((ERP, Kind.PRODUCT, "2"), product("FLOUR")))
    await hub.writer.write(CALL, Work(wake=await roots(hub)))


async def twins(hub: Looking) -> None:
    await hub.each(buyer(SHOP, "c"), bought("A"), bought("B"))


async def unlike(hub: Looking) -> None:
    await hub.write(bought("B", 99, total="11"))


def in_erp(units: int, moment: float) -> Observation:
    said = order("E0", line("1", units), bears=(key("erp.code", "E0"),), refers=(key("shop.code", "C0"),))
    return seen((ERP, Kind.ORDER, "e0"), said, moment)


async def quarrel(hub: Looking) -> None:
    await hub.write(seen(S0, order("C0", line("1", 3))))
    await hub.write(in_erp(5, 0))


async def agree(hub: Looking) -> None:
    await hub.write(in_erp(3, 9000))


def copy(name: str, moment: float, **also: str) -> Observation:
    """One of two documents that the ERP has of the shop's order: its look-up before a create saw none (D7)."""
    said = order(name, line("1", 3), bears=(key("erp.code", name),), refers=(key("shop.code", "C0"),), **also)
    return seen((ERP, Kind.ORDER, name), said, moment)


async def made_twice(hub: Looking) -> None:
    await hub.write(seen(S0, order("C0", line("1", 3))))
    await hub.each(copy("E1", 0), copy("E2", 1))


async def one_called_off(hub: Looking) -> None:
    await hub.write(copy("E1", 60, status="CANCELLED", raw_status="cancelled"))


async def refused(hub: Looking) -> None:
    await hub.write(seen(S0, order("C0", line("1", 3))))
    await cancel(hub)
    await change(hub, "update delivery set state = 'REFUSED', error = 'packed', settled_at = clock_timestamp()")


async def dead(hub: Looking) -> None:
    await hub.write(seen(S0, order("C0", line("1", 3))))
    await cancel(hub)
    await change(hub, "update delivery set state = 'DEAD', error = '502', error_class = 'TRANSIENT'")


async def replayed(hub: Looking) -> None:
    await change(hub, "update delivery set state = 'PENDING'")


async def stuck(hub: Looking) -> None:
    await hub.write(seen(S0, order("C0", line("1", 3), status="PENDING_ACCEPTANCE")))
    await change(
        hub,
        """with managed as (update root set managed_by = 'HUB')
        update entity set doc = jsonb_set(doc, '{status_since}', to_jsonb(clock_timestamp() - interval '1 day'))
        where kind = 'ORDER'""",
    )


def breaker(news: SourceNews) -> Step:
    async def tell(hub: Looking) -> None:
        await hub.write(news=(news,))

    return tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """How a case comes about, what it says, and how it goes."""

    code: ExceptionCode
    severity: Severity
    queue: CaseQueue
    hours: float
    suggested: tuple[str, ...]
    opens: Step
    closes: Step | None
    """None: it happened, and stays until a person has seen to it."""
    times: int = 1
    """How many orders have it."""


DOWN = SourceNews(source=SHOP, breaker="OPEN", error="connection refused", state="DOWN")
DRIFTED = SourceNews(source=SHOP, breaker="CLOSED", state="DEGRADED", unread="ORDER 17: $.total: no number")
UP = SourceNews(source=SHOP, breaker="CLOSED", state="UP", was=("DOWN", "OPEN"))
TABLE = (
    Detector(code=C.SKU_MAPPING_MISSING, severity=S.S2, queue=Q.MASTER_DATA, hours=1, suggested=("skuMappingSet",),
             opens=unknown_item, closes=item_appears),
    Detector(code=C.CREDIT_HOLD, severity=S.S2, queue=Q.FINANCE, hours=4, suggested=("orderHoldRelease", "orderCancel"),
             opens=told(holds=(HoldType.CREDIT,)), closes=told()),
    Detector(code=C.DUPLICATE_ORDER, severity=S.S2, queue=Q.CS, hours=1, suggested=("orderCancel",), times=2,
             opens=twins, closes=unlike),
    Detector(code=C.DUPLICATE_ORDER, severity=S.S1, queue=Q.CS, hours=1, suggested=("orderCancel",),
             opens=made_twice, closes=one_called_off),
    Detector(code=C.ORDER_CONFLICT, severity=S.S2, queue=Q.CS, hours=2,
             suggested=("orderNoteAdd", "exceptionCaseResolve"), opens=quarrel, closes=agree),
    Detector(code=C.CANCEL_TOO_LATE, severity=S.S3, queue=Q.CS, hours=4, suggested=("returnRequest",), opens=refused,
             closes=None),
    Detector(code=C.STATUS_UNMAPPED, severity=S.S3, queue=Q.INTEGRATION, hours=24, suggested=("exceptionCaseAssign",),
             opens=told(status="Odd", raw_status="Odd"), closes=told()),
    Detector(code=C.ADAPTER_BREAKER_OPEN, severity=S.S1, queue=Q.INTEGRATION, hours=0.25,
             suggested=("exceptionCaseAssign", "deadLetterReplay"), opens=breaker(DOWN), closes=breaker(UP)),
    Detector(code=C.SCHEMA_DRIFT, severity=S.S3, queue=Q.INTEGRATION, hours=24, suggested=("exceptionCaseAssign",),
             opens=breaker(DRIFTED), closes=breaker(UP)),
    Detector(code=C.DEAD_LETTER, severity=S.S2, queue=Q.INTEGRATION, hours=1,
             suggested=("deadLetterReplay", "deadLetterDiscard"), opens=dead, closes=replayed),
    Detector(code=C.ORDER_STUCK, severity=S.S2, queue=Q.CS, hours=4,
             suggested=("orderReleaseToWarehouse", "orderCancel", "orderNoteAdd"), opens=stuck,
             closes=told(status="COMPLETED")),
)  # fmt: skip


@pytest.mark.parametrize("one", TABLE, ids=lambda one: one.code.value)
async def test_a_case_opens_with_all_that_is_needed_and_closes_by_itself(store: Store, one: Detector) -> None:
    lands = landscape()
    expects = (SystemKind.ERP,) if one.code is C.SKU_MAPPING_MISSING else ()
    shop = replace(lands.sources[SHOP], expects=expects)
    hub = Looking(store, replace(lands, sources={**lands.sources, SHOP: shop}))
    await one.opens(hub)
    expected = (one.code, one.severity, one.queue, timedelta(hours=one.hours).total_seconds(), list(one.suggested))
    found = [row for row in await hub.rows(OPEN) if row[0] == one.code]
    assert [tuple(row) for row in found] == [expected] * one.times
    if one.closes is None:
        await hub.writer.write(CALL, Work(wake=await roots(hub)))
        assert len([row for row in await hub.rows(OPEN) if row[0] == one.code]) == one.times
        return
    await one.closes(hub)
    assert [row for row in await hub.rows(OPEN) if row[0] == one.code] == []
