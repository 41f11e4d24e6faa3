"""Run the audit and the clients: `python -m tests.audit.run [URL KEY SUBSCRIPTION]`; by default on the sample.

Then, on a hub of its own, what clients hold that are dropped and resume.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

from tests.audit import resume
from tests.resolvers.endpoint.process import sample_server

HERE = Path(__file__).parent
LOCK, INSTALLED = HERE / "package-lock.json", HERE / "node_modules" / ".lock-installed"
SAMPLE = ("good-key", "subscription { count(to: 3) { cursor value } }")


def main(arguments: list[str]) -> int:
    """0 when all is well, else the exit code of what was not."""
    install()
    given = nullcontext(arguments[0]) if arguments else sample_server()
    with given as server:
        url = server if isinstance(server, str) else f"{server.url}/graphql"
        key, subscription = arguments[1:3] if arguments else SAMPLE
        audit = subprocess.run(["node", "audit.mjs", url, key], cwd=HERE, check=False)  # noqa: S607  found by PATH
        clients = subprocess.run(["node", "clients.mjs", url, key, subscription], cwd=HERE, check=False)  # noqa: S607  found by PATH
    return audit.returncode or clients.returncode or (0 if arguments else resume.main())


def install() -> None:
    """Have in `node_modules` exactly what the lock file names; nothing to do where that is what was installed last."""
    if INSTALLED.is_file() and INSTALLED.read_bytes() == LOCK.read_bytes():
        return
    subprocess.run(["npm", "ci", "--silent", "--no-fund", "--no-audit"], cwd=HERE, check=True)  # noqa: S607  found by PATH
    shutil.copyfile(LOCK, INSTALLED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
