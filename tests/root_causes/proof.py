"""Six houses of three rehearsed systems, a trouble in each, and one without; every order that is stopped must say why,
those of the last must blame nothing, and every trace must have each crossing that what is kept says there was, and one
to each of the systems that hold a document of the order: they are asked for that, not the hub.

Time is let pass by the database: a minute in which a delivery stands in line takes no minute here.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import asyncpg

from hub.demo import cast
from hub.errors import StoreBusy
from hub.model.cases import RootCause
from hub.store.cluster import Cluster
from sources.kit.rehearsal.faults import Fault, Trouble
from sources.vendure.rehearsal.state import Order
from tests.kit.demo import capturing, playing
from tests.kit.house import SOON, House

PART = replace(cast.PARTS[1], tenant="demo", prefix="", orders=4, customers=20, products=10)
UNMAPPED, KNOWN = "MUG-BLUE", "MUG"
PRICE, THERE = 750, (9_000, 9_000, 9_000, 9_000, 9_000)
LOOK, ENOUGH = 0.5, 900.0  # seconds
NOTHING = "-"
"""What a trace says of an order that nothing has stopped."""
HOPS = "query Hops($code: String!) { trace(by: {identifier: $code}) { hops { kind system } } }"
BROUGHT = frozenset({"WEBHOOK_IN", "SWEEP", "SOURCE_CALL"})
TRACES = """query Stuck($after: String) { traces(first: 50, after: $after) {
  nodes { state identifiers { scheme value } blocker { rootCause } missing } pageInfo { hasNextPage endCursor } } }"""
AGE = """update delivery set created_at = created_at - interval '2 minutes',
  claimed_at = claimed_at - interval '2 minutes',
  next_attempt_at = least(next_attempt_at, clock_timestamp() - interval '1 minute')
  where state in ('PENDING', 'CLAIMED', 'UNKNOWN') and created_at > clock_timestamp() - interval '1 minute'"""
SENT = """select count(distinct d.root_id) from delivery d join root r on r.tenant = d.tenant and r.id = d.root_id
  where r.managed_by = 'HUB' and d.action = :action and d.state in ('PENDING', 'CLAIMED', 'UNKNOWN')"""
ASKED = """select count(distinct d.root_id) from delivery d join root r on r.tenant = d.tenant and r.id = d.root_id
  where r.managed_by = 'HUB' and d.action = 'fulfillment.create' and d.state = 'DONE' and not exists (
    select from delivery o where o.tenant = r.tenant and o.root_id = r.id
      and o.state in ('PENDING', 'CLAIMED', 'UNKNOWN'))"""
CASES = """select count(distinct root_id) from exception_case where code = :code and closed_at is null"""
REST = "update lease set lanes_from = clock_timestamp() + interval '1 hour' where source = 'erp'"
DUE = "update delivery set confirm_by = clock_timestamp() where action = 'fulfillment.create'"
WAKE = """update root r set wake_at = clock_timestamp() where managed_by = 'HUB'
  and coalesce(wake_at, 'infinity') > clock_timestamp() and not exists (select from exception_case c
    where c.tenant = r.tenant and c.root_id = r.id and c.code = 'WMS_ACK_TIMEOUT' and c.closed_at is null)"""
LATER = """create function hub.later() returns trigger language plpgsql as $$ begin
    new.next_attempt_at := clock_timestamp() + interval '1 hour'; return new; end $$;
  create trigger later before insert on hub.delivery for each row when (new.action = 'invoice.post')
    execute function hub.later()"""
POST = """update delivery set next_attempt_at = clock_timestamp() - interval '1 minute'
  where action = 'invoice.post' and next_attempt_at > clock_timestamp()"""

Act = Callable[[House], Awaitable[None]]
Reached = Callable[[House, Sequence[Order]], Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One trouble: what is done before the orders come, and when it has stopped them all."""

    cause: str
    """The root cause that must be told, or NOTHING."""
    before: Act
    reached: Reached
    sku: str = "TSHIRT-M"


@dataclass(slots=True, kw_only=True)
class Findings:
    """What the traces said."""

    orders: int
    said: Counter[str] = field(default_factory=Counter)
    """How many orders named each cause; NOTHING where none was."""
    whole: int = 0
    """Traces without a crossing that left no hop, as the hub sees it."""
    crossed: int = 0
    """Traces with a crossing to each system that holds a document of the order."""

    def says(self, cause: str) -> bool:
        """Whether each of them said this, and lacked nothing that the hub knows of."""
        return self.said == Counter({cause: self.orders}) and self.whole == self.orders

    def is_right(self, cause: str) -> bool:
        """Whether each of them said this, and lacked nothing."""
        return self.says(cause) and self.crossed == self.orders


async def prove(cluster: Cluster, scenario: Scenario, orders: int) -> Findings:
    """Stop *orders* by the trouble, and read what their traces say."""
    found = Findings(orders=orders)
    async with playing(cluster, PART, carries=capturing) as hub:
        house = House(hub=hub)
        await scenario.before(house)
        placed = [house.place((scenario.sku, 1)) for _ in range(orders)]
        with suppress(TimeoutError):  # then the table says what was not reached
            await _until(lambda: scenario.reached(house, placed), house)
        await house.hub.do(AGE)
        with suppress(TimeoutError):  # hops are written a little behind what they tell of
            await _until(lambda: _is_right(house, placed, (found, scenario.cause)), house, 120.0)
        found.crossed = sum([await _has_crossed(house, order) for order in placed])
    return found


async def _until(holds: Callable[[], Awaitable[bool]], house: House, patience: float = ENOUGH) -> None:
    """A machine that is busy enough takes connections away from whoever looks: then it is looked at again."""
    async with asyncio.timeout(patience):
        while True:
            with suppress(StoreBusy):
                if await holds():
                    return
                await house.hub.do(SOON)
            await asyncio.sleep(LOOK)


async def _is_right(house: House, placed: Sequence[Order], asked: tuple[Findings, str]) -> bool:
    """Read every trace into the findings; whether they are as they should be."""
    found, cause = asked
    codes = {one.code for one in placed}
    said, whole = Counter[str](), 0
    after = None
    while True:
        page = (await house.hub.rep.data(TRACES, after=after))["traces"]
        for one in page["nodes"]:
            if not codes.isdisjoint(name["value"] for name in one["identifiers"]):
                said[one["blocker"]["rootCause"] if one["blocker"] else NOTHING] += 1
                whole += one["missing"] == []
        if not page["pageInfo"]["hasNextPage"]:
            found.said, found.whole = said, whole
            return found.says(cause)
        after = page["pageInfo"]["endCursor"]


async def _has_crossed(house: House, order: Order) -> bool:
    """Whether its trace tells how it came from the shop, and of a call to whoever has a document of it."""
    trace = (await house.hub.rep.data(HOPS, code=order.code))["trace"]
    told = {(one["system"], one["kind"]) for one in trace["hops"]} if trace else set()
    there = {"ERP": house.sales(order), "WMS": house.requests(order)}
    called = all((system, "SOURCE_CALL") in told for system, held in there.items() if held)
    return called and any(system == "COMMERCE" and kind in BROUGHT for system, kind in told)


def _suffers(role: cast.Role, fault: Fault) -> Act:
    async def suffer(house: House) -> None:
        house.hub.demo.faults(role).add(replace(fault))

    return suffer


async def _nothing(house: House) -> None:
    """All is well."""


async def _unmapped(house: House) -> None:
    house.hub.demo.scene.trio.shop.shop.offer(UNMAPPED, "Blue mug", PRICE, THERE)


async def _resting(house: House) -> None:
    """The ERP's lanes rest, as they do after a worker was lost: it is well, and nothing is sent."""
    await house.hub.do(REST)


async def _slow(house: House) -> None:
    """No post at the ERP is answered; none is sent before all are due, or the rest would stand behind the first."""
    await _suffers("erp", Fault(trouble=Trouble.HANG, holding="/post?f=state"))(house)
    owner = await asyncpg.connect(house.hub.urls.owner)
    try:
        await owner.execute(LATER)
    finally:
        await owner.close()


def _all_sent(action: str) -> Reached:
    async def reached(house: House, placed: Sequence[Order]) -> bool:
        ((number,),) = await house.rows(SENT, action=action)
        return bool(number == len(placed))

    return reached


def _all_cases(code: str) -> Reached:
    async def reached(house: House, placed: Sequence[Order]) -> bool:
        ((number,),) = await house.rows(CASES, code=code)
        return bool(number == len(placed))

    return reached


async def _at_the_warehouse(house: House, placed: Sequence[Order]) -> bool:
    """The ERP has all of it, and the warehouse has said yes to it."""
    ((number,),) = await house.rows(ASKED)
    return bool(number == len(placed))


async def _unanswered(house: House, placed: Sequence[Order]) -> bool:
    """The warehouse was asked for all of it, and the time in which it should have said yes is over."""
    await house.hub.do(DUE)
    await house.hub.do(WAKE)
    return await _all_cases("WMS_ACK_TIMEOUT")(house, placed)


async def _shipped(house: House, placed: Sequence[Order]) -> bool:
    """All of it has left the warehouse, and the ERP is to post what was shipped."""
    scene = house.director.trio.wms.scene
    for order in placed:
        for one in house.requests(order):
            if one.state == "waiting":
                scene.carry(one, "done", tracking=f"TRK-{order.code}", restock=True)
    if not await _all_sent("invoice.post")(house, placed):
        return False
    await house.hub.do(POST)
    return True


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(cause=NOTHING, before=_nothing, reached=_at_the_warehouse),
    Scenario(cause=RootCause.MAPPING, before=_unmapped, reached=_all_cases("SKU_MAPPING_MISSING"), sku=UNMAPPED),
    Scenario(
        cause=RootCause.API_THROTTLING,
        before=_suffers("erp", Fault(trouble=Trouble.THROTTLE, holding="sale.sale?f=id", retry_after="3000")),
        reached=_all_sent("order.create"),
    ),
    Scenario(cause=RootCause.BACKLOG, before=_resting, reached=_all_sent("order.create")),
    Scenario(
        cause=RootCause.WMS_ACK,
        before=_suffers("wms", Fault(trouble=Trouble.HANG, holding="stock.shipment.out.create")),
        reached=_unanswered,
    ),
    Scenario(
        cause=RootCause.ERP_POSTING_LATENCY,
        before=_slow,
        reached=_shipped,
    ),
    Scenario(
        cause=RootCause.SOURCE_OUTAGE,
        before=_suffers("erp", Fault(trouble=Trouble.REFUSE)),
        reached=_all_sent("order.create"),
    ),
)
