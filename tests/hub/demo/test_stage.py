"""The demo as somebody runs it: from nothing to what it prints, until Ctrl-C."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path

from tests.kit.commands import Ended, Folder, end, roomy


async def test_everything_that_is_printed_works_until_ctrl_c(home: Path) -> None:
    folder = Folder(path=roomy(home), environ={})
    async with folder.running("demo", "--orders", "50", "--port", "0") as process:
        assert process.stdout is not None
        printed = (await process.stdout.readuntil(b"Everything is loaded")).decode()
        assert "opshub search PO-ACME-7781" in printed
        found, followed, broken = await asyncio.gather(
            folder.run("search", "PO-ACME-7781"), folder.run("trace", "INV-20017"), folder.run("demo", "break", "erp")
        )
        assert (found.code, "SO-10042" in found.out, found.err) == (0, True, "")
        assert (followed.code, "SWEEP" in followed.out, followed.err) == (0, True, "")
        assert broken == Ended(code=0, out="erp is broken: it answers 503\n", err="")
        told = await end(process, signal.SIGINT)
    assert told.code == 0
    assert told.out.strip().endswith("Ending.")
    assert {json.loads(line)["level"] for line in told.err.splitlines()} <= {"warning"}  # of what was broken
    left = sorted(path.name for path in (home / ".opshub").iterdir())
    assert left == ["demo"]
