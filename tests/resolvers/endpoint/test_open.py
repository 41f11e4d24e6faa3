from __future__ import annotations

import asyncio

from hub.call import Call
from resolvers.endpoint.open import OpenStreams

REP = Call(actor="rep", tenant="acme", correlation_id="c")
OTHER = Call(actor="rep", tenant="beta", correlation_id="c")


def test_streams_are_counted_per_principal() -> None:
    streams = OpenStreams(per_principal=1)
    with streams.entered(REP):
        assert (streams.count, streams.has_room(REP), streams.has_room(OTHER)) == (1, False, True)
    assert (streams.count, streams.has_room(REP)) == (0, True)


async def test_draining_waits_for_those_who_leave_and_counts_those_who_stay() -> None:
    streams = OpenStreams(per_principal=5)

    async def polite() -> None:
        left = asyncio.Event()
        with streams.entered(REP, left.set):
            await left.wait()

    task = asyncio.create_task(polite())
    await asyncio.sleep(0)
    with streams.entered(OTHER):
        assert await streams.drain(0.01) == 1
    await task
    assert (await streams.drain(0.01), streams.is_leaving) == (0, True)
