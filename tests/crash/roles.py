"""What the zygote's children run: the product's own processes, on settings from a file."""

from __future__ import annotations

from pathlib import Path


def serve(settings: Path) -> None:
    """`opshub serve`."""


def work(settings: Path) -> None:
    """`opshub work`."""
