"""The programs of PostgreSQL, and who can reach them (design D14)."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from hub.store.binaries import INSTALL, LIBRARIES, PACKAGE, OsUser, installed, os_user, passable, programs, reachable

STRANGER = OsUser(name="stranger", uid=65533, gid=65533)


@pytest.fixture
def hidden(home: Path) -> Path:
    """The binaries in a folder that only we may pass."""
    package = installed()
    folder = home / "site-packages"
    folder.mkdir(mode=0o700)
    shutil.copytree(package / INSTALL / "bin", folder / PACKAGE / INSTALL / "bin", ignore=shutil.ignore_patterns("pg*"))
    shutil.copytree(package / INSTALL / "share", folder / PACKAGE / INSTALL / "share")
    shutil.copytree(package.parent / LIBRARIES, folder / LIBRARIES)
    return folder / PACKAGE


def test_we_reach_everything_and_a_stranger_no_private_folder(hidden: Path, home: Path) -> None:
    assert reachable(hidden, None)
    assert not reachable(hidden, STRANGER)
    home.chmod(0o755)
    assert passable(home / "site-packages", STRANGER)
    assert not reachable(home / "site-packages", STRANGER)


def test_an_owner_is_judged_by_the_owners_rights(home: Path) -> None:
    mine = OsUser(name="me", uid=os.getuid(), gid=os.getgid())
    assert reachable(home, mine)
    home.chmod(0o077)
    assert not reachable(home, mine)
    home.chmod(0o700)


def test_whoever_reaches_the_binaries_runs_them_where_they_lie(hidden: Path, home: Path) -> None:
    assert programs(None, hidden, home / "state") == hidden / INSTALL / "bin"
    assert not (home / "state").exists()


def test_who_does_not_reach_them_gets_one_copy_that_runs(hidden: Path, home: Path) -> None:
    home.chmod(0o711)
    found = programs(STRANGER, hidden, home / "state")
    assert found.is_relative_to(home / "state")
    assert reachable(found / "postgres", STRANGER)
    assert reachable(found / "initdb", STRANGER)
    said = subprocess.run([found / "postgres", "--version"], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("postgres (PostgreSQL) 18.")
    before = found.stat()
    assert programs(STRANGER, hidden, home / "state") == found
    assert found.stat() == before


def test_only_root_runs_postgresql_as_somebody_else(home: Path) -> None:
    user = os_user()
    assert (user is None) == (os.geteuid() != 0)
    assert user is None or user.uid != 0


def test_data_written_once_keep_their_owner(home: Path) -> None:
    """As root the owner of the folder is taken, whatever accounts the machine has; else it is we all the same."""
    account = os_user()
    data = home / "data"
    data.mkdir()
    if account is not None:
        os.chown(data, 65534, 65534)
    found = os_user(data)
    assert (None if found is None else found.uid) == (None if account is None else 65534)
