"""Notices as the store keeps them: claimed by one, handed over by who still holds the claim."""

from __future__ import annotations

from datetime import timedelta

from hub.model.notices import NoticeChannel, NoticeState
from hub.store.notices import (
    choices_of,
    claim_notices,
    hand_over,
    lose_notices,
    notices_of,
    put_choice,
    settle_notice,
)
from hub.store.store import Store
from tests.kit.partners import rows
from tests.kit.telling import to_be_told, to_tell

LEASE, SPARE = timedelta(minutes=1), timedelta(seconds=1)


async def test_one_worker_claims_a_notice(store: Store) -> None:
    await to_be_told(store, to_tell("a"), to_tell("a"), to_tell("b"))
    async with store.across() as tx:
        first = await claim_notices(tx, 1, LEASE)
        rest = await claim_notices(tx, 10, LEASE)
        assert await claim_notices(tx, 10, LEASE) == []
    assert sorted(one.entity_id for one in (*first, *rest)) == ["a", "b"]
    assert [one.attempts for one in rest] == [1]


async def test_only_who_holds_the_claim_hands_over_and_settles(store: Store) -> None:
    await to_be_told(store, to_tell())
    async with store.across() as tx:
        (slow,) = await claim_notices(tx, 1, timedelta(0))
        assert not await hand_over(tx, slow, SPARE)
        (quick,) = await claim_notices(tx, 1, LEASE)
        assert not await hand_over(tx, slow, SPARE)
        assert not await hand_over(tx, quick, LEASE + SPARE)
        assert await hand_over(tx, quick, SPARE)
        assert not await hand_over(tx, quick, SPARE)
        await settle_notice(tx, slow, "FAILED", "too late", 0.0)
        await settle_notice(tx, quick, "SENT", None, 0.0)
        (told,) = await notices_of(tx, "acme", ["o1"])
    assert (told.state, told.attempts, told.error) == (NoticeState.SENT, 2, None)


async def test_what_was_handed_over_by_one_that_is_gone_is_unknown_for_good(store: Store) -> None:
    await to_be_told(store, to_tell())
    async with store.across() as tx:
        (one,) = await claim_notices(tx, 1, LEASE)
        await hand_over(tx, one, SPARE)
        assert await lose_notices(tx, "gone") == 0
    await rows(store, "update notice set claimed_until = clock_timestamp() returning 1")
    async with store.across() as tx:
        assert await lose_notices(tx, "gone") == 1
        assert await claim_notices(tx, 1, LEASE) == []
    assert await rows(store, "select state, error from notice") == [("UNKNOWN", "gone")]


async def test_the_last_word_of_a_customer_stands(store: Store) -> None:
    async with store.across() as tx:
        await put_choice(tx, ("acme", "c1", "EMAIL"), ["SHIPPED"], ("de", "rep"))
        await put_choice(tx, ("acme", "c1", "EMAIL"), [], (None, "ops"))
        (stands,) = await choices_of(tx, "acme", "c1")
        assert await choices_of(tx, "beta", "c1") == []
    assert (stands.channel, stands.wants, stands.language, stands.actor) == (NoticeChannel.EMAIL, (), None, "ops")
