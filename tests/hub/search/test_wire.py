"""Which engine, if any."""

from __future__ import annotations

from hub.search.wire import wire_of
from hub.settings import SearchSettings


async def test_without_a_url_there_is_none() -> None:
    assert wire_of(SearchSettings()) is None
    wire = wire_of(SearchSettings(url="http://127.0.0.1:1"))
    assert wire is not None
    await wire.close()
