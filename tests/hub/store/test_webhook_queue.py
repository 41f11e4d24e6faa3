"""Deliveries as the store keeps them: once each, the first of each root, sent again or given up by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hub.model.partners import WebhookAttempt, WebhookDeliveryState
from hub.store.store import Store
from hub.store.webhook_queue import (
    Chosen,
    Due,
    Tried,
    backlog,
    claim,
    deliveries,
    expire,
    give_up,
    send_again,
    settle,
)
from tests.kit.changes import make_line
from tests.kit.partners import queued, rows, set_up

LEASE = timedelta(minutes=1)
AT = datetime(2026, 11, 22, tzinfo=UTC)


async def claimed(store: Store, size: int = 10) -> list[Due]:
    async with store.across() as tx:
        return list(await claim(tx, "acme", "e1", size, LEASE))


async def end(store: Store, *due: Due, state: str = "DONE") -> None:
    attempt = WebhookAttempt(number=1, at=AT, duration_ms=5, status_code=204)
    async with store.across() as tx:
        tried = [Tried(id=one.id, state=state, status_code=204, error=None, wait=0, attempt=attempt) for one in due]
        await settle(tx, "acme", tried)


async def three(store: Store) -> None:
    await set_up(store, "https://a.example/")
    await queued(store, make_line(1, root_id="a"), make_line(2, root_id="a"), make_line(3, root_id="b"))


async def states(store: Store) -> list[str]:
    return [state for _, state in await rows(store)]


async def test_the_first_of_each_root_is_claimed_by_one_worker(store: Store) -> None:
    await three(store)
    first = await claimed(store)
    assert [one.change.root_id for one in first] == ["a", "b"]
    assert await claimed(store) == []
    await end(store, first[0])
    assert [one.change.root_id for one in await claimed(store)] == ["a"]


async def test_no_more_are_claimed_than_asked_for(store: Store) -> None:
    await set_up(store, "https://a.example/")
    await queued(store, *(make_line(number, root_id=f"r{number}") for number in range(1, 30)))
    assert len(await claimed(store, 4)) == 4


async def test_a_claim_that_is_over_is_taken_by_another(store: Store) -> None:
    await three(store)
    async with store.across() as tx:
        await claim(tx, "acme", "e1", 10, timedelta(0))
    assert len(await claimed(store)) == 2


async def test_what_is_dead_holds_up_its_root_until_somebody_decides(store: Store) -> None:
    await three(store)
    first = await claimed(store)
    await end(store, *first, state="DEAD")
    assert await states(store) == ["DEAD", "PENDING", "DEAD"]
    assert await claimed(store) == []
    async with store.across() as tx:
        assert await backlog(tx, "acme") == {"mine": (1, 2)}
        assert await give_up(tx, "acme", "e1", [first[0].id]) == 1
    assert len(await claimed(store)) == 1
    async with store.across() as tx:
        assert await send_again(tx, "acme", "e1", Chosen(dead=True)) == 1
        assert await send_again(tx, "acme", "e1", Chosen(ids=(first[0].id,))) == 1
    assert await states(store) == ["PENDING", "PENDING", "PENDING"]


async def test_what_was_given_up_meanwhile_stays_so(store: Store) -> None:
    await three(store)
    first = await claimed(store)
    async with store.across() as tx:
        await give_up(tx, "acme", "e1", [first[0].id])
    await end(store, first[0])
    assert await states(store) == ["WITHDRAWN", "PENDING", "PENDING"]


async def test_they_are_listed_with_their_attempts_the_newest_first(store: Store) -> None:
    await three(store)
    await end(store, (await claimed(store))[0])
    async with store.across() as tx:
        page = await deliveries(tx, "acme", "e1", None, (2, None))
        rest = await deliveries(tx, "acme", "e1", None, (2, page[-1][0]))
        done = await deliveries(tx, "acme", "e1", "DONE", (2, None))
    assert [position for position, _ in (*page, *rest)] == [3, 2, 1]
    assert [one.state for _, one in done] == [WebhookDeliveryState.DONE]
    assert done[0][1].log == (WebhookAttempt(number=1, at=AT, duration_ms=5, status_code=204),)
    assert (done[0][1].next_attempt_at, page[0][1].next_attempt_at is None) == (None, False)


async def test_what_has_ended_goes_after_a_while_and_all_can_be_sent_again_until_then(store: Store) -> None:
    await three(store)
    await end(store, *await claimed(store))
    async with store.across() as tx:
        assert await expire(tx, timedelta(days=1), 10) == 0
        assert await send_again(tx, "acme", "e1", replace(Chosen(), since=AT - timedelta(days=300))) == 2
    await end(store, *await claimed(store))
    async with store.across() as tx:
        assert await expire(tx, timedelta(0), 10) == 2
    assert await states(store) == ["PENDING"]
