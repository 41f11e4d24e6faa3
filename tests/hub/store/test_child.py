"""A child that does not outlive its parent (design D14)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from hub.store.cluster import as_user

GRANDCHILD = ["/bin/sh", "-c", "echo $$; exec sleep 600"]
PARENT = """
import subprocess, sys
from hub.store.cluster import as_user
subprocess.Popen(as_user(None, ["/bin/sh", "-c", "echo $$; exec sleep 600"])).wait()
"""


def is_running(pid: int) -> bool:
    """Whether it runs: one that has ended stays known until whoever inherited it takes note, which may take long."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z")


def test_kill_nine_of_the_parent_ends_the_child_where_the_kernel_tells_it() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_running(child)
        parent.kill()
        parent.wait()
        for _ in range(1000 if sys.platform == "linux" else 1):
            if not is_running(child):
                break
            time.sleep(0.01)
        else:
            os.kill(child, signal.SIGKILL)
            assert sys.platform != "linux"


def test_the_child_is_the_program_itself_and_its_files_are_private() -> None:
    with subprocess.Popen(as_user(None, GRANDCHILD), stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert int(child.stdout.readline()) == child.pid
        child.send_signal(signal.SIGTERM)
    mask = subprocess.run(as_user(None, ["/bin/sh", "-c", "umask"]), capture_output=True, text=True, check=True)
    assert mask.stdout.strip() == "0077"


def test_a_child_whose_parent_is_gone_already_starts_nothing() -> None:
    command = as_user(None, ["/bin/echo", "started"])
    command[command.index(str(os.getpid()))] = "1"
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (1, "")


def test_root_becomes_somebody_unprivileged_without_groups() -> None:
    who = "-" if os.geteuid() != 0 else "65534"
    command = as_user(None, ["/usr/bin/id", "-u"])
    at = command.index("-", command.index(str(os.getpid())))
    command[at : at + 2] = [who, who]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == (str(os.getuid()) if who == "-" else who)
