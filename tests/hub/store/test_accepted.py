"""The idempotency claim of a command."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.call import worker_call
from hub.codec import plain
from hub.errors import HubFault
from hub.model.command import CancelCommand, ReleaseCommand
from hub.model.effects import CancelReason
from hub.store.accepted import PUT_COMMANDS, Claimed, CommandRow, claimed, command_in
from hub.store.faults import StoreTaken
from hub.store.store import Store
from tests.kit.merging import at

CALL = worker_call("acme")
CANCEL = CancelCommand(order_id="a", reason=CancelReason.CUSTOMER)
ROW = CommandRow(
    id="c1", client="rep", operation="orderCancel", key="k", hash="h", root_id="a", correlation_id="c", version=1,
    input=plain(CANCEL), consequences=(), accepted_at=at(0), moved_at=at(0),
)  # fmt: skip


async def test_a_claim_is_found_by_client_operation_and_key_alone(store: Store) -> None:
    async with store.shard(CALL) as tx:
        await PUT_COMMANDS.write(tx, "acme", [ROW])
        mine, other = ("rep", "orderCancel", "k"), ("other", "orderCancel", "k")
        assert await claimed(tx, "acme", [other, mine]) == {mine: Claimed(id="c1", hash="h", root_id="a")}
        assert await claimed(tx, "bolt", [mine]) == {}


async def test_one_key_is_never_claimed_twice(store: Store) -> None:
    with pytest.raises(StoreTaken):
        async with store.shard(CALL) as tx:
            await PUT_COMMANDS.write(tx, "acme", [ROW, replace(ROW, id="c2")])


def test_a_command_is_read_back_by_its_operation() -> None:
    release = ReleaseCommand(order_id="a")
    assert command_in("orderCancel", plain(CANCEL)) == CANCEL
    assert command_in("orderReleaseToWarehouse", plain(release)) == release


def test_an_operation_of_a_later_release_is_said_to_be_one() -> None:
    with pytest.raises(HubFault, match="stored as orderPaint, which this release does not know"):
        command_in("orderPaint", {})
