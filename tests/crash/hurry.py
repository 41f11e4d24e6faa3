"""What hasty adapters promise: as the product's own, only sooner, and no more kinds than a seed needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from hub.model.manifest import Manifest
from hub.model.vocabulary import Kind
from tests.crash.tempo import LONGEST_CALL, SETTLE


def hurried(manifest: Manifest, name: str, sweeps: Mapping[Kind, tuple[str, ...]], seconds: float) -> Manifest:
    """*manifest* as adapter *name*, with the *sweeps* named alone, each every so many *seconds*."""
    return replace(
        manifest,
        adapter=name,
        writes={
            action: replace(write, longest_call=timedelta(seconds=LONGEST_CALL), settle=timedelta(seconds=SETTLE))
            for action, write in manifest.writes.items()
        },
        sweeps={
            kind: tuple(
                replace(one, every=timedelta(seconds=seconds)) for one in manifest.sweeps[kind] if one.name in names
            )
            for kind, names in sweeps.items()
        },
    )


def every_sweep(manifest: Manifest) -> Mapping[Kind, tuple[str, ...]]:
    """All that *manifest* has."""
    return {kind: tuple(one.name for one in several) for kind, several in manifest.sweeps.items()}
