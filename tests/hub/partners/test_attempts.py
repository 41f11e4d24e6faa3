"""One attempt: how long until the next, both secrets while both are valid, and nothing sent too late."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hub.clock import SystemClock
from hub.partners.addresses import Addresses
from hub.partners.attempts import Attempts, Ended, Means
from hub.partners.posting import Poster
from hub.seal import Vault
from hub.settings import Secret
from hub.store.store import Store
from hub.store.webhook_queue import Due
from hub.store.webhooks import EndpointRow
from tests.kit.changes import make_change
from tests.kit.partners import LOCAL, SECRET, VAULT, nothing_told, set_up, standing
from tests.kit.receiver import Receiver, receiving
from tests.kit.recorder import ListRecorder

FORMER = Secret("whsec_" + "A" * 43 + "=")
SOON = 1e18


async def made(store: Store, endpoint: EndpointRow, *, attempts: int = 0, latest: float = SOON) -> Ended:
    poster = Poster(Addresses(LOCAL.allow, plain=True), 60.0)
    means = Means(
        store=store, clock=SystemClock(), recorder=ListRecorder(), poster=poster, vault=VAULT, render=nothing_told,
        standing=standing, settings=replace(LOCAL, retry_seconds=(10.0, 100.0)),
    )  # fmt: skip
    try:
        return await Attempts(means).make(
            endpoint, Due(id="d1", attempts=attempts, seen_as="UPDATED", change=make_change()), latest
        )
    finally:
        await poster.close()


async def test_waits_grow_and_the_last_attempt_is_the_last(store: Store) -> None:
    async with receiving(Receiver(lambda number, event_id: 500)) as url:
        endpoint = await set_up(store, url)
        tried = [(await made(store, endpoint, attempts=number)).tried for number in range(3)]
    assert [one.state for one in tried] == ["PENDING", "PENDING", "DEAD"]
    assert 5 <= tried[0].wait <= 15
    assert 50 <= tried[1].wait <= 150
    assert [one.attempt.number for one in tried] == [1, 2, 3]


async def test_both_secrets_sign_while_the_former_one_is_valid(store: Store) -> None:
    receiver = Receiver()
    async with receiving(receiver) as url:
        endpoint = replace(await set_up(store, url), former_secret=VAULT.close(FORMER))
        now = datetime.now(UTC)  # noqa: TID251  compared with the system's clock
        for until in (now + timedelta(hours=1), now - timedelta(hours=1)):
            await made(store, replace(endpoint, former_until=until))
    assert [len(one.headers["webhook-signature"].split()) for one in receiver.came] == [2, 1]
    assert SECRET != FORMER


async def test_nothing_is_sent_that_the_claim_would_not_outlast(store: Store) -> None:
    receiver = Receiver()
    async with receiving(receiver) as url:
        ended = await made(store, await set_up(store, url), latest=0.0)
    assert (ended.tried.state, ended.tried.error) == ("PENDING", "the hub was too slow: nothing was sent")
    assert receiver.came == []


async def test_a_secret_that_cannot_be_opened_is_told_in_words(store: Store) -> None:
    async with receiving(Receiver()) as url:
        ended = await made(store, await set_up(store, url, secret=Vault(b"another").close(SECRET)))
    assert ended.tried.error == (
        "a secret was sealed with another key: set webhooks.key as it was, or rotate the secret"
    )
