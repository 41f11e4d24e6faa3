"""The hub loads what was there before, lives through days of it and writes nothing; one new order it carries on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from hub.clock import SystemClock
from hub.settings import Settings
from hub.store.cluster import Cluster
from tests.connect_existing.scene import documents, stages, trade, trading, work
from tests.kit.demo import capturing, playing
from tests.kit.house import SOON, House, carried
from tests.kit.journal import Journal
from tests.kit.wait import until_so

ROUNDS = 4
"""How often time passes, and everything is looked at again."""
AGES = "3 days"
AGING: Mapping[str, Sequence[str]] = {
    "record": ("started", "finished", "first_seen_at"),
    "absence": ("started", "finished"),
    "milestone": ("started", "finished", "first_seen_at"),
    "entity": ("status_since", "updated_at"),
    "exception_case": ("first_seen_at", "last_seen_at", "sla_due_at"),
    "reservation": ("created_at", "acknowledged_at", "expires_at"),
}
"""What the hub dates by its own clock: set back, as if so much time had passed."""
AWAKE = "update root set wake_at = clock_timestamp() - interval '1 second'"
REST = "select count(*) from root where wake_at <= clock_timestamp()"
CASES = "select code, count(*) from exception_case where closed_at is null group by code order by code"
HANDLED = frozenset(
    {"STOCKOUT", "PARTIAL_PICK", "FO_REJECTED", "WMS_ACK_TIMEOUT", "ERP_REJECTED", "CANCEL_TOO_LATE", "ADDRESS_INVALID",
     "ADAPTER_BREAKER_OPEN", "DEAD_LETTER", "OVERSOLD"}
)  # fmt: skip
"""Cases of orders that the hub carries, and of what it writes: none of them may be open."""


@dataclass(slots=True, kw_only=True)
class Findings:
    """What was seen."""

    stages: Counter[str]
    """Orders that were there before, by stage."""
    worked: int = 0
    """Orders of before that people took a step further while the hub looked on."""
    loaded: int = 0
    """Order roots that the hub knows of, before the new one."""
    reads: Counter[str] = field(default_factory=Counter)
    writes: Counter[str] = field(default_factory=Counter)
    """By system, until the new order was placed."""
    deliveries: int = 0
    managed: int = 0
    commands: int = 0
    cases: dict[str, int] = field(default_factory=dict)
    code: str = ""
    """Of the new order."""
    then: Counter[str] = field(default_factory=Counter)
    """Writes for the new order, by system."""
    states: dict[str, int] = field(default_factory=dict)
    """Its deliveries."""
    others: int = 0
    """Deliveries of anything else."""
    changed: int = 0
    """Documents of before that are not as they were."""

    @property
    def holds(self) -> bool:
        """Not one effect on what was there, and the new order at its end in all three."""
        silent = not self.writes and self.deliveries == self.managed == self.commands == 0
        untouched = self.others == self.changed == 0 and not HANDLED & set(self.cases)
        carried_on = set(self.then) == {"shop", "erp", "wms"} and set(self.states) == {"DONE"}
        return silent and untouched and carried_on and self.loaded >= sum(self.stages.values())


def carrying(wanted: Settings, since: datetime) -> Settings:
    """A hub that captures from now on, and tells the shop nothing of its stock: any write is one too many."""
    known = capturing(wanted, since)
    channels = {name: replace(one, publish_stock=False) for name, one in known.channels.items()}
    return replace(known, channels=channels)


async def connect(cluster: Cluster, orders: int, *, patience: float = 240.0) -> Findings:
    """Fill three systems with *orders*, connect the hub, let days pass, then place one order more."""
    journal = Journal()
    scene = trade(orders, SystemClock())
    systems = trading(scene, journal)
    async with playing(cluster, scene.part, patience=patience, carries=carrying, systems=systems) as hub:
        house, found = House(hub=hub), Findings(stages=stages(scene))
        for number in range(ROUNDS):
            if number == ROUNDS // 2:
                found.worked = work(scene)
            await _days_pass(house)
        before = documents(scene.trio)
        await _count(house, found)
        found.reads, found.writes = journal.read.copy(), journal.counts()
        await _one_more(house, found)
        found.then = journal.counts() - found.writes
        after = documents(scene.trio)
        found.changed = sum(after.get(name) != stood for name, stood in before.items())
    return found


async def _days_pass(house: House) -> None:
    """Everything the hub knows is older, every sweep and every root is due; return once all were looked at."""
    for table, columns in AGING.items():
        older = ", ".join(f"{column} = {column} - interval '{AGES}'" for column in columns)
        await house.hub.do(f"update {table} set {older}")  # noqa: S608 (names of our own)
    await house.hub.do(SOON)
    await house.hub.do(AWAKE)
    await until_so(lambda: _rests(house))


async def _rests(house: House) -> bool:
    ((awake,),) = await house.rows(REST)
    return int(awake) == 0


async def _count(house: House, found: Findings) -> None:
    found.loaded = (await house.rows("select count(*) from root where kind = 'ORDER'"))[0][0]
    found.deliveries = (await house.rows("select count(*) from delivery"))[0][0]
    found.managed = (await house.rows("select count(*) from root where managed_by = 'HUB'"))[0][0]
    found.commands = (await house.rows("select count(*) from command"))[0][0]
    found.cases = {row[0]: row[1] for row in await house.rows(CASES)}


async def _one_more(house: House, found: Findings) -> None:
    """An order placed after the baseline goes all the way: what was silent was not deaf."""
    order = house.place(("MUG", 2), ("TSHIRT-M", 3))
    found.code = order.code
    await carried(house, order)
    mine = """select state, count(*) from delivery d join root r on r.tenant = d.tenant and r.id = d.root_id
      where r.managed_by = 'HUB' group by state"""
    found.states = {row[0]: row[1] for row in await house.rows(mine)}
    found.others = (await house.rows("select count(*) from delivery"))[0][0] - sum(found.states.values())
