"""The demo as somebody runs it: from nothing to what it prints, broken and healed, until Ctrl-C."""

from __future__ import annotations

import asyncio
import re
import signal
from pathlib import Path

from tests.kit.commands import Ended, Folder, end, roomy


async def test_everything_that_is_printed_works_until_ctrl_c(home: Path) -> None:
    folder = Folder(path=roomy(home), environ={})
    async with folder.running("demo", "--orders", "100", "--port", "0") as process:
        assert process.stdout is not None
        printed = (await process.stdout.readuntil(b"Ctrl-C ends everything.")).decode()
        (code, tracking), (open_,) = (
            re.findall(r"opshub search (\w+)", printed),
            re.findall(r"opshub trace (\w+)", printed),
        )
        found, followed, broken = await asyncio.gather(
            folder.run("search", tracking), folder.run("trace", open_), folder.run("demo", "break", "shop")
        )
        assert (found.code, code in found.out, found.err) == (0, True, "")
        assert (followed.code, "SWEEP" in followed.out, followed.err) == (0, True, "")
        assert broken == Ended(code=0, out="shop is broken: it answers 503\n", err="")
        told = await end(process, signal.SIGINT)
    assert (told.code, told.out.strip(), told.err) == (0, "Ending.", "")
    left = sorted(path.name for path in (home / ".opshub").iterdir())
    assert left == ["demo"]
