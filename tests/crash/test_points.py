"""Hits of a process, read by whoever outlives it."""

from __future__ import annotations

from pathlib import Path

from tests.crash.points import Hits


def test_a_process_killed_before_it_wrote_anything_has_reached_nothing(tmp_path: Path) -> None:
    path = tmp_path / "hits"
    path.touch()
    read = Hits(path)
    assert (read.last_struck, sum(count for _, count in read)) == (None, 0)


def test_what_a_process_reached_is_read_beside_it_and_after_it(tmp_path: Path) -> None:
    path = tmp_path / "hits"
    before, counting = Hits(path), Hits(path)
    assert [counting.count("a1"), counting.count("a1"), counting.count("unheard of")] == [1, 2, 0]
    counting.struck("a1")
    for read in (before, Hits(path)):
        assert ({point: count for point, count in read if count}, read.last_struck) == ({"a1": 2}, "a1")
