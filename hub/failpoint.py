"""Named points of the pipeline at which the crash harness may stop this process (reliability.md 3.3).

A point costs one comparison where nothing is installed, and the product never installs anything.
"""

from __future__ import annotations

from collections.abc import Callable


class _Installed:
    hook: Callable[[str], None] | None = None


def install(hook: Callable[[str], None] | None) -> None:
    """Let *hook* be called with the name of every point that is reached; None takes it away."""
    _Installed.hook = hook


def reached(point: str) -> None:
    """Say that the pipeline stands at *point*."""
    if _Installed.hook is not None:
        _Installed.hook(point)
