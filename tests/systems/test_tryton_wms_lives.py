"""One life of a shipment, a return and a transfer, lived through the API of the rehearsal and of a real Tryton 6.0:
after each step the adapter says the same of both."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from hub.clock import SystemClock
from hub.model.observation import Content
from hub.model.vocabulary import Kind
from hub.ports import Adapter, Found, SourceCall
from hub.settings import Secret
from sources.kit.serve import serving
from sources.tryton_wms.adapter import TrytonWmsSettings, connect
from sources.tryton_wms.rehearsal.hands import Hands
from sources.tryton_wms.rehearsal.stand import DATABASE, make_stand
from tests.systems.postgres import Postgres
from tests.systems.tryton_wms.seed import PASSWORD, USER
from tests.systems.tryton_wms.start import TrytonWms, running_tryton_wms

CALL = SourceCall(tenant="t", source="wms", correlation_id="life", patience=60)
DAY = {"__class__": "date", "year": 2026, "month": 11, "day": 21}
Told = tuple[object, ...]


@dataclass(slots=True)
class Life:
    """One warehouse, its people, and what the adapter said of it."""

    hands: Hands
    adapter: Adapter
    told: list[tuple[str, Told]] = field(default_factory=list)
    before: dict[str, tuple[Decimal, ...]] = field(default_factory=dict)

    async def live(self) -> list[tuple[str, Told]]:
        """Everything that was said, step by step."""
        self.before = await self.stock()
        await self.fulfil()
        await self.come_back()
        await self.go_over()
        return self.told

    async def fulfil(self) -> None:
        """Short at first, then given up; another one goes out in a parcel."""
        short = await self.create("out", self.moves("outgoing_moves", [("LAPTOP", 5), ("MUG", 2)], ("OUT", "CUS")))
        await self.tell("draft", Kind.SHIPMENT, short)
        for step in ("wait", "assign_try", "cancel"):
            await self.step("out", step, short)
            await self.tell(step, Kind.SHIPMENT, short)
        whole = await self.create(
            "out", self.moves("outgoing_moves", [("TSHIRT-M", 70), ("FLOUR", 0.3)], ("OUT", "CUS"))
        )
        for step in ("wait", "assign_try", "pick"):
            await self.step("out", step, whole)
            await self.tell(step, Kind.SHIPMENT, whole)
        await self.hands.parcel(str(whole), "TRK-1")
        await self.tell("parcel", Kind.FULFILLMENT_ORDER, whole)
        for step in ("pack", "done", "cancel"):
            await self.step("out", step, whole)
            await self.tell(step, Kind.SHIPMENT, whole)

    async def come_back(self) -> None:
        """Received, then put away."""
        back = await self.create("out.return", self.moves("incoming_moves", [("TSHIRT-M", 2)], ("CUS", "IN")))
        await self.tell("expected", Kind.RETURN, back)
        for step in ("receive", "done"):
            await self.step("out.return", step, back)
            await self.tell(step, Kind.RETURN, back)

    async def go_over(self) -> None:
        """From one warehouse to the other."""
        values = self.moves("moves", [("MUG", 10)], ("STO", "EAST"))
        road = await self.create("internal", values)
        for step in ("wait", "assign_try", "done"):
            await self.step("internal", step, road)
            await self.tell(step, Kind.TRANSFER, road)

    async def step(self, model: str, name: str, one: int) -> None:
        await self.hands.rpc(f"model.stock.shipment.{model}.{name}", [one])

    def moves(self, name: str, lines: list[tuple[str, float]], way: tuple[str, str]) -> dict[str, Any]:  # Any: JSON
        """Moves to create: items and places are named, and looked up when they are sent."""
        return {name: [{"product": code, "quantity": float(units), "way": way} for code, units in lines]}

    async def create(self, model: str, given: dict[str, Any]) -> int:  # Any: JSON
        ((name, lines),) = given.items()
        places = {row["code"]: row for row in await self.hands.rows("stock.location", [], ["code", "storage_location"])}
        place = {code: row["id"] for code, row in places.items()} | {"EAST": places["WH-EAST"]["storage_location"]}
        items = {row["code"]: row for row in await self.hands.rows("product.product", [], ["code", "default_uom"])}
        (company,) = await self.hands.rows("company.company", [], ["currency"])
        price = {"unit_price": {"__class__": "Decimal", "decimal": "0"}, "currency": company["currency"]}
        made = [
            {
                "product": items[line["product"]]["id"], "uom": items[line["product"]]["default_uom"],
                "quantity": line["quantity"], "from_location": place[line["way"][0]],
                "to_location": place[line["way"][1]], **({} if model == "internal" else price),
            }
            for line in lines
        ]  # fmt: skip
        if model == "internal":
            head = {"from_location": place["STO"], "to_location": place["EAST"], "planned_date": DAY,
                    "planned_start_date": DAY}  # fmt: skip
        else:
            (web,) = await self.hands.rows("party.party", [["code", "=", "WEB"]], ["addresses"])
            head = {"customer": web["id"], "delivery_address": web["addresses"][0], "warehouse": place["WH"],
                    "reference": "LIFE/7"}  # fmt: skip
        (one,) = await self.hands.rpc(f"model.stock.shipment.{model}.create", [{**head, name: [["create", made]]}])
        return int(one)

    async def tell(self, step: str, kind: Kind, one: int) -> None:
        """Write down what the adapter says now, without ids, numbers and dates; and how stock differs."""
        found = (await self.adapter.read(CALL, kind, [str(one)]))[str(one)]
        assert isinstance(found, Found), step
        contents = [seen.content for seen in found.seen]
        differs = {
            name: tuple(now - then for now, then in zip(figures, self.before[name], strict=True))
            for name, figures in (await self.stock()).items()
        }
        moved = {name: figures for name, figures in differs.items() if any(figures)}
        self.told.append((step, (*(_bare(content) for content in contents if content), moved)))

    async def stock(self) -> dict[str, tuple[Decimal, ...]]:
        """Every figure, by `item warehouse`."""
        found = {}
        async for page in self.adapter.changes(CALL, Kind.INVENTORY, "all", None):
            for seen in page.found:
                assert seen.content is not None
                assert seen.content.inventory is not None
                assert seen.content.inventory.figures is not None
                name = " ".join(key.value for key in seen.content.refers)
                found[name] = tuple(figure.value for figure in seen.content.inventory.figures.told)
        return found


def _bare(content: Content) -> Told:
    lines = sorted((line.sku, line.unit, line.description, repr(line.quantities)) for line in content.lines)
    return (
        content.raw_status,
        content.status,
        content.refers,
        content.bears,
        [(package.tracking_number, package.status) for package in content.packages],
        [claim.milestone for claim in content.milestones],
        lines,
    )


@asynccontextmanager
async def life(url: str, database: str, user: str, password: str) -> AsyncIterator[Life]:
    secret = Secret(password)
    hands = Hands(url, database=database, user=user, password=secret)
    settings = TrytonWmsSettings(user=user, password=secret, database=database)
    adapter = connect(settings, url=url, source="wms", clock=SystemClock())
    await adapter.login(CALL)
    try:
        yield Life(hands, adapter)
    finally:
        await hands.close()
        await adapter.close()


@pytest.fixture
def fresh(postgres: Postgres) -> Iterator[TrytonWms]:
    """A server of its own: its stock is what was seeded."""
    with running_tryton_wms(postgres) as server:
        yield server


async def test_the_rehearsal_lives_as_the_real_one_does(fresh: TrytonWms) -> None:
    stand = make_stand(SystemClock(), user=USER, password=Secret(PASSWORD))
    stand.scene.seed()
    async with serving(stand.app) as url, life(url, DATABASE, USER, PASSWORD) as rehearsed:
        expected = await rehearsed.live()
    async with life(fresh.url, fresh.database, fresh.user, fresh.password) as real:
        found = await real.live()
    assert [step for step, _ in found] == [step for step, _ in expected]
    for (step, mine), (_, theirs) in zip(expected, found, strict=True):
        assert mine == theirs, f"after {step} the rehearsal differs from the real server"
