"""Streams over a fresh database with four sources."""

from collections.abc import AsyncIterator

import pytest

from hub.changes.relay import Relay
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from tests.kit.graph import graph_over
from tests.kit.listening import Listening
from tests.kit.merging import Looking, landscape
from tests.kit.recorder import ListRecorder


@pytest.fixture
async def hub(store: Store, serving: Store, tailing: Store, database: RoleUrls) -> AsyncIterator[Listening]:
    sources = landscape()
    async with open_store(database, Role.WORK, size=1) as own:
        relay = Relay(own, "test", ListRecorder())
        await relay.turn()
        yield Listening(
            graph=graph_over((store, serving, tailing), sources), looking=Looking(store, sources), relay=relay
        )
