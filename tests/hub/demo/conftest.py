"""A small scene of the busy tenant, for whoever only looks at it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from hub.clock import SystemClock
from hub.demo.cast import PARTS
from hub.demo.scene import Scene, make_scene

SMALL = replace(PARTS[0], orders=160, customers=150, products=20)


@pytest.fixture(scope="package")
async def scene() -> AsyncIterator[Scene]:
    """Read only."""
    made = make_scene(SMALL, SystemClock())
    yield made
    await made.trio.close()
