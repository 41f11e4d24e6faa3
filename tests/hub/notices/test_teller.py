"""Each milestone once: refused ones again, unknown ones never by themselves, unwanted ones not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from hub import failpoint
from hub.model.notices import NoticeChannel
from hub.model.trace import HopKind, HopOutcome
from hub.notices.teller import LOST, Teller
from hub.settings import Secret
from hub.store.notices import put_choice
from hub.store.store import Store
from tests.kit.mailing import Postbox, delivering
from tests.kit.partners import rows
from tests.kit.receiver import Receiver, receiving
from tests.kit.recorder import ListRecorder
from tests.kit.telling import USUAL, smtp, teller, to_be_told, to_tell
from tests.kit.wait import until_so

STATES = "select entity_id, state from notice order by entity_id"


async def until_told(one: Teller, store: Store) -> None:
    async def is_told() -> bool:
        await one.turn()
        return not await rows(store, "select 1 from notice where state in ('PENDING', 'HANDED')")

    await until_so(is_told)


async def test_a_milestone_is_told_once_and_traced(store: Store) -> None:
    postbox, recorder = Postbox(), ListRecorder()
    await to_be_told(store, to_tell(), to_tell())
    await to_be_told(store, to_tell())
    async with delivering(postbox) as port:
        one = teller(store, smtp(port), recorder=recorder)
        await until_told(one, store)
        assert await one.turn() == 0
    assert [letter["To"] for letter in postbox.letters] == ["ann@example.com"]
    assert await rows(store, STATES) == [("o1", "SENT")]
    assert [(hop.kind, hop.operation, hop.outcome, hop.roots) for hop in recorder.hops] == [
        (HopKind.NOTIFICATION, "ORDER_ACCEPTED by EMAIL", HopOutcome.OK, ("o1",))
    ]


async def test_what_was_certainly_not_taken_is_tried_again_and_then_given_up(store: Store) -> None:
    postbox = Postbox()
    postbox.verdict = b"451 later"
    await to_be_told(store, to_tell())
    async with delivering(postbox) as port:
        await until_told(teller(store, smtp(port)), store)
    assert await rows(store, "select state, attempts, error from notice") == [
        ("FAILED", 3, "the mail server answered 451")
    ]


async def test_an_answer_that_was_lost_is_not_asked_for_again(store: Store) -> None:
    postbox = Postbox()
    postbox.verdict = None
    await to_be_told(store, to_tell())
    async with delivering(postbox) as port:
        await until_told(teller(store, smtp(port)), store)
    assert await rows(store, "select state, attempts from notice") == [("UNKNOWN", 1)]
    assert len(postbox.letters) == 1


class Killed(BaseException):
    """As a process that is gone: nothing catches it."""


def dying_at(point: str) -> Callable[[str], None]:
    def hook(reached: str) -> None:
        if reached == point:
            raise Killed

    return hook


@pytest.mark.parametrize(("point", "letters"), [("n1", 0), ("n2", 1)])
async def test_a_worker_that_dies_while_it_hands_over_leads_to_no_second_letter(
    store: Store, point: str, letters: int
) -> None:
    postbox = Postbox()
    await to_be_told(store, to_tell())
    async with delivering(postbox) as port:
        failpoint.install(dying_at(point))
        try:
            with suppress(Killed, BaseExceptionGroup):
                await teller(store, smtp(port)).turn()
        finally:
            failpoint.install(None)
        await rows(store, "update notice set claimed_until = clock_timestamp() returning 1")
        await until_told(teller(store, smtp(port)), store)
    assert len(postbox.letters) == letters
    assert await rows(store, "select state, error from notice") == [("UNKNOWN", LOST)]


async def test_a_worker_that_dies_before_leads_to_one_letter(store: Store) -> None:
    postbox = Postbox()
    await to_be_told(store, to_tell())
    await rows(store, "update notice set attempts = 1, claimed_until = clock_timestamp() returning 1")
    async with delivering(postbox) as port:
        await until_told(teller(store, smtp(port)), store)
    assert len(postbox.letters) == 1


async def test_a_customers_word_counts_more_than_the_tenants(store: Store) -> None:
    postbox = Postbox()
    async with store.across() as tx:
        await put_choice(tx, ("acme", "c1", "EMAIL"), ["SHIPPED"], (None, "rep"))
    await to_be_told(store, to_tell("a"), to_tell("b", milestone="SHIPPED"), to_tell("nobody's"))
    async with delivering(postbox) as port:
        await until_told(teller(store, smtp(port), replace(USUAL, consent="needed")), store)
    assert await rows(store, STATES) == [("a", "SKIPPED"), ("b", "SENT"), ("nobody's", "SKIPPED")]


async def test_without_a_word_the_tenants_policy_decides(store: Store) -> None:
    await to_be_told(store, to_tell("a"))
    await until_told(teller(store, None, replace(USUAL, consent="needed")), store)
    await to_be_told(store, to_tell("b"))
    await until_told(teller(store, None, replace(USUAL, milestones=("SHIPPED",))), store)
    await to_be_told(store, to_tell("c"))
    await until_told(teller(store, None), store)
    assert await rows(store, "select error from notice order by entity_id") == [
        ("the customer has not agreed",),
        ("customers are not told of this",),
        ("no mail server is configured",),
    ]


async def test_a_provider_is_called_until_it_takes_it_under_one_id(store: Store) -> None:
    receiver = Receiver(lambda number, event_id: 500 if number == 0 else 204)
    await to_be_told(store, to_tell(channel=NoticeChannel.WEBHOOK.value))
    async with receiving(receiver) as url:
        secret = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        one = teller(store, None, replace(USUAL, url=url, secret=secret))
        await until_told(one, store)
        with suppress(asyncio.CancelledError):
            running = asyncio.create_task(one.run())
            await asyncio.sleep(0)
            running.cancel()
            await running
    first, second = receiver.came
    assert first.id == second.id
    assert (second.said["type"], second.said["data"]["email"]) == ("notice.order_accepted", "ann@example.com")
