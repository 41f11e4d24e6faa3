"""Who says what of a return has come, and how far: docks, the others, and people (domain.md 2.7). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hub.flow.facts import HUB, KeptRecord
from hub.merge.authority import HAS_COME, stands
from hub.merge.comeback import RANKS
from hub.merge.ground import Ground
from hub.merge.heads import claim
from hub.merge.lines import Row
from hub.merge.loads import requested_in, returned_in
from hub.model.effects import RECEIVE_RETURN
from hub.model.observation import SourceLine
from hub.model.returns import ReturnStatus
from hub.model.vocabulary import SystemKind

ZERO = Decimal(0)
NUMBERED = "RETURN|"
"""What the keys of a return's line numbers begin with: each return counts its own lines."""
OWN = f"{NUMBERED}{HUB}"
_CAME = RANKS[ReturnStatus.PARTIALLY_RECEIVED]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts:
    """The papers of one return, and who knows what by himself."""

    records: tuple[KeptRecord, ...]
    docks: frozenset[str]
    """The warehouse systems among its sources."""
    spoke: frozenset[str]
    """Sources that say that goods have come."""
    told: frozenset[str]
    """Sources that the hub has told what people said: what those count, people may have counted further by now."""

    def papers(self, head: KeptRecord) -> Sequence[KeptRecord]:
        """The record that speaks for a source; of a dock every one that stands, for a return comes in parcels."""
        if head.source not in self.docks:
            return (head,)
        return [one for one in self.records if one is head or (one.source == head.source and stands(one))]

    def word(self, head: KeptRecord) -> ReturnStatus | None:
        """How far a source says that the return is; None where it says nothing that the hub knows.

        Of several parcels some of which are here, that it came in part; and a dock that was only told of a part, too.
        """
        words = [word for one in self.papers(head) if (word := claim(one, ReturnStatus)) is not None]
        ranks = [RANKS.get(word, -1) for word in words]
        if not words or min(ranks) < 0:
            return claim(head, ReturnStatus)
        least = words[ranks.index(min(ranks))]
        if min(ranks) < _CAME <= max(ranks):
            return ReturnStatus.PARTIALLY_RECEIVED
        is_echo = head.source in self.told and ReturnStatus.PARTIALLY_RECEIVED in map(_by_people, self.records)
        return ReturnStatus.PARTIALLY_RECEIVED if is_echo and least is ReturnStatus.RECEIVED else least

    def requested(self, row: Row, own: SourceLine | None) -> Decimal:
        """Units that were asked for: a dock that people have told what came expects just that, and asks for nothing."""
        if own is None:
            return requested_in(row.first)
        is_docks = row.members[0].source.removeprefix(NUMBERED) in self.docks
        return requested_in(own) if is_docks else max(requested_in(row.first), requested_in(own))

    def received(self, row: Row) -> Decimal:
        """Units that came: of those that tell, who says that goods have come, else who has any.

        Of who has it from the hub only, people may know more.
        """
        lead, *rest = row.members
        names = dict.fromkeys((*(member.source for member in rest), lead.source))
        lines = [(name, [m.line for m in row.members if m.source == name]) for name in names]
        telling = {name: _sum(mine) for name, mine in lines if _tells(mine)}
        sure = [name for name in telling if name.removeprefix(NUMBERED) in self.spoke and name != OWN]
        chosen = next(iter((*sure, *(name for name, units in telling.items() if units > 0))), None)
        if chosen is None:
            return ZERO
        is_echo = chosen.removeprefix(NUMBERED) in self.told
        return max(telling[chosen], telling.get(OWN, ZERO)) if is_echo else telling[chosen]


def receipts_of(ground: Ground, records: Sequence[KeptRecord]) -> Receipts:
    """Everything that is kept of one return, *records*, and what the hub has told their sources."""
    mine = {(one.source, one.source_id) for one in records}
    return Receipts(
        records=tuple(records),
        docks=frozenset(one.source for one in records if ground.system(one.source) is SystemKind.WMS),
        spoke=frozenset(one.source for one in records if one.content.status in HAS_COME),
        told=frozenset(
            row.source
            for row in ground.facts.deliveries
            if row.action == RECEIVE_RETURN and row.claimed_at is not None and (row.source, row.source_id) in mine
        ),
    )


def _by_people(record: KeptRecord) -> ReturnStatus | None:
    return claim(record, ReturnStatus) if record.source == HUB else None


def _tells(lines: Iterable[SourceLine]) -> bool:
    return any(line.quantities.returned is not None for line in lines)


def _sum(lines: Iterable[SourceLine]) -> Decimal:
    return sum((returned_in(line) for line in lines), ZERO)
