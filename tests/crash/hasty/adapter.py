"""The product's adapter under another manifest."""

from __future__ import annotations

from dataclasses import dataclass

from hub.clock import Clock
from hub.model.manifest import Manifest
from sources.kit.http import Origin
from sources.vendure.adapter import VendureAdapter, VendureSettings
from sources.vendure.client import VendureClient
from tests.crash.hasty.manifest import manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class HastySettings(VendureSettings):
    """What is said of the shop, and how often it is swept."""

    sweep_every: int
    """Milliseconds."""


class HastyAdapter(VendureAdapter):
    """A Vendure shop that promises to be quick."""

    def hurry(self, sweep_every: float) -> None:
        """Say how often it is swept, in seconds."""
        self._manifest = manifest(sweep_every)

    def describe(self) -> Manifest:
        """What this adapter can do."""
        return self._manifest


def connect(settings: HastySettings, *, url: str, source: str, clock: Clock) -> HastyAdapter:
    """An adapter for the shop at *url*; opens no connection yet."""
    origin = Origin(url, source=source, clock=clock)
    client = VendureClient(origin, source=source, user=settings.user, password=settings.password)
    adapter = HastyAdapter(client, settings, source)
    adapter.hurry(settings.sweep_every / 1000)
    return adapter


SETTINGS = HastySettings
