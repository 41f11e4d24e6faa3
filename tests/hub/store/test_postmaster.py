"""Starting and ending one PostgreSQL process (design D14)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hub.store import postmaster
from hub.store.cluster import Cluster, open_cluster, prepare
from hub.store.postmaster import StartFailed, end_predecessor, is_ready, launch
from tests.kit.pg import start


@pytest.fixture
def prepared(home: Path) -> Cluster:
    cluster = open_cluster(home)
    prepare(cluster)
    return cluster


def start_and_wait_for_the_end(cluster: Cluster) -> None:
    run = launch(cluster)
    run.process.wait()
    is_ready(cluster, run)


def lock_file(cluster: Cluster) -> Path:
    return cluster.data / "postmaster.pid"


def test_it_is_our_own_child_in_a_session_of_its_own_and_ends_cleanly(prepared: Cluster) -> None:
    run = start(prepared)
    assert os.getsid(run.process.pid) == run.process.pid  # Ctrl-C reaches the hub and not the database
    postmaster.end(run)
    assert run.process.returncode == 0
    assert not lock_file(prepared).exists()
    postmaster.end(run)  # a second time changes nothing


def test_a_broken_control_file_is_refused_in_postgresqls_own_words(prepared: Cluster) -> None:
    control = prepared.data / "global" / "pg_control"
    whole = control.read_bytes()
    control.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    with pytest.raises(StartFailed, match=r"PostgreSQL did not start: .*incorrect checksum in control file") as caught:
        start_and_wait_for_the_end(prepared)
    assert not caught.value.race


def test_the_reason_of_an_earlier_run_is_not_told_again(prepared: Cluster) -> None:
    prepared.log.write_text("FATAL:  long ago\n")
    (prepared.data / "postgresql.conf").write_text("no such setting\n")
    with pytest.raises(StartFailed) as caught:
        start_and_wait_for_the_end(prepared)
    assert "long ago" not in caught.value.message


def test_a_log_that_grew_large_is_set_aside(prepared: Cluster) -> None:
    prepared.log.write_bytes(b"x" * (postmaster.LOG_LIMIT + 1))
    postmaster.end(start(prepared))
    assert prepared.log.stat().st_size < postmaster.LOG_LIMIT
    assert prepared.log.with_suffix(".log.1").stat().st_size == postmaster.LOG_LIMIT + 1


def test_a_server_that_outlived_its_hub_is_stopped_cleanly(prepared: Cluster) -> None:
    orphan = start(prepared)
    assert end_predecessor(prepared)
    assert orphan.process.wait() == 0
    assert not end_predecessor(prepared)


def test_a_second_server_of_one_folder_is_a_race_that_may_be_tried_again(prepared: Cluster) -> None:
    first = start(prepared)
    with pytest.raises(StartFailed, match="lock file") as caught:
        start_and_wait_for_the_end(prepared)
    assert caught.value.race
    postmaster.end(first)


def test_a_lock_file_that_names_somebody_else_is_swept_and_nobody_is_hurt(prepared: Cluster) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as bystander:
        lock_file(prepared).write_text(f"{bystander.pid}\n{prepared.data}\n")
        assert not end_predecessor(prepared)
        assert not lock_file(prepared).exists()
        postmaster.end(start(prepared))
        assert bystander.poll() is None
        bystander.communicate(b"\n")


def test_a_lock_file_of_a_killed_server_does_not_stop_the_next(prepared: Cluster) -> None:
    killed = start(prepared)
    killed.process.kill()
    killed.process.wait()
    assert lock_file(prepared).exists()
    assert not end_predecessor(prepared)
    postmaster.end(start(prepared))
