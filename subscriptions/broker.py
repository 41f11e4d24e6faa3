"""The audiences of one process, and the index that finds those of a change without a scan."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence

from hub.errors import CursorExpired
from hub.store.changelog import LoggedChange
from subscriptions.audience import Audience
from subscriptions.recent import Recent
from subscriptions.topics import Index


class Broker:
    """Hands each new line of the log to the audiences that want it."""

    def __init__(self, recent: Recent) -> None:
        self._recent = recent
        self._index: Index[Audience] = Index()
        self._audiences: dict[Hashable, Audience] = {}

    def audience(self, key: Hashable, made: Callable[[Callable[[Audience], None]], Audience]) -> Audience:
        """The audience of *key*; *made* makes it, given what to call once it is empty."""

        def forget(audience: Audience) -> None:
            self._index.remove(audience, audience.topic)
            del self._audiences[key]

        found = self._audiences.get(key)
        if found is None:
            found = self._audiences[key] = made(forget)
            self._index.add(found, found.topic)
            found.on_wider = lambda audience: self._index.add(audience, audience.topic)
        return found

    def publish(self, lines: Sequence[LoggedChange]) -> list[tuple[LoggedChange, int]]:
        """Hand lines to whoever wants them; says for each how many that were."""
        reached: list[tuple[LoggedChange, int]] = []
        for line in lines:
            audiences = self._index.of(line.tenant, line.change)
            for audience in audiences:
                audience.offer(line)
                audience.follow(line)
            reached.append((line, sum(audience.size for audience in audiences)))
            self._recent.told(line)
        return reached

    def expire(self, why: CursorExpired) -> None:
        """The log was replaced under us: nobody's cursor can be trusted."""
        self._recent.clear()
        for audience in list(self):
            audience.end_all(why)

    def __iter__(self) -> Iterator[Audience]:
        return iter(self._audiences.values())

    @property
    def size(self) -> int:
        """How many subscribers this process serves."""
        return sum(audience.size for audience in self)
