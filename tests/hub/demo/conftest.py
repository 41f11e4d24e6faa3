"""A small scene of the busy tenant, for whoever only looks at it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from hub.clock import SystemClock
from hub.demo.cast import PARTS
from hub.demo.scene import Scene, make_scene

SMALL = replace(PARTS[0], orders=160, customers=150, products=20)


@pytest.fixture(scope="package")
def scene() -> Iterator[Scene]:
    """Read only. Not async: its loop would be that of the tests of other folders, which bring their own."""
    made = make_scene(SMALL, SystemClock())
    yield made
    asyncio.run(made.trio.close())
