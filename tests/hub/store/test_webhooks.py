"""Endpoints as the store keeps them: one per name, called again once set anew, forgotten whole."""

from __future__ import annotations

from datetime import timedelta

from hub.store.store import Store
from hub.store.webhooks import (
    any_endpoint,
    disable_endpoint,
    drop_endpoint,
    endpoint_failed,
    endpoint_named,
    endpoint_took,
    endpoints_of,
    endpoints_with_work,
    put_endpoint,
    rotate_secret,
)
from tests.kit.changes import make_line
from tests.kit.partners import queued, rows, set_up, wanted


async def test_setting_an_endpoint_anew_keeps_its_id_and_secret_and_calls_it_again(store: Store) -> None:
    async with store.across() as tx:
        assert not await any_endpoint(tx)
    first = await set_up(store, "https://a.example/")
    async with store.across() as tx:
        assert await any_endpoint(tx)
        await disable_endpoint(tx, "acme", "e1", "it was tired")
        assert (await endpoints_of(tx, "acme"))[0].disabled_because == "it was tired"
        assert await put_endpoint(tx, "acme", wanted("https://b.example/", id="e2")) == 3
        found = await endpoint_named(tx, "acme", "mine")
        assert await endpoint_named(tx, "acme", "other") is None
        assert await endpoints_of(tx, "beta") == []
    assert found is not None
    assert (found.id, found.secret, found.url, found.state) == ("e1", first.secret, "https://b.example/", "ACTIVE")


async def test_a_rotated_secret_keeps_the_former_one_for_a_while(store: Store) -> None:
    first = await set_up(store, "https://a.example/")
    async with store.across() as tx:
        await rotate_secret(tx, ("acme", "e1"), "fresh", timedelta(hours=1))
        found = await endpoint_named(tx, "acme", "mine")
    assert found is not None
    assert (found.secret, found.former_secret) == ("fresh", first.secret)
    assert found.former_until is not None


async def test_how_long_an_endpoint_fails_is_counted_from_its_first_failure(store: Store) -> None:
    await set_up(store, "https://a.example/")
    async with store.across() as tx:
        assert await endpoint_failed(tx, "acme", "e1") < timedelta(minutes=1)
        first = await rows(store, "select failing_since from webhook_endpoint")
    async with store.across() as tx:
        await endpoint_failed(tx, "acme", "e1")
        await endpoint_took(tx, "acme", "e1")
        assert await endpoint_failed(tx, "acme", "unknown") == timedelta(0)
    assert first == [(None,)]
    assert await rows(store, "select failing_since from webhook_endpoint") == [(None,)]


async def test_only_active_endpoints_for_which_something_is_due_have_work(store: Store) -> None:
    await set_up(store, "https://a.example/")
    await set_up(store, "https://b.example/", id="e2", name="other", kinds=("PAYMENT",))
    await queued(store, make_line(1))
    async with store.across() as tx:
        assert [one.id for one in await endpoints_with_work(tx)] == ["e1"]
        await disable_endpoint(tx, "acme", "e1", "enough")
        assert await endpoints_with_work(tx) == []
        await drop_endpoint(tx, "acme", "e1")
    assert await rows(store) == []
