"""Becomes a program that runs as somebody unprivileged and does not outlive its parent. A script.

    python -I -S child.py PARENT UID GID PROGRAM ARGUMENT...

UID and GID may be `-`: stay who we are. On Linux the kernel sends SIGINT (for PostgreSQL: a fast, clean shutdown) when
the thread that started us ends, `kill -9` included. It is a script and not a `preexec_fn`, because Python code between
fork and exec can deadlock in a process that has threads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def become(parent: int, uid: str, gid: str, command: list[str]) -> None:
    """Drop to *uid* and *gid*, tie our life to *parent*, turn into *command*; returns only where that failed."""
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    os.umask(0o077)
    if uid != "-":
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    if libc is not None:  # after setuid, which clears it
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
    if os.getppid() != parent:  # it died before the kernel knew
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 (no shell is what we want)


if __name__ == "__main__":
    become(int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:])
