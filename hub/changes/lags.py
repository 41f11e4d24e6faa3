"""How far followers are behind, in words, as any process can tell: for `/readyz`."""

from __future__ import annotations

from hub.errors import StoreBusy
from hub.store.followers import Stand, stands
from hub.store.store import Store

SLOW = 30.0  # seconds of lag that are worth a note


class Lags:
    """Reads them. `store` is of role WORK."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def notes(self) -> list[str]:
        """What lags, in words; empty where nothing does and where the store is away, which others say."""
        try:
            async with self._store.across() as tx:
                return [note for one in await stands(tx) for note in _notes(one)]
        except StoreBusy:
            return []


def _notes(one: Stand) -> list[str]:
    notes = []
    if one.error is not None or one.seconds > SLOW:
        why = "" if one.error is None else f": {one.error}"
        notes.append(f"{one.name}: {one.behind} changes are not handed on, the oldest for {one.seconds:.0f} s{why}")
    if one.parked:
        notes.append(f"{one.name}: {one.parked} changes are parked: `opshub topics`")
    return notes
