"""A recorder that keeps hops in a list."""

from __future__ import annotations

from hub.ports import Hop


class ListRecorder:
    """Implements `hub.ports.Recorder`."""

    def __init__(self) -> None:
        self.hops: list[Hop] = []

    def record(self, hop: Hop) -> None:
        """Keep it."""
        self.hops.append(hop)
