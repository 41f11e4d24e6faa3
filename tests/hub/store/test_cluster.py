"""One embedded server on disk (design D14, threat S21)."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from hub.errors import Misconfigured
from hub.store.binaries import OsUser
from hub.store.cluster import HBA, SOCKET_LIMIT, open_cluster, prepare, write_private
from hub.store.roles import Role


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_passwords_open_it_and_only_its_owner_passes_its_folders(home: Path) -> None:
    cluster = open_cluster(home)
    prepare(cluster)
    assert (cluster.place / "pg_hba.conf").read_text() == HBA == "local all all scram-sha-256\n"
    assert mode(home / "passwords.json") == 0o600
    assert mode(cluster.run) == 0o700
    assert mode(cluster.data) == 0o700
    assert (
        cluster.run.stat().st_uid
        == cluster.data.stat().st_uid
        == (home.stat().st_uid if cluster.user is None else cluster.user.uid)
    )
    assert list(cluster.run.iterdir()) == []  # the first password is not left behind
    assert set(cluster.passwords) == {"postgres", *(role.value for role in Role)}
    assert all(len(password) >= 40 for password in cluster.passwords.values())


def test_the_command_line_is_the_whole_truth(home: Path) -> None:
    command = open_cluster(home).command()
    for setting in (
        "listen_addresses=",
        "fsync=on",
        "synchronous_commit=on",
        "jit=off",
        "unix_socket_permissions=0700",
    ):
        assert command[command.index(setting) - 1] == "-c"


def test_it_is_opened_again_with_the_same_passwords(home: Path) -> None:
    first = open_cluster(home)
    prepare(first)
    inode = first.data.stat().st_ino
    second = open_cluster(home)
    prepare(second)
    assert second.passwords == first.passwords
    assert second.data.stat().st_ino == inode


def test_half_a_folder_of_an_interrupted_start_is_thrown_away(home: Path) -> None:
    cluster = open_cluster(home)
    half = cluster.place / "pg18.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18")
    prepare(cluster)
    assert (cluster.data / "global" / "pg_control").exists()
    assert not half.exists()


def test_a_path_too_long_for_a_socket_gets_a_short_private_one_and_keeps_it(home: Path) -> None:
    deep = home
    home.chmod(0o711)
    for _ in range(12):
        deep = deep / "a-long-name"
        deep.mkdir(mode=0o711)
    cluster = open_cluster(deep)
    try:
        assert len(str(cluster.run)) < SOCKET_LIMIT
        assert mode(cluster.run) == 0o700
        assert open_cluster(deep).run == cluster.run
        cluster.run.chmod(0o777)  # somebody tampered with it
        other = open_cluster(deep).run
        assert other != cluster.run
        other.rmdir()
    finally:
        cluster.run.rmdir()


def test_a_home_that_the_account_cannot_reach_gets_a_place_elsewhere(home: Path) -> None:
    private = home / "private"
    private.mkdir(mode=0o700)
    cluster = open_cluster(private / "hub", state=home / "state")
    if cluster.user is None:
        assert cluster.place == cluster.home
    else:
        assert cluster.place.parent == home / "state"
        assert open_cluster(private / "hub", state=home / "state").place == cluster.place
        home.chmod(0o711)
        prepare(cluster)
        assert isinstance(cluster.user, OsUser)
        assert cluster.data.stat().st_uid == cluster.user.uid
    assert mode(cluster.home / "passwords.json") == 0o600


def test_passwords_that_others_can_read_are_refused(home: Path) -> None:
    open_cluster(home)
    (home / "passwords.json").chmod(0o644)
    with pytest.raises(Misconfigured, match="can be read by others: chmod 600"):
        open_cluster(home)


def test_lost_passwords_are_not_replaced_behind_the_operators_back(home: Path) -> None:
    prepare(open_cluster(home))
    (home / "passwords.json").unlink()
    with pytest.raises(Misconfigured, match="is gone, so nobody can enter the database"):
        open_cluster(home)


def test_data_of_another_major_version_are_left_alone(home: Path) -> None:
    cluster = open_cluster(home)
    cluster.data.mkdir()
    (cluster.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(Misconfigured, match="was written by PostgreSQL 17, these binaries are 18"):
        prepare(cluster)


def test_a_private_file_is_never_seen_half_or_by_others(home: Path) -> None:
    write_private(home / "secret", "one")
    write_private(home / "secret", "two")
    assert (home / "secret").read_text() == "two"
    assert mode(home / "secret") == 0o600
    assert [file.name for file in home.iterdir()] == ["secret"]
