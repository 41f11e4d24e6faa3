"""A named point does nothing until the crash harness installs something."""

from collections.abc import Iterator

import pytest

from hub import failpoint


@pytest.fixture(autouse=True)
def _uninstalled() -> Iterator[None]:
    yield
    failpoint.install(None)


def test_a_point_is_silent_by_itself() -> None:
    failpoint.reached("apply.before_commit")


def test_what_is_installed_hears_every_point_until_it_is_taken_away() -> None:
    heard: list[str] = []
    failpoint.install(heard.append)
    failpoint.reached("apply.before_commit")
    failpoint.reached("apply.after_commit")
    failpoint.install(None)
    failpoint.reached("relay.moved")
    assert heard == ["apply.before_commit", "apply.after_commit"]
