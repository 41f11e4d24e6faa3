"""The operators' queue: cases, the worst first; nobody who is confined to an account sees any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hub.call import Call
from hub.codec import decode, digest
from hub.model.cases import ExceptionCase
from hub.seal import Seal
from hub.store.open_cases import CasePlace, CasesChosen, cases_by_id, count_cases, list_cases
from hub.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesWanted:
    """Which cases."""

    chosen: CasesChosen = field(default_factory=CasesChosen)
    size: int = 20
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """Some of them, each with its cursor."""

    rows: tuple[tuple[ExceptionCase, str], ...] = ()
    has_more: bool = False


class Cases:
    """Reads cases. `store` is of role SERVE: row security on."""

    def __init__(self, store: Store, seal: Seal) -> None:
        self._store = store
        self._seal = seal

    async def page(self, call: Call, wanted: CasesWanted) -> CasePage:
        """Some of them, the worst first, then what is due first. One statement. Raises CursorInvalid."""
        if call.account is not None:
            return CasePage()
        binding = f"cases\x1f{call.principal}\x1f{digest(wanted.chosen)}"
        place = None if wanted.after is None else self._seal.open(binding, wanted.after, CasePlace)
        async with self._store.glance(call) as tx:
            found = await list_cases(tx, call.tenant, wanted.chosen, wanted.size + 1, place)
        rows = tuple(
            (decode(one.said, ExceptionCase), self._seal.close(binding, one.place)) for one in found[: wanted.size]
        )
        return CasePage(rows=rows, has_more=len(found) > wanted.size)

    async def count(self, call: Call, wanted: CasesWanted) -> int:
        """How many fit in all. One statement."""
        if call.account is not None:
            return 0
        async with self._store.glance(call) as tx:
            return await count_cases(tx, call.tenant, wanted.chosen)

    async def by_id(self, call: Call, ids: Sequence[str]) -> dict[str, ExceptionCase]:
        """The case that each id belongs to: equal keys are one case. One statement."""
        if call.account is not None:
            return {}
        async with self._store.glance(call) as tx:
            found = await cases_by_id(tx, call.tenant, ids)
        return {asked: decode(said, ExceptionCase) for asked, said in found.items()}
