"""Whatever becomes of its deliveries, an operation ends done or stands in exactly one open case (UntilDone)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from hub.errors import OutcomeUnknown, SourceBusy, SourceGarbled, SourceRefused
from hub.store.store import Store
from hub.write.desk import Asking
from hub.write.letters import LetterCommand, LetterMove
from hub.write.operators import Operators
from tests.hub.write.test_letters import OPS
from tests.kit.scripted_shop import Fault, ScriptedShop
from tests.kit.station import Station

BUSY = SourceBusy("the source failed", source="shop")
LOST = OutcomeUnknown("the answer was lost", source="shop")
GARBLED = SourceGarbled("html")
STANDING = """
select c.state, c.is_done, (
  select count(*) from exception_case x where x.root_id = c.root_id and x.closed_at is null and exists (
    select from delivery d where d.command_id = c.id and x.dedup_key like '%|' || d.key))
from command c where c.outcome is null"""
TURNS = 18
"""More than any delivery needs to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What goes wrong, and how the operation then stands."""

    name: str
    faults: Sequence[Fault] = ()
    stands: tuple[str, bool, int]


FATES = (
    Fate(name="well", stands=("APPLIED", True, 0)),
    Fate(name="refused", faults=(Fault(verb="execute", error=SourceRefused("packed")),), stands=("REJECTED", True, 1)),
    Fate(name="busy once", faults=(Fault(verb="execute", error=BUSY),), stands=("APPLIED", True, 0)),
    Fate(name="dead", faults=(Fault(verb="execute", error=GARBLED),) * TURNS, stands=("QUEUED", False, 1)),
    Fate(name="lost", faults=(Fault(verb="execute", error=LOST),), stands=("APPLIED", True, 0)),
    Fate(
        name="lost with effect",
        faults=(Fault(verb="execute", error=LOST, has_effect=True),),
        stands=("APPLIED", True, 0),
    ),
    Fate(
        name="never known",
        faults=(Fault(verb="execute", error=LOST), *(Fault(verb="resolve", error=GARBLED) for _ in range(TURNS))),
        stands=("UNKNOWN", False, 1),
    ),
)


@pytest.mark.parametrize("fate", FATES, ids=lambda fate: fate.name)
async def test_an_operation_is_done_or_somebody_is_told_once(store: Store, fate: Fate) -> None:
    """A refusal is both: the operation has ended, and somebody must tell the customer."""
    at = await asked(store, fate.faults)
    await at.now_or_never()
    for _ in range(TURNS):
        await at.turn(at.deliveries)
        await at.now_or_never()
    assert [tuple(row) for row in await at.rows(STANDING)] == [fate.stands]


@pytest.mark.parametrize(
    ("move", "stands"),
    [
        (LetterMove.REPLAY, ("APPLIED", True, 0)),
        (LetterMove.DISCARD, ("REJECTED", True, 1)),
    ],
)
async def test_what_a_person_decides_about_a_dead_letter_ends_it(
    store: Store, move: LetterMove, stands: tuple[str, bool, int]
) -> None:
    at = await asked(store, (Fault(verb="execute", error=GARBLED),) * TURNS)
    for _ in range(TURNS):
        await at.turn(at.deliveries)
        await at.now_or_never()
    at.shop.faults.clear()
    assert [tuple(row) for row in await at.rows(STANDING)] == [("QUEUED", False, 1)]
    command = LetterCommand(move=move, reason="it is mended", source="shop")
    await Operators(store, at.writer).settle_letters(OPS, command, Asking(key="k"))
    await at.turn(at.deliveries)
    assert [tuple(row) for row in await at.rows(STANDING)] == [stands]


async def asked(store: Store, faults: Sequence[Fault]) -> Station:
    """A cancel that is about to be carried out at a source of these faults."""
    at = Station(store=store, shop=ScriptedShop())
    at.shop.place("o1")
    await at.take()
    await at.see("o1")
    await at.cancel("o1")
    at.shop.fail(*faults)
    return at
