"""The indices that there are: made, found, swapped and deleted by the hub itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from hub.errors import SearchAway
from hub.search.layout import MONTH, Layout
from hub.search.wire import NOT_FOUND, SearchRefused, Wire

ALREADY = "resource_already_exists_exception"
FILLING = {"index": {"refresh_interval": "-1"}}
SERVING = {"index": {"refresh_interval": "1s"}}


class Generations:
    """Those of one engine under one prefix."""

    def __init__(self, wire: Wire, layout: Layout) -> None:
        self._wire = wire
        self.layout = layout

    async def current(self) -> str | None:
        """The generation that readers see; None before the first."""
        for index in await self._found(f"/_alias/{self.layout.entities}"):
            return self.layout.generation_of(index)
        return None

    async def expected(self) -> str:
        """As `current`. Raises SearchAway where there is none."""
        generation = await self.current()
        if generation is None:
            message = "OpenSearch holds no index of the hub yet"
            raise SearchAway(message)
        return generation

    async def indices(self) -> Sequence[str]:
        """Every index of any generation."""
        found = await self._found(f"/{self.layout.all}/_alias")
        return sorted(index for index in found if self.layout.generation_of(index) is not None)

    async def of(self, generation: str) -> Sequence[str]:
        """The indices of one generation."""
        return [index for index in await self.indices() if self.layout.generation_of(index) == generation]

    async def prepare(self) -> None:
        """Put templates, and the index of places; repeating it changes nothing."""
        for name, body in self.layout.templates().items():
            await self._wire.ask("PUT", f"/_index_template/{name}", body)
        await self._make(self.layout.places, {})

    async def begin(self, generation: str) -> None:
        """Make the index of entities of a generation that nobody reads yet."""
        await self._make(self.layout.entity_index(generation), {"settings": FILLING})

    async def month(self, began: datetime, generation: str, *, is_read: bool) -> str:
        """The index for hops of that month, made where it is missing; `is_read`: found by readers at once."""
        index = self.layout.hop_index(began.strftime(MONTH), generation)
        aliases: dict[str, dict[str, str]] = {alias: {} for alias in self.layout.aliases_of(index)} if is_read else {}
        await self._make(index, {"aliases": aliases, "settings": {} if is_read else FILLING})
        return index

    async def publish(self, generation: str) -> None:
        """Let readers and writers find *generation*, in one step; what is older stays until `tidy`."""
        there = await self.indices()
        new = [index for index in there if self.layout.generation_of(index) == generation]
        for index in new:
            await self._wire.ask("PUT", f"/{index}/_settings", SERVING)
        await self.refresh(new)
        old = await self._found(f"/_alias/{self.layout.entities},{self.layout.hops}")
        await self._wire.ask("POST", "/_aliases", self.layout.swap([one for one in old if one not in new], new))

    async def tidy(self) -> None:
        """Delete what is older than the generation that is read."""
        current = await self.current() or ""
        older = [one for one in await self.indices() if (self.layout.generation_of(one) or current) < current]
        await self.drop(older)

    async def refresh(self, indices: Iterable[str]) -> None:
        """Let everything written to *indices* be found."""
        for index in indices:
            await self._wire.ask("POST", f"/{index}/_refresh")

    async def drop(self, indices: Iterable[str]) -> None:
        """Delete *indices*; those that are not there do not matter."""
        for index in indices:
            try:
                await self._wire.ask("DELETE", f"/{index}")
            except SearchRefused as refused:
                if refused.status != NOT_FOUND:
                    raise

    async def place(self, generation: str) -> int:
        """Through which millisecond its hops were read; 0 where nobody has said."""
        try:
            found = await self._wire.ask("GET", f"/{self.layout.places}/_doc/{generation}")
        except SearchRefused as refused:
            if refused.status != NOT_FOUND:
                raise
            return 0
        through: int = found["_source"]["through"]
        return through

    async def keep_place(self, generation: str, through: int) -> None:
        """Keep it."""
        await self._wire.ask("PUT", f"/{self.layout.places}/_doc/{generation}", {"through": through})

    async def _found(self, path: str) -> Sequence[str]:
        try:
            found = await self._wire.ask("GET", path)
        except SearchRefused as refused:
            if refused.status != NOT_FOUND:
                raise
            return []
        return list(found)

    async def _make(self, index: str, body: object) -> None:
        try:
            await self._wire.ask("PUT", f"/{index}", body)
        except SearchRefused as refused:
            if ALREADY not in refused.message:
                raise
