"""A command under the lock, its deliveries, and what becomes of them (Own-1, Flow-1, D4, D7)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import text

from hub.errors import KeyReused
from hub.merge.work import AcceptedCommand, Applied, Settlement, Work
from hub.model.command import CancelCommand, LineQuantity, UserErrorCode
from hub.model.effects import CancelReason
from hub.model.ids import mint
from hub.model.intents import DeliveryState, LineGrant
from hub.model.vocabulary import Kind
from hub.store.store import Store
from tests.kit.merging import CALL, SHOP, TENANT, Looking, line, order, seen

S0 = (SHOP, Kind.ORDER, "s0")


@pytest.fixture
async def hub(store: Store) -> Looking:
    looking = Looking(store)
    await looking.write(seen(S0, order("C0", line("1", 3))))
    return looking


async def entity(hub: Looking) -> str:
    found: str = (await hub.rows("select id from entity where kind = 'ORDER'"))[0][0]
    return found


async def cancel(hub: Looking, quantity: int = 1, *, key: str = "key-1", hashed: str = "hash-1") -> Applied:
    command = CancelCommand(
        order_id=await entity(hub),
        reason=CancelReason.CUSTOMER,
        lines=(LineQuantity(line_no=1, quantity=Decimal(quantity)),),
    )
    accepted = AcceptedCommand(id=mint(), client="rep", operation="orderCancel", key=key, hash=hashed, command=command)
    return await hub.writer.write(CALL, Work(command=accepted))


async def claim(hub: Looking, when: float = 0) -> str:
    """Claim the one delivery, as the owner of the shop under epoch 1 does."""
    async with hub.store.shard(CALL) as tx:
        await tx.execute(
            text("insert into lease (tenant, source, holder, epoch) values (:tenant, 'shop', 'me', 1)"),
            {"tenant": TENANT},
        )
        found: str = await tx.scalar(
            text("""update delivery set state = 'CLAIMED', epoch = 1, attempts = attempts + 1,
            claimed_at = timestamptz '2026-11-01 12:00+00' + make_interval(secs => :when) returning id"""),
            {"when": when},
        )
    return found


def settlement(delivery: str, state: DeliveryState, **also: object) -> Settlement:
    said: dict[str, object] = {"epoch": 1, "attempt": 1, "was": (DeliveryState.CLAIMED,)}
    return Settlement(delivery_id=delivery, state=state, **(said | also))  # type: ignore[arg-type]  # fields of tests


async def test_a_command_is_written_with_its_record_delivery_and_facts_in_one_go(hub: Looking) -> None:
    applied = await cancel(hub)
    assert applied.command_id is not None
    assert [one.source for one in applied.consequences] == [SHOP]
    ((source, state, command, target),) = await hub.rows(
        "select source, state, command_id, content -> 'lines' -> 0 ->> 'cancelled' from delivery"
    )
    assert (source, state, command, target) == (SHOP, "PENDING", applied.command_id, "1")
    assert await hub.rows("select source_id = entity_id from record where source = 'hub'") == [(True,)]
    events = [row[0] for row in await hub.rows("select type from outbox order by id")]
    assert events == ["order.accepted", "order.updated", "operation.created"]


async def test_the_same_key_again_is_replayed_and_writes_nothing(hub: Looking) -> None:
    first = await cancel(hub)
    again = await cancel(hub)
    assert (again.command_id, again.replayed, first.replayed) == (first.command_id, True, False)
    assert again.consequences == first.consequences
    assert await hub.count("delivery") == 1


async def test_the_same_key_with_another_input_is_refused(hub: Looking) -> None:
    await cancel(hub)
    with pytest.raises(KeyReused):
        await cancel(hub, 2, hashed="hash-2")


async def test_a_refused_command_writes_nothing_and_frees_its_key(hub: Looking) -> None:
    refused = await cancel(hub, 9)
    assert [error.code for error in refused.user_errors] == [UserErrorCode.QUANTITY_INVALID]
    assert (await hub.count("command"), await hub.count("delivery"), await hub.count("outbox")) == (0, 0, 1)
    assert (await cancel(hub, 1)).command_id is not None


async def test_a_dry_run_says_the_same_and_writes_nothing(hub: Looking) -> None:
    command = CancelCommand(order_id=await entity(hub), reason=CancelReason.CUSTOMER)
    accepted = AcceptedCommand(id=mint(), client="rep", operation="orderCancel", key="", hash="h", command=command)
    dry = await hub.writer.preview(CALL, Work(command=accepted))
    assert [one.source for one in dry.consequences] == [SHOP]
    assert dry.command_id is None
    assert await hub.count("command") == 0


async def test_an_unknown_order_is_a_user_error(hub: Looking) -> None:
    command = CancelCommand(order_id=mint(), reason=CancelReason.CUSTOMER)
    accepted = AcceptedCommand(id=mint(), client="rep", operation="orderCancel", key="k", hash="h", command=command)
    applied = await hub.writer.write(CALL, Work(command=accepted))
    assert [error.code for error in applied.user_errors] == [UserErrorCode.NOT_FOUND]


async def test_the_call_s_answer_settles_the_row_tells_the_operation_and_asks_for_a_read(hub: Looking) -> None:
    command = (await cancel(hub)).command_id
    delivery = await claim(hub)
    applied = await hub.writer.write(
        CALL,
        Work(
            settlements=(
                settlement(delivery, DeliveryState.DONE, grants=(LineGrant(line_no=1, cancelled=Decimal(1)),)),
            )
        ),
    )
    assert applied.refused_settlements == ()
    assert await hub.rows("select state, settled_at is not null from delivery") == [("DONE", True)]
    assert await hub.rows(
        "select aggregateid, type, entity_version from outbox where aggregatetype = 'operation' order by id"
    ) == [
        (command, "operation.created", 1),
        (command, "operation.applied", 2),
    ]
    ((kind, source_id, reason, waits),) = await hub.rows(
        "select kind, source_id, reason, due_at - raised_at > interval '1 s' from hint where is_open"
    )
    assert (kind, source_id, reason, waits) == ("ORDER", "s0", "settled", True)


@pytest.mark.parametrize(
    "late",
    [{"epoch": 7}, {"attempt": 2}, {"was": (DeliveryState.UNKNOWN,)}],
    ids=["another owner", "another attempt", "another state"],
)
async def test_a_settlement_that_comes_too_late_is_refused(hub: Looking, late: dict[str, object]) -> None:
    await cancel(hub)
    delivery = await claim(hub)
    applied = await hub.writer.write(CALL, Work(settlements=(settlement(delivery, DeliveryState.DONE, **late),)))
    assert applied.refused_settlements == (delivery,)
    assert await hub.rows("select state from delivery") == [("CLAIMED",)]


async def test_a_record_asked_after_the_claim_that_shows_the_whole_effect_settles_the_row(hub: Looking) -> None:
    await cancel(hub)
    await claim(hub, 50)
    await hub.write(seen(S0, order("C0", line("1", 3, cancelled=1)), 40, 60))
    assert await hub.rows("select state from delivery") == [("CLAIMED",)]
    await hub.write(seen(S0, order("C0", line("1", 3, cancelled=1)), 51, 60))
    assert await hub.rows("select state from delivery") == [("DONE",)]


async def test_a_record_that_shows_only_a_part_settles_nothing(hub: Looking) -> None:
    await cancel(hub, 2)
    await claim(hub, 50)
    await hub.write(seen(S0, order("C0", line("1", 3, cancelled=1)), 51, 60))
    assert await hub.rows("select state from delivery") == [("CLAIMED",)]


async def test_a_refused_quantity_is_withdrawn_from_the_hub_s_record_with_a_case(hub: Looking) -> None:
    await cancel(hub)
    delivery = await claim(hub)
    await hub.writer.write(
        CALL, Work(settlements=(settlement(delivery, DeliveryState.REFUSED, error="already picked"),))
    )
    ((rejected,),) = await hub.rows(
        "select content -> 'lines' -> 0 -> 'quantities' ->> 'rejected' from record where source = 'hub'"
    )
    assert Decimal(rejected) == 1
    assert await hub.rows("select code from exception_case where closed_at is null") == [("CANCEL_TOO_LATE",)]


async def test_a_wake_changes_nothing_where_nothing_is_due(hub: Looking) -> None:
    await cancel(hub)
    before = await hub.rows("select count(*), (select max(version) from root) from outbox")
    await hub.writer.write(CALL, Work(wake=(await entity(hub),)))
    assert await hub.rows("select count(*), (select max(version) from root) from outbox") == before
