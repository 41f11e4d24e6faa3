"""One order of changes: one leader, fenced; positions mean the same for ever or have expired (section 11 rule 3)."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from hub.call import worker_call
from hub.errors import CursorExpired
from hub.store.changelog import Place, end_of_log, read_after, resign, sequence, take_lead
from hub.store.roles import Role, RoleUrls
from hub.store.store import Store, open_store
from tests.kit.changes import make_change, put_outbox

CALL = worker_call("acme")
LEASE = timedelta(minutes=5)
OVER = timedelta(seconds=-1)


@pytest.fixture
async def session(database: RoleUrls) -> AsyncIterator[Store]:
    """One session: leadership lives on it."""
    async with open_store(database, Role.WORK, size=1) as store:
        yield store


async def lead(store: Store, holder: str = "left", lease: timedelta = LEASE) -> str | None:
    """Take the lead; the new term, or None while another leads."""
    term = str(uuid.uuid4())
    async with store.across() as tx:
        return term if await take_lead(tx, holder, term, lease) else None


async def log(store: Store, term: str | None, count: int, size: int = 100) -> list[str] | None:
    """Write so many changes and sequence them: their roots."""
    async with store.shard(CALL) as tx:
        if count:
            await put_outbox(tx, *(make_change(root_id=f"root-{n}") for n in range(count)))
        lines = await sequence(tx, str(term), size, LEASE)
    return None if lines is None else [line.change.root_id for line in lines]


async def read(store: Store, term: str | None, position: int, size: int = 100) -> list[tuple[str, int]]:
    async with store.across() as tx:
        lines = await read_after(tx, Place(term=str(term), position=position), size)
    return [(line.place.term, line.place.position) for line in lines]


async def test_the_log_begins_with_the_first_leadership(session: Store) -> None:
    async with session.across() as tx:
        assert await end_of_log(tx) is None
    term = await lead(session)
    async with session.across() as tx:
        assert await end_of_log(tx) == Place(term=str(term), position=0)


async def test_a_rival_waits_until_the_lease_is_over_or_given_back(session: Store, store: Store) -> None:
    assert await lead(session, lease=OVER)
    first = await lead(store, "right")
    assert first is not None
    assert await lead(session) is None
    async with store.across() as tx:
        await resign(tx, first)
    assert await lead(session) is not None


async def test_the_same_holder_leads_on_under_a_new_term(session: Store) -> None:
    first = await lead(session)
    second = await lead(session)
    assert first != second
    assert await log(session, first, 1) is None
    assert await log(session, second, 0) == ["root-0"]


async def test_changes_get_positions_in_order_and_at_most_so_many_at_once(session: Store) -> None:
    term = await lead(session)
    assert await log(session, term, 5, size=3) == ["root-0", "root-1", "root-2"]
    assert await log(session, term, 0, size=3) == ["root-3", "root-4"]
    assert await log(session, term, 0) == []
    assert await read(session, term, 0) == [(str(term), n) for n in range(1, 6)]
    async with session.across() as tx:
        assert await end_of_log(tx) == Place(term=str(term), position=5)
        assert await tx.scalar(text("select count(*) from outbox")) == 0


async def test_a_line_tells_its_tenant_its_change_and_how_long_it_stood(session: Store) -> None:
    term, change = await lead(session), make_change()
    async with session.shard(CALL) as tx:
        await put_outbox(tx, change, tenant="beta")
        (line,) = await sequence(tx, str(term), 10, LEASE) or ()
    assert (line.tenant, line.change) == ("beta", change)
    assert timedelta() <= line.waited < timedelta(minutes=1)


async def test_who_was_overtaken_or_lost_its_session_writes_nothing(session: Store, store: Store) -> None:
    left = await lead(session, lease=OVER)
    right = await lead(store, "right")
    assert await log(session, left, 1) is None
    assert await log(session, right, 0) is None, "not its session"
    async with session.across() as tx:
        assert await tx.scalar(text("select count(*) from outbox")) == 1
        assert await tx.scalar(text("select count(*) from change_log")) == 0


async def test_a_place_bears_the_term_of_its_position_and_goes_on_in_the_next(session: Store) -> None:
    first = await lead(session)
    await log(session, first, 2)
    second = await lead(session)
    await log(session, second, 2)
    terms = [str(first), str(first), str(second), str(second)]
    assert await read(session, first, 0) == list(zip(terms, (1, 2, 3, 4), strict=True))
    assert await read(session, first, 2, size=1) == [(str(second), 3)]
    assert await read(session, second, 4) == []


@pytest.mark.parametrize(
    ("of", "position", "why"),
    [
        ("first", 3, "this position was given again by a later term"),
        ("second", 5, "past the end"),
        ("nobody", 0, "a term that never was"),
        ("second", 0, "below what is kept"),
    ],
)
async def test_a_place_that_no_longer_means_what_it_did_has_expired(
    session: Store, of: str, position: int, why: str
) -> None:
    terms = {"nobody": str(uuid.uuid4())}
    for name in ("first", "second"):
        terms[name] = str(await lead(session))
        await log(session, terms[name], 2)
    if why == "below what is kept":
        async with session.across() as tx:
            await tx.execute(text("update sequencer set floor = 2"))
    with pytest.raises(CursorExpired):
        await read(session, terms[of], position)
