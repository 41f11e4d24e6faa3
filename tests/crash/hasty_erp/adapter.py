"""The product's adapter under another manifest."""

from __future__ import annotations

from dataclasses import dataclass

from hub.clock import Clock
from hub.model.manifest import Manifest
from sources.kit.http import Origin
from sources.tryton_erp.adapter import TrytonErpAdapter, TrytonErpSettings
from sources.tryton_erp.client import TrytonClient
from sources.tryton_erp.rpc import TrytonRpc
from tests.crash.hasty_erp.manifest import MANIFEST, manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class HastySettings(TrytonErpSettings):
    """What is said of the ERP, and how often it is swept."""

    sweep_every: int
    """Milliseconds."""
    returns: bool = False
    """Whether goods come back."""


class HastyErp(TrytonErpAdapter):
    """An ERP that promises to be quick."""

    promises: Manifest = MANIFEST

    def describe(self) -> Manifest:
        """What this adapter can do."""
        return self.promises


def connect(settings: HastySettings, *, url: str, source: str, clock: Clock) -> HastyErp:
    """An adapter for the ERP at *url*; opens no connection yet."""
    origin = Origin(url, source=source, clock=clock)
    rpc = TrytonRpc(origin, source=source, database=settings.database, user=settings.user, password=settings.password)
    client = TrytonClient(origin, rpc, source=source, database=settings.database, key=settings.key)
    adapter = HastyErp(client, settings, source)
    adapter.promises = manifest(settings.sweep_every / 1000, returns=settings.returns)
    return adapter


SETTINGS = HastySettings
