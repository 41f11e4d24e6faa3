"""An order that somebody must approve is there to be seen, and held: it reaches nobody before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from hub.call import Call
from hub.merge.work import Work
from hub.model.approval import APPROVAL, ApprovalRule
from hub.model.manifest import Idempotency, Write
from hub.scopes import Scope
from hub.store.policies import decide
from hub.store.store import Store
from hub.write.approving import Decision, decide_operation
from hub.write.desk import Asking
from tests.kit.entering import REP, desk_of, opened, submission
from tests.kit.merging import CALL, ERP, Looking

LEAD = Call(actor="lead", tenant="acme", scopes=frozenset({Scope.APPROVE}), correlation_id="correlation-lead")
LOOK = """select e.status, c.state, c.is_done, (select count(*) from delivery where action = 'order.create'),
  (select count(*) from hold where released_at is null and doc ->> 'type' = 'APPROVAL')
from entity e, command c where e.kind = 'ORDER' and c.operation = 'orderSubmit'"""


@pytest.fixture
async def hub(store: Store) -> Looking:
    """A hub whose ERP takes orders, and where every submit must be approved."""
    looking = await opened(store)
    erp = looking.landscape.sources[ERP]
    creates = Write(idempotency=Idempotency.LOOKUP, longest_call=timedelta(seconds=30))
    manifest = replace(erp.manifest, writes={**erp.manifest.writes, "order.create": creates})
    sources = {**looking.landscape.sources, ERP: replace(erp, manifest=manifest)}
    hub = Looking(store, replace(looking.landscape, sources=sources))
    async with store.shard(REP) as tx:
        await decide(tx, "acme", (APPROVAL, "all"), ApprovalRule(action="orderSubmit"), "opshub.toml")
    return hub


async def asked(hub: Looking) -> str:
    applied = await desk_of(hub).submit(REP, await submission(hub), Asking(key="k"))
    assert (applied.user_errors, applied.consequences[0].system) == ((), "HUB")
    assert applied.command_id is not None
    assert [tuple(row) for row in await hub.rows(LOOK)] == [("ACCEPTED", "AWAITING_APPROVAL", False, 0, 1)]
    return applied.command_id


async def said(hub: Looking, operation: str, *, yes: bool) -> None:
    decision = Decision(operation_id=operation, is_yes=yes, reason="r")
    decided = await decide_operation(hub.store, hub.writer, LEAD, decision, Asking(key="d"))
    assert decided.effect.user_errors == ()


async def test_once_approved_it_goes_its_way(hub: Looking) -> None:
    await said(hub, await asked(hub), yes=True)
    ((status, state, done, creates, held),) = await hub.rows(LOOK)
    assert (status, state, done, creates, held) == ("ACCEPTED", "QUEUED", False, 1, 0)


async def test_once_refused_it_is_rejected_and_has_reached_nobody(hub: Looking) -> None:
    await said(hub, await asked(hub), yes=False)
    ((status, state, done, creates, _),) = await hub.rows(LOOK)
    assert (status, state, done, creates) == ("REJECTED", "REJECTED", True, 0)


async def test_what_nobody_decides_in_time_is_rejected_too(hub: Looking) -> None:
    await asked(hub)
    async with hub.store.shard(CALL) as tx:
        await tx.execute(
            text("update command set approval = approval || jsonb_build_object('until', clock_timestamp())")
        )
    ((root,),) = await hub.rows("select id from root where kind = 'ORDER'")
    await hub.writer.write(CALL, Work(wake=(root,)))
    ((status, state, done, creates, _),) = await hub.rows(LOOK)
    assert (status, state, done, creates) == ("REJECTED", "REJECTED", True, 0)
