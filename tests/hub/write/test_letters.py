"""Dead letters settled by people, on a real store and a scripted source: nothing happens twice (F28, D7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from hub.call import Call
from hub.errors import Denied, KeyReused, OutcomeUnknown
from hub.merge.work import Work
from hub.model.command import UserErrorCode
from hub.model.letters import DeadLetterStatus
from hub.model.manifest import Idempotency, Write
from hub.scopes import Scope
from hub.store.letters import groups
from hub.store.store import Store
from hub.write.console import Decided
from hub.write.desk import Asking
from hub.write.letters import BLIND, KNOWN, UNWANTED, LetterCommand, LetterMove
from hub.write.operators import Operators
from tests.kit.scripted_shop import Fault, ScriptedShop, scripted_manifest
from tests.kit.station import Station

OPS = Call(actor="ops", tenant="acme", scopes=frozenset({Scope.OPERATE}), correlation_id="correlation-ops")
WORDS = "the answer about order 4711 was no JSON"
LOST = OutcomeUnknown("the answer was lost", source="shop")


@pytest.fixture
async def at(store: Store) -> Station:
    """Three cancels that died of the same."""
    station = Station(store=store, shop=ScriptedShop())
    await station.take()
    for name in ("o1", "o2", "o3"):
        station.shop.place(name)
        await station.see(name)
        await station.cancel(name)
    await die(station)
    station.shop.requests.clear()
    return station


async def die(at: Station) -> None:
    """Let every delivery be one that was answered in a way that nobody could read."""
    async with at.store.shard(OPS) as tx:
        await tx.execute(
            text("update delivery set state = 'DEAD', attempts = 1, error_class = 'MAPPING', error = :error"),
            {"error": WORDS},
        )
    roots = tuple(root for (root,) in await at.rows("select root_id from delivery order by 1"))
    await at.writer.write(OPS, Work(wake=roots))


async def open_cases(at: Station) -> int:
    ((found,),) = await at.rows("select count(*) from exception_case where code = 'DEAD_LETTER' and closed_at is null")
    return int(found)


async def states(at: Station) -> list[str]:
    return [state for (state,) in await at.rows("select state from delivery order by key")]


async def group(at: Station) -> str:
    async with at.store.glance(OPS) as tx:
        (one,) = await groups(tx, "acme", None, DeadLetterStatus.OPEN)
    assert (one.count, one.cause, one.error_class) == (3, "the answer about order # was no JSON", "MAPPING")
    return one.group_key


async def settle(
    at: Station, move: LetterMove, call: Call = OPS, *, key: str | None = "k", **chosen: object
) -> Decided:
    command = LetterCommand(move=move, reason="the shop is mended", **chosen)  # type: ignore[arg-type]  # a table
    return await Operators(at.store, at.writer).settle_letters(call, command, Asking(key=key, dry_run=key is None))


async def test_a_group_is_sent_again_once_each_and_the_dry_run_says_how_many(at: Station) -> None:
    assert await states(at) == ["DEAD"] * 3
    chosen: dict[str, Any] = {"group_key": await group(at)}
    dry = await settle(at, LetterMove.REPLAY, key=None, **chosen)
    assert dry.effect.outcome == {"matched": 3, "scheduled": 3, "skipped": {}}
    assert await states(at) == ["DEAD"] * 3
    assert await at.rows("select count(*) from exception_case where code = 'DEAD_LETTER' and closed_at is null") == [
        (3,)
    ]
    real = await settle(at, LetterMove.REPLAY, **chosen)
    assert (real.effect.outcome, await states(at)) == (dry.effect.outcome, ["PENDING"] * 3)
    assert await at.rows("select count(*) from exception_case where code = 'DEAD_LETTER' and closed_at is null") == [
        (0,)
    ]
    again = await settle(at, LetterMove.REPLAY, **chosen)
    assert (again.replayed, again.command_id, again.effect.outcome) == (True, real.command_id, real.effect.outcome)
    for _ in range(2):
        await at.turn(at.deliveries)
    assert await states(at) == ["DONE"] * 3
    assert len(at.shop.effects) == len(set(at.shop.effects)) == 3
    assert await at.rows("select distinct letter from delivery") == [("REPLAYED",)]


async def test_what_is_no_longer_wanted_is_left_and_said(at: Station) -> None:
    async with at.store.shard(OPS) as tx:  # as another worker kept it, before this root was woken
        shown = text("update record set content ="
                     " jsonb_set(content, '{lines,0,quantities,cancelled}', cast(:all as jsonb))"
                     " where source = 'shop' and source_id = 'o2'")  # fmt: skip
        await tx.execute(shown, {"all": '"3"'})
    dry = await settle(at, LetterMove.REPLAY, key=None, source="shop")
    real = await settle(at, LetterMove.REPLAY, source="shop")
    assert dry.effect.outcome == real.effect.outcome == {"matched": 3, "scheduled": 2, "skipped": {UNWANTED: 1}}
    assert sorted(await states(at)) == ["PENDING", "PENDING", "WITHDRAWN"]


async def test_one_that_is_given_up_is_rejected_with_the_reason(at: Station) -> None:
    ((one,),) = await at.rows("select min(id) from delivery")
    await settle(at, LetterMove.DISCARD, ids=(one,))
    assert sorted(await states(at)) == ["DEAD", "DEAD", "REFUSED"]
    assert await at.rows("select error, letter from delivery where state = 'REFUSED'") == [
        ("discarded by ops: the shop is mended", "DISCARDED")
    ]
    await at.turn(at.deliveries)
    assert at.shop.effects == []


async def test_two_decisions_at_once_have_one_effect(at: Station) -> None:
    first = await settle(at, LetterMove.REPLAY, source="shop")
    second = await settle(at, LetterMove.REPLAY, key="k2", source="shop")
    assert (first.effect.outcome["scheduled"], second.effect.outcome["matched"]) == (3, 0)
    for _ in range(2):
        await at.turn(at.deliveries)
    assert len(at.shop.effects) == 3


async def test_what_is_not_there_and_what_cannot_be_is_said_and_nothing_is_claimed(at: Station) -> None:
    for ids, code in ((("nothing",), "NOT_FOUND"), ((), "LIMIT_EXCEEDED")):
        decided = await settle(at, LetterMove.REPLAY, ids=ids)
        assert [one.code for one in decided.effect.user_errors] == [UserErrorCode(code)]
    assert await at.rows("select count(*) from command where root_id = 'console'") == [(0,)]
    with pytest.raises(Denied):
        await settle(at, LetterMove.REPLAY, call=replace(OPS, account="acme"), source="shop")
    await settle(at, LetterMove.REPLAY, source="shop")
    with pytest.raises(KeyReused):
        await settle(at, LetterMove.REPLAY, ids=("other",))


@pytest.fixture
async def doubtful(store: Store) -> Station:
    """A cancel at a source that can never say whether it happened."""
    blind = Write(idempotency=Idempotency.NONE, longest_call=timedelta(seconds=30))
    station = Station(
        store=store, shop=ScriptedShop(), manifest=replace(scripted_manifest(), writes={"order.cancel": blind})
    )
    await station.take()
    station.shop.place("o1")
    await station.see("o1")
    await station.cancel("o1")
    station.shop.fail(Fault(verb="execute", error=LOST))
    await station.turn(station.deliveries)
    async with store.shard(OPS) as tx:
        await tx.execute(text("update delivery set hold_until = clock_timestamp() where state = 'UNKNOWN'"))
    await station.turn(station.deliveries)
    return station


async def test_an_effect_that_nobody_can_know_is_never_sent_again_and_a_person_says_what_became_of_it(
    doubtful: Station,
) -> None:
    assert await states(doubtful) == ["REVIEW"]
    assert (await settle(doubtful, LetterMove.REPLAY, source="shop")).effect.outcome["skipped"] == {BLIND: 1}
    done = await settle(doubtful, LetterMove.DONE, source="shop")
    assert (done.effect.outcome["scheduled"], await states(doubtful)) == (1, ["DONE"])
    assert await doubtful.rows("select error from delivery") == [("done, says ops: the shop is mended",)]
    assert await doubtful.rows("select reason from hint where is_open and reason = 'settled'") == [("settled",)]


async def test_what_is_known_not_to_have_happened_needs_nobody_to_say_so(at: Station) -> None:
    decided = await settle(at, LetterMove.NOT_DONE, source="shop")
    assert decided.effect.outcome == {"matched": 3, "scheduled": 0, "skipped": {KNOWN: 3}}
