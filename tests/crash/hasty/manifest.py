"""What the hasty shop promises: as Vendure, only sooner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from hub.model.manifest import Manifest, Write
from sources.vendure.manifest import MANIFEST as VENDURE
from tests.crash.tempo import LONGEST_CALL, SETTLE


def manifest(sweep_every: float) -> Manifest:
    """The manifest of a shop that is swept every so many seconds."""
    writes: Mapping[str, Write] = {
        action: replace(write, longest_call=timedelta(seconds=LONGEST_CALL), settle=timedelta(seconds=SETTLE))
        for action, write in VENDURE.writes.items()
    }
    sweeps = {
        kind: tuple(replace(one, every=timedelta(seconds=sweep_every)) for one in several)
        for kind, several in VENDURE.sweeps.items()
    }
    return replace(VENDURE, adapter="hasty", writes=writes, sweeps=sweeps)


MANIFEST = manifest(60.0)
