"""The product's adapter under another manifest."""

from __future__ import annotations

from dataclasses import dataclass

from hub.clock import Clock
from hub.model.manifest import Manifest
from sources.kit.http import Origin
from sources.tryton_wms.adapter import TrytonWmsAdapter, TrytonWmsSettings
from sources.tryton_wms.client import TrytonClient
from tests.crash.hasty_wms.manifest import MANIFEST, manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class HastySettings(TrytonWmsSettings):
    """What is said of the warehouse, and how often it is swept."""

    sweep_every: int
    """Milliseconds."""
    returns: bool = False
    """Whether goods come back."""


class HastyWms(TrytonWmsAdapter):
    """A warehouse that promises to be quick."""

    promises: Manifest = MANIFEST

    def describe(self) -> Manifest:
        """What this adapter can do."""
        return self.promises


def connect(settings: HastySettings, *, url: str, source: str, clock: Clock) -> HastyWms:
    """An adapter for the warehouse at *url*; opens no connection yet."""
    credentials = settings.user, settings.password
    client = TrytonClient(
        Origin(url, source=source, clock=clock), source=source, database=settings.database, credentials=credentials
    )
    adapter = HastyWms(client, settings, source)
    adapter.promises = manifest(settings.sweep_every / 1000, returns=settings.returns)
    return adapter


SETTINGS = HastySettings
