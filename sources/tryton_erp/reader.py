"""Pages of records, sorted into what could be read and what could not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import msgspec

from hub.errors import SourceGarbled, SourceRefused
from hub.model.observation import Seen
from hub.model.vocabulary import Kind
from hub.ports import Failed, Found, Missing, SourceCall
from sources.kit.decoding import decoded
from sources.tryton_erp.catalog import SHELVES, Clause, Shelf
from sources.tryton_erp.client import Ask, TrytonClient
from sources.tryton_erp.manifest import BATCH
from sources.tryton_erp.mapping.words import Reading
from sources.tryton_erp.sweeps import newest
from sources.tryton_erp.wire import Row, paths

R = TypeVar("R", bound=Row)
_CALLED = {"sale.sale": "sale", "stock.shipment.out": "shipment", "account.invoice": "invoice"}
LONGEST_ID = 10
"""Digits of an id: Tryton's are 32 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one answer held."""

    ids: tuple[int, ...]
    """Every record, readable or not, in the answer's order."""
    seen: dict[str, tuple[Seen, ...]] = field(default_factory=dict)
    """What they say, by id."""
    failed: dict[str, str] = field(default_factory=dict)
    """Records whose answer breaks the wire type, and where."""
    top: datetime | None = None
    """The newest time on it, children included."""
    clock: datetime | None = None


class Reader:
    """Reads records of every kind that lies on a shelf."""

    def __init__(self, client: TrytonClient, reading: Reading) -> None:
        self._client = client
        self._reading = reading

    @property
    def reading(self) -> Reading:
        """What the mapping must know, as far as the login has taught it."""
        company = self._client.company
        told = {name: getattr(self._reading, name) for name in ("source", "anonymous", "channel_code", "console")}
        return Reading(**told, zone=company.zone, currency=company.currency)

    def lacking(self, shelf: Shelf) -> frozenset[str]:
        """Fields of a model that this server has not."""
        return self._client.company.lacking.get(shelf.model, frozenset())

    async def page(self, call: SourceCall, kind: Kind, domain: Sequence[Clause], most: int) -> Page:
        """The newest *most* records of a kind that fit, by id."""
        shelf = SHELVES[kind]
        ask = Ask(
            model=shelf.model,
            fields=paths(shelf.wire, self.lacking(shelf)),
            domain=[*shelf.domain, *domain],
            order=(("id", "DESC"),),
            most=most,
        )
        answered = await self._client.rows(call, ask)
        return self._sorted(kind, shelf, answered.items, answered.clock)

    async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Mapping[str, Found | Missing | Failed]:
        """An answer for each id, in their order."""
        wanted = list(dict.fromkeys(ids))
        answers: dict[str, Found | Missing | Failed] = {one: Missing() for one in wanted}
        real = [one for one in wanted if is_id(one)]
        for start in range(0, len(real), BATCH):
            batch = real[start : start + BATCH]
            page = await self.page(call, kind, [["id", "in", [int(one) for one in batch]]], BATCH)
            answers.update((one, _answer(page, kind, one)) for one in batch)
        return answers

    def _sorted(self, kind: Kind, shelf: Shelf, items: Sequence[msgspec.Raw], clock: datetime | None) -> Page:
        reading, source = self.reading, self._reading.source
        listed = [decoded(raw, Row, source=source, at=f"$[{place}]").id for place, raw in enumerate(items)]
        page, tops = Page(ids=tuple(listed), clock=clock), []
        for place, (one, raw) in enumerate(zip(listed, items, strict=True)):
            try:
                row = decoded(raw, shelf.wire, source=source, at=f"$[{place}]")
                page.seen[str(one)] = tuple(sorted(shelf.seen(row, reading), key=lambda seen: seen.kind is not kind))
                tops.append(newest(row))
            except SourceGarbled as broken:
                page.failed[str(one)] = broken.message
            except (ValueError, OverflowError) as wrong:  # a money, a day or a currency that is none
                page.failed[str(one)] = f"$[{place}]: {wrong}"[:300]
        return Page(
            ids=page.ids, seen=page.seen, failed=page.failed, top=max(filter(None, tops), default=None), clock=clock
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OneRow:
    """One record as it came: it may be read as several types."""

    raw: msgspec.Raw
    source: str

    def read_as(self, wire: type[R]) -> R:
        """The record as a *wire*. Raises SourceGarbled."""
        return decoded(self.raw, wire, source=self.source, at="$[0]")


async def one_of(
    client: TrytonClient, call: SourceCall, record: tuple[str, str | None], names: Sequence[str], *, source: str
) -> OneRow:
    """One record (model, id) with these fields. Raises SourceRefused where the ERP has none."""
    model, one = record
    domain = [["id", "in", [int(one) if one and is_id(one) else 0]]]
    rows = (await client.rows(call, Ask(model=model, fields=names, domain=domain))).items
    if not rows:
        message = f"the ERP has no such {_CALLED.get(model, model)}"
        raise SourceRefused(message, source=source, source_id=one)
    return OneRow(raw=rows[0], source=source)


def is_id(one: str) -> bool:
    """Whether it is the id of a record."""
    return one.isascii() and one.isdigit() and len(one) <= LONGEST_ID and int(one) > 0 and str(int(one)) == one


def _answer(page: Page, kind: Kind, one: str) -> Found | Missing | Failed:
    if one in page.failed:
        return Failed(reason=page.failed[one])
    seen = page.seen.get(one, ())
    return Found(seen=seen) if any(part.kind is kind and part.content is not None for part in seen) else Missing()
