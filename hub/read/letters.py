"""Dead letters as operators look at them; nobody who is confined to an account sees any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub.call import Call
from hub.codec import digest
from hub.flow.replay import replay_policy
from hub.model.letters import DeadLetter, DeadLetterGroup, DeadLetterStatus, ErrorClass, LetterSort
from hub.model.manifest import Landscape
from hub.seal import Seal
from hub.store.letters import Chosen, LetterRow, count_letters, groups, letters
from hub.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPlace:
    """Where a letter stands in the list."""

    since: datetime
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersWanted:
    """Which dead letters."""

    chosen: Chosen = field(default_factory=Chosen)
    status: DeadLetterStatus = DeadLetterStatus.OPEN
    size: int = 20
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPage:
    """Some of them, each with its cursor."""

    rows: tuple[tuple[DeadLetter, str], ...] = ()
    has_more: bool = False


class Letters:
    """Reads dead letters. `store` is of role SERVE: row security on."""

    def __init__(self, store: Store, landscapes: Mapping[str, Landscape], seal: Seal) -> None:
        self._store = store
        self._landscapes = landscapes
        self._seal = seal

    async def groups(self, call: Call, source: str | None, status: DeadLetterStatus) -> tuple[DeadLetterGroup, ...]:
        """Those that failed alike, the largest group first. One statement."""
        if call.account is not None:
            return ()
        async with self._store.glance(call) as tx:
            rows = await groups(tx, call.tenant, source, status)
        landscape = self._landscapes.get(call.tenant)
        return tuple(
            DeadLetterGroup(
                group_key=row.group_key,
                error_class=ErrorClass(row.error_class),
                cause=row.cause,
                source=row.source,
                operation=row.operation,
                count=row.count,
                oldest_at=row.oldest_at,
                replay_policy=replay_policy(landscape, row.source, row.operation, row.state),
            )
            for row in rows
        )

    async def page(self, call: Call, wanted: LettersWanted) -> LetterPage:
        """Some of them, oldest first. One statement. Raises CursorInvalid."""
        if call.account is not None:
            return LetterPage()
        binding = f"letters\x1f{call.principal}\x1f{digest((wanted.chosen, wanted.status))}"
        place = None if wanted.after is None else self._seal.open(binding, wanted.after, LetterPlace)
        edge = None if place is None else (place.since, place.id)
        async with self._store.glance(call) as tx:
            rows = await letters(tx, call.tenant, wanted.chosen, (wanted.size + 1, edge), wanted.status)
        landscape = self._landscapes.get(call.tenant)
        return LetterPage(
            rows=tuple(
                (_letter(row, landscape), self._seal.close(binding, LetterPlace(since=row.since, id=row.id)))
                for row in rows[: wanted.size]
            ),
            has_more=len(rows) > wanted.size,
        )

    async def count(self, call: Call, wanted: LettersWanted) -> int:
        """How many there are in all. One statement."""
        if call.account is not None:
            return 0
        async with self._store.glance(call) as tx:
            return await count_letters(tx, call.tenant, wanted.chosen, wanted.status)


def _letter(row: LetterRow, landscape: Landscape | None) -> DeadLetter:
    return DeadLetter(
        id=row.id,
        sort=LetterSort(row.sort),
        group_key=row.group_key,
        error_class=ErrorClass(row.error_class),
        cause=row.error,
        source=row.source,
        operation=row.operation,
        attempts=row.attempts,
        since=row.since,
        correlation_id=row.correlation_id,
        replay_policy=replay_policy(landscape, row.source, row.operation, row.state),
        state=row.state,
        root_id=row.root_id,
    )
