"""What a subscriber was told, connection by connection: written by the crowd, read by the judge."""

from __future__ import annotations

from collections import Counter

import msgspec


class Got(msgspec.Struct, array_like=True, kw_only=False):
    """One change that was pushed."""

    entity: str
    """By hub id."""
    version: int
    kind: str
    event: str
    merged: int
    position: int
    shown: int | None
    """Version of the entity that came along; None where none was asked for or it could not be seen."""

    @property
    def what(self) -> tuple[str, int, str]:
        """How the log names it."""
        return self.entity, self.version, self.kind


class Part(msgspec.Struct, kw_only=True):
    """What came over one connection."""

    hub: str
    """URL of the process that was asked."""
    began: float
    """By the monotonic clock, which all processes of a machine share."""
    after: int | None
    """Position of the cursor it went on behind; None: from the beginning."""
    deaf: bool = False
    """Nothing was read until `read_at`: then what was left, to see how it had ended."""
    read_at: float = 0.0
    got: list[Got] = msgspec.field(default_factory=list)
    codes: list[str] = msgspec.field(default_factory=list)
    """Codes of errors that came."""
    ended: float = 0.0
    how: str = ""
    """`dropped` by us, `open` at the end, a close code, or `cut`."""


class Told(msgspec.Struct, kw_only=True):
    """Everything one subscriber was told."""

    name: str
    parts: list[Part]
    held: dict[str, int]
    """Versions that its snapshot showed."""
    begins: int | None
    """Position from which on it hears of changes: that of SNAPSHOT_END; None: it asked for no snapshot."""
    checkpoints: int
    begun_in: int = 0
    """Number of the connection in which the snapshot ended."""
    stayed: bool = True
    """Whether it stayed to the end; else what it heard must be the beginning of what there was."""

    @property
    def changes(self) -> list[Got]:
        """All changes in the order in which they came."""
        return [one for part in self.parts for one in part.got]

    @property
    def ends(self) -> Counter[str]:
        """How its connections ended."""
        return Counter(part.how for part in self.parts)
