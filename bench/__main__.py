"""The bench table, or the benchmarks named: `python -m bench [NAME ...]`, each in a process of its own; 0 if all kept
their budgets. The table takes less than ten minutes; the machine should have nothing else to do."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from bench.kit.machine import busy, machine

HERE = Path(__file__).parent
TABLE = ("peers", "one_writer", "reading", "bombs")
"""Reading beside its peers, writing, reading without HTTP, and what a hostile document costs."""


def main(wanted: list[str]) -> int:
    """0 if all kept their budgets, 1 if not, 2 for a name that is none."""
    known = sorted(path.stem for path in HERE.glob("*.py") if path.name != "__main__.py")
    strangers = sorted(set(wanted) - set(known))
    if strangers:
        print(f"no benchmark called {', '.join(strangers)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    print(machine())
    began = time.monotonic()
    missed = [name for name in wanted or TABLE if not kept(name)]
    others = ", ".join(sorted({*known} - {*TABLE}))
    print(f"\ntook {(time.monotonic() - began) / 60:.1f} min, {busy()}; there are also {others}")
    if missed:
        print(f"\nmissed: {', '.join(missed)}", file=sys.stderr)
    return min(len(missed), 1)


def kept(name: str) -> bool:
    """Whether the benchmark ran well and kept its budget."""
    print(f"\n== {name}", flush=True)
    return subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
