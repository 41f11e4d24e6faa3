"""One dead delivery, sent again as a person wrote it: judged before, and left so by flow (domain.md 4.3)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from hub.merge.work import Work
from hub.store.store import Store
from hub.write.letters import LetterMove
from tests.hub.write.test_letters import OPS, die, settle, states
from tests.kit.scripted_shop import ScriptedShop
from tests.kit.station import Station


@pytest.fixture
async def at(store: Store) -> Station:
    """Two cancels that died of the same."""
    station = Station(store=store, shop=ScriptedShop())
    await station.take()
    for name in ("o1", "o2"):
        station.shop.place(name)
        await station.see(name)
        await station.cancel(name)
    await die(station)
    return station


async def test_what_stopped_is_sent_again_as_a_person_wrote_it_and_flow_leaves_it_so(at: Station) -> None:
    ((name, root),) = await at.rows("select id, root_id from delivery where source_id = 'o1'")
    edit = {"note": "call first"}
    dry = await settle(at, LetterMove.REPLAY, key=None, ids=(name,), edit=edit)
    real = await settle(at, LetterMove.REPLAY, ids=(name,), edit=edit)
    assert (dry.effect.outcome, real.effect.outcome) == ({"matched": 1, "scheduled": 1, "skipped": {}},) * 2
    await at.writer.write(OPS, Work(wake=(root,)))
    ((state, note, kept),) = await at.rows(
        "select state, content ->> 'note', edited from delivery where id = :id", id=name
    )
    assert (state, note, kept["by"], kept["why"]) == ("PENDING", "call first", "ops", "the shop is mended")
    assert kept["changes"] == [{"name": "note", "was": None, "now": "call first"}]
    await at.now_or_never()
    await at.turn(at.deliveries)
    assert (await at.delivery("o1"))["state"] == "DONE"


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        ({"ship_to": {"city": "Ghent"}}, ("edit", "shipTo")),
        ({"note": "x" * 201}, ("edit", "note")),
        ({"note": ""}, ("edit", "note")),
        ({"note": 7}, ("edit",)),
        ({"skus": {"1": "A"}}, ("edit", "skus")),
    ],
)
async def test_what_a_delivery_could_not_carry_is_said_and_nothing_is_sent(
    at: Station, edit: dict[str, Any], field: tuple[str, ...]
) -> None:
    ((name,),) = await at.rows("select id from delivery where source_id = 'o1'")
    refused = await settle(at, LetterMove.REPLAY, ids=(name,), edit=edit)
    assert [one.field for one in refused.effect.user_errors] == [field]
    assert await states(at) == ["DEAD"] * 2


async def test_only_one_letter_is_edited_at_a_time_and_none_whose_outcome_nobody_knows(at: Station) -> None:
    refused = await settle(at, LetterMove.REPLAY, source="shop", edit={"note": "n"})
    assert [one.field for one in refused.effect.user_errors] == [("edit",)]
    async with at.store.shard(OPS) as tx:
        await tx.execute(text("update delivery set state = 'REVIEW'"))
    ((name,),) = await at.rows("select id from delivery where source_id = 'o1'")
    refused = await settle(at, LetterMove.REPLAY, ids=(name,), edit={"note": "n"})
    assert [one.field for one in refused.effect.user_errors] == [("edit",)]
