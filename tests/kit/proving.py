"""The command line of a proof: a few numbers, or what is usual; its table goes to standard output, warnings beside."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from hub.clock import SystemClock
from hub.settings import LogSettings
from hub.telemetry import configure


def numbers(program: str, words: str | None, arguments: Sequence[str], **usual: int) -> list[int]:
    """What somebody typed behind `python -m program`; from here on only warnings are logged, to standard error."""
    parser = argparse.ArgumentParser(prog=f"python -m {program}", description=words)
    for name, number in usual.items():
        parser.add_argument(name, nargs="?", type=int, default=number)
    given = parser.parse_args(arguments)
    configure(LogSettings(level="warning"), SystemClock(), sys.stderr)
    return [getattr(given, name) for name in usual]
