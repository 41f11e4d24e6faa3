"""Every benchmark, or those named, each in a process of its own: `python -m bench [NAME ...]`; 0 if all kept theirs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main(wanted: list[str]) -> int:
    """0 if all kept their budgets, 1 if not, 2 for a name that is none."""
    known = sorted(path.stem for path in HERE.glob("*.py") if path.name != "__main__.py")
    strangers = sorted(set(wanted) - set(known))
    if strangers:
        print(f"no benchmark called {', '.join(strangers)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    missed = [name for name in wanted or known if not kept(name)]
    if missed:
        print(f"\nmissed: {', '.join(missed)}", file=sys.stderr)
    return min(len(missed), 1)


def kept(name: str) -> bool:
    """Whether the benchmark ran well and kept its budget."""
    print(f"\n== {name}", flush=True)
    return subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
