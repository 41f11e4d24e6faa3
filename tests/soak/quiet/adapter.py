"""The adapter behind which nothing is."""

from __future__ import annotations

from dataclasses import dataclass

from hub.clock import Clock
from sources.kit.refusing import Refusing
from tests.soak.quiet.manifest import MANIFEST


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietSettings:
    """Nothing is said of it."""


SETTINGS = QuietSettings


def connect(settings: QuietSettings, *, url: str, source: str, clock: Clock) -> Refusing:
    """An adapter that refuses every verb; *url* is nobody's."""
    return Refusing(MANIFEST, source)
