"""Who works in the warehouse: takes on what was asked for by nobody of the stories, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from hub.clock import SystemClock
from hub.demo.cast import PARTS
from hub.demo.scene import Scene, make_scene
from sources.tryton_wms.rehearsal.state import OUT, Shipment


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    made = make_scene(replace(PARTS[0], orders=60, customers=150, products=20), SystemClock())
    yield made
    await made.trio.close()


def states(scene: Scene) -> list[str]:
    rows = scene.trio.wms.depot.tables.rows(OUT)
    return [one.state for one in rows if isinstance(one, Shipment)]


async def test_what_the_hub_asks_for_leaves_step_by_step_and_the_stories_stand_still(scene: Scene) -> None:
    before = states(scene)
    assert scene.hands.step() == ()
    asked = scene.trio.wms.scene.take_in("H1/41", [("MUG", 2)])
    found = []
    while scene.hands.step() == ("H1/41",):
        found.append(asked.state)
    assert found == ["assigned", "picked", "packed", "done"]
    assert len(asked.packages) == 1
    assert states(scene)[:-1] == before


async def test_what_is_short_or_given_up_waits(scene: Scene) -> None:
    short = scene.trio.wms.scene.take_in("H2/42", [("LAPTOP", 99)])
    given_up = scene.trio.wms.scene.cancel(scene.trio.wms.scene.take_in("H3/43", [("MUG", 1)]))
    assert (scene.hands.step(), short.state, given_up.state) == ((), "waiting", "cancelled")
