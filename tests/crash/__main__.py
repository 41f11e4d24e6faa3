"""`python -m tests.crash run --seeds 100 [--first N]`, `... bugs`, `... one SEED`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.crash.chance import plan
from tests.crash.lane import lane
from tests.crash.seed import run_seed


async def one(*seeds: int) -> None:
    async with lane() as where:
        for seed in seeds:
            room = Path(tempfile.mkdtemp(prefix=f"seed-{seed}-"))
            outcome = await run_seed(plan(seed), where, room)
            print(
                seed,
                room,
                round(outcome.seconds, 1),
                outcome.kills,
                [(e.name, e.point) for e in outcome.ends],
                flush=True,
            )
            for v in outcome.violations:
                print("    ", v)


asyncio.run(one(*range(int(sys.argv[1]), int(sys.argv[2]))))
