"""C4 to C7: no change is lost, whatever happens while a sweep is on its way."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from hub.errors import CursorExpired
from hub.model.observation import Content
from hub.model.vocabulary import Kind
from hub.ports import Adapter, ChangePage
from sources.kit.checks.bench import Bench, by_line, expect, raised

ROUNDS = 2
WRITES = 2
SKEWS = (0.0, 120.0, -120.0)
FAR = timedelta(days=400)
_GARBAGE: tuple[dict[str, Any], ...] = (
    {},
    {"x": 1},
    {"seen": 7},
    {"seen": "yesterday"},
    {"was": "1,2", "now": []},
    {"was": [], "now": [], "at": {"at": "never", "ties": 0}},
    {"seen": "2026-01-01T00:00:00Z", "back": {"at": "x"}},
)


async def no_change_is_lost(bench: Bench) -> None:
    """Placed, shipped, delivered, cut while pages are read, some in one instant, under a wrong clock: all is seen."""
    for seed, skew in enumerate(SKEWS):
        watch = _Watch(bench, random.Random(seed))  # noqa: S311 - cases, not secrets
        async with bench.adapter(page=8, skew=skew) as adapter:
            for _ in range(ROUNDS):
                await watch.round(adapter, writes=WRITES)
            await watch.round(adapter, writes=0)
            for order in watch.mine:
                now = await bench.content(adapter, order)
                expect(order in watch.seen, f"order {order} was never seen by a sweep (clock {skew:+} s)")
                expect(watch.seen[order] == now, f"the last change of order {order} was never seen (clock {skew:+} s)")


async def a_killed_sweep_resumes(bench: Bench) -> None:
    """A page that was read and not kept is read again: from every cursor, all that was listed comes."""
    for _ in range(5):
        await bench.stage.place(1)
    async with bench.adapter(page=3) as adapter:
        for sweep in adapter.describe().sweeps[bench.kind]:
            pages, _ = await bench.walk(adapter, sweep.name)
            whole = _ids(pages, bench.kind)
            # what is younger than the overlap would come again even so: the cursors themselves must tell
            expect(len(pages) > 1, f"{sweep.name} read three to a page has one page of {len(whole)} objects")
            early = [page for page in pages[:-1] if page.cursor == pages[-1].cursor]
            expect(not early, f"{sweep.name}: a page in the middle bears the cursor of the end")
            for kept in range(1, min(len(pages), 4)):
                rest, _ = await bench.walk(adapter, sweep.name, pages[kept - 1].cursor)
                lost = whole - _ids(pages[:kept], bench.kind) - _ids(rest, bench.kind)
                expect(not lost, f"{sweep.name} resumed after page {kept} loses {sorted(lost)}")


async def a_strange_cursor_expires(bench: Bench) -> None:
    """Garbage and a cursor from the future are answered by CursorExpired: a fresh sweep, never silence."""
    await bench.stage.place(1)
    async with bench.adapter() as adapter:
        for sweep in adapter.describe().sweeps[bench.kind]:
            for garbage in _GARBAGE:
                if garbage or sweep.strategy.value != "SNAPSHOT":  # an empty snapshot cursor is a run's beginning
                    act = _first(adapter, bench, sweep.name, garbage)
                    await raised(act, CursorExpired, f"{sweep.name} from {garbage}")
            _, cursor = await bench.walk(adapter, sweep.name)
            future, moved = _later(cursor)
            if moved:
                await raised(_first(adapter, bench, sweep.name, future), CursorExpired, f"{sweep.name} from the future")


async def deletes_are_declared(bench: Bench) -> None:
    """What no sweep notices is said in the manifest, with a reason a person understands."""
    async with bench.adapter() as adapter:
        manifest = adapter.describe()
    for kind, sweeps in manifest.sweeps.items():
        noticed = any(sweep.detects_deletes for sweep in sweeps)
        reason = manifest.absent.get(f"{kind.value.lower()}.deletes", "")
        expect(noticed or reason, f"no sweep of {kind.value} notices deletes, and `absent` does not say why")


class _Watch:
    """Runs the sweeps as the hub would, and remembers what it saw last of each order."""

    def __init__(self, bench: Bench, dice: random.Random) -> None:
        self._bench, self._dice = bench, dice
        self._cursors: dict[str, Mapping[str, Any]] = {}
        self.mine: list[str] = []
        self.seen: dict[str, Content | None] = {}

    async def round(self, adapter: Adapter, *, writes: int) -> None:
        """One run of every sweep with *writes* between its first pages."""
        kind = self._bench.kind
        for sweep in adapter.describe().sweeps[kind]:
            left = writes
            async for page in adapter.changes(self._bench.call, kind, sweep.name, self._cursors.get(sweep.name)):
                self._cursors[sweep.name] = page.cursor
                expect(not page.failed, f"a sweep could not read {page.failed}")
                self.seen.update((seen.source_id, seen.content) for seen in page.found if seen.kind is kind)
                if left:
                    left -= 1
                    await self._write(parts=by_line(adapter))
            while left:
                left -= 1
                await self._write(parts=by_line(adapter))

    async def _write(self, *, parts: bool) -> None:
        stage, dice = self._bench.stage, self._dice
        throw = dice.random()
        if throw < 0.4 or not self.mine:
            self.mine.extend(
                await asyncio.gather(*(stage.place(dice.randint(2, 5)) for _ in range(dice.randint(1, 3))))
            )
            return
        order = dice.choice(self.mine)
        truth = await stage.truth(order)
        lines = [line for line, stands in truth.lines.items() if stands.left > 1]
        if throw < 0.6 and lines and (parts or not truth.parcels):
            await stage.take_off(order, dice.choice(lines), 1)
        elif truth.parcels:
            await stage.deliver(order)
        elif lines:
            await stage.ship(order)


def _ids(pages: list[ChangePage], kind: Kind) -> set[str]:
    return {seen.source_id for page in pages for seen in page.found if seen.kind is kind}


async def _first(adapter: Adapter, bench: Bench, sweep: str, cursor: Mapping[str, Any]) -> ChangePage | None:
    async for page in adapter.changes(bench.call, bench.kind, sweep, cursor):
        return page
    return None


def _later(value: Any) -> tuple[Any, bool]:  # Any: a cursor's JSON
    if isinstance(value, str):
        try:
            moved = datetime.fromisoformat(value) + FAR
        except ValueError:
            return value, False
        return moved.isoformat(timespec="milliseconds"), True
    if isinstance(value, Mapping):
        parts = {key: _later(one) for key, one in value.items()}
        return {key: one for key, (one, _) in parts.items()}, any(moved for _, moved in parts.values())
    return value, False
