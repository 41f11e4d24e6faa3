"""What somebody else must approve has no effect before, and is judged anew then (D13)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import text

from hub.call import Call
from hub.clock import SystemClock
from hub.errors import Denied, KeyReused
from hub.merge.work import Applied, Work
from hub.model.approval import APPROVAL, ApprovalRule, Ruling
from hub.model.command import CancelCommand, LineQuantity, UserErrorCode
from hub.model.effects import CancelReason
from hub.model.values import Money
from hub.scopes import Scope
from hub.store.policies import decide
from hub.store.store import Store
from hub.write.approving import Decision, decide_operation
from hub.write.console import Decided
from hub.write.desk import Asking, Desk
from tests.kit.scripted_shop import ScriptedShop
from tests.kit.station import Station

REP = Call(actor="rep", tenant="acme", scopes=frozenset({"orders:write"}), correlation_id="correlation-rep")
LEAD = Call(actor="lead", tenant="acme", scopes=frozenset({Scope.APPROVE}), correlation_id="correlation-lead")
EVERY_CANCEL = ApprovalRule(action="orderCancel")
NO = UserErrorCode


@pytest.fixture
async def at(store: Store) -> Station:
    """A worker that saw an order, where every cancel must be approved."""
    station = Station(store=store, shop=ScriptedShop())
    station.shop.place("o1")
    await station.take()
    await station.see("o1")
    await rule(station, EVERY_CANCEL)
    return station


async def rule(at: Station, one: ApprovalRule) -> None:
    async with at.store.shard(REP) as tx:
        await decide(tx, "acme", (APPROVAL, "cancels"), one, "opshub.toml")


async def ask(at: Station, call: Call = REP, *, key: str | None = "k", units: int | None = None) -> Applied:
    lines = None if units is None else (LineQuantity(line_no=1, quantity=Decimal(units)),)
    command = CancelCommand(order_id=await at.order("o1"), reason=CancelReason.CUSTOMER, lines=lines)
    return await Desk(at.store, at.writer, SystemClock()).cancel(call, command, Asking(key=key, dry_run=key is None))


async def say(
    at: Station, operation: str | None, *, yes: bool = True, call: Call = LEAD, key: str | None = "d", **also: object
) -> Decided:
    said = Decision(operation_id=operation or "", is_yes=yes, **also)  # type: ignore[arg-type]  # a table
    return await decide_operation(at.store, at.writer, call, said, Asking(key=key, dry_run=key is None))


async def standing(at: Station) -> tuple[object, ...]:
    """State of the command, whether it is done, of its approval, deliveries, records of the hub."""
    ((found),) = await at.rows(
        """select c.state, c.is_done, c.approval ->> 'state',
          (select count(*) from delivery where state <> 'WITHDRAWN'),
          (select count(*) from record where source = 'hub') from command c where c.outcome is null"""
    )
    return tuple(found)


def codes(decided: Decided) -> list[UserErrorCode]:
    return [one.code for one in decided.effect.user_errors]


async def test_what_must_be_approved_is_accepted_and_has_no_effect(at: Station) -> None:
    foreseen = await ask(at, key=None)
    applied = await ask(at)
    assert applied.command_id is not None
    assert applied.consequences == foreseen.consequences
    assert applied.consequences[0].text.startswith("Nothing is done before somebody else has approved it: orderCancel")
    assert await standing(at) == ("AWAITING_APPROVAL", False, "WAITING", 0, 0)
    again = await ask(at)
    assert (again.replayed, again.command_id) == (True, applied.command_id)


async def test_a_yes_lets_it_take_effect_once(at: Station) -> None:
    asked = await ask(at)
    rehearsed = await say(at, asked.command_id, key=None)
    assert (rehearsed.effect.user_errors, await standing(at)) == ((), ("AWAITING_APPROVAL", False, "WAITING", 0, 0))
    for is_again in (False, True):
        decided = await say(at, asked.command_id, reason="agreed by phone")
        assert (decided.effect.user_errors, decided.replayed) == ((), is_again)
        assert await standing(at) == ("QUEUED", False, "APPROVED", 1, 1)
    await at.turn(at.deliveries)
    assert len(at.shop.effects) == 1
    assert (await standing(at))[:3] == ("APPLIED", True, "APPROVED")
    with pytest.raises(KeyReused):
        await say(at, asked.command_id, reason="another reason")
    assert codes(await say(at, asked.command_id, key="e")) == [NO.NOT_ALLOWED_IN_STATUS]


async def test_a_no_ends_it_with_its_reason(at: Station) -> None:
    asked = await ask(at)
    assert codes(await say(at, asked.command_id, yes=False)) == [NO.REQUIRED]
    assert codes(await say(at, asked.command_id, yes=False, reason="they changed their minds")) == []
    assert await standing(at) == ("REJECTED", True, "REFUSED", 0, 0)
    ((approval,),) = await at.rows("select approval from command where outcome is null")
    assert (approval["by"], approval["words"]) == ("lead", "they changed their minds")
    assert codes(await say(at, asked.command_id, key="e")) == [NO.NOT_ALLOWED_IN_STATUS]
    assert (await ask(at, key="k2")).user_errors == ()  # it may be asked for again


@pytest.mark.parametrize("yes", [True, False])
async def test_who_asked_cannot_decide(at: Station, yes: bool) -> None:  # noqa: FBT001 (a table)
    both = replace(REP, scopes=REP.scopes | {Scope.OPERATE})
    asked = await ask(at, both)
    assert codes(await say(at, asked.command_id, yes=yes, call=both, reason="me")) == [NO.APPROVAL_REQUIRED]
    assert (await standing(at))[0] == "AWAITING_APPROVAL"


@pytest.mark.parametrize("call", [REP, replace(LEAD, account="acme/west")])
async def test_only_staff_that_may_approve_decides(at: Station, call: Call) -> None:
    asked = await ask(at)
    with pytest.raises(Denied):
        await say(at, asked.command_id, call=call)


async def test_what_does_not_fit_any_more_is_refused_with_words(at: Station) -> None:
    asked = await ask(at)
    await rule(at, replace(EVERY_CANCEL, ruling=Ruling.ALLOW))
    await ask(at, key="direct")
    await at.turn(at.deliveries)
    await at.see("o1")
    decided = await say(at, asked.command_id)
    assert codes(decided) == []
    ((state, done, approval),) = await at.rows(
        "select state, is_done, approval from command where approval is not null"
    )
    assert (state, done, approval["state"]) == ("REJECTED", True, "UNFIT")
    assert approval["words"] == "the order is cancelled already"
    assert len(at.shop.effects) == 1


async def test_what_nobody_decides_in_time_is_given_up_by_itself(at: Station) -> None:
    asked = await ask(at)
    root = await at.order("o1")
    ((wakes,),) = await at.rows(
        "select wake_at = (approval ->> 'until')::timestamptz from root, command where root.id = :root", root=root
    )
    assert wakes
    async with at.store.shard(REP) as tx:
        await tx.execute(
            text("update command set approval = approval || jsonb_build_object('until', clock_timestamp())")
        )
    await at.writer.write(REP, Work(wake=(root,)))
    assert await standing(at) == ("REJECTED", True, "EXPIRED", 0, 0)
    assert codes(await say(at, asked.command_id)) == [NO.NOT_ALLOWED_IN_STATUS]


async def test_a_version_that_is_not_the_last_is_a_conflict(at: Station) -> None:
    asked = await ask(at)
    assert codes(await say(at, asked.command_id, expected_version=7)) == [NO.CONFLICT]
    assert codes(await say(at, asked.command_id, expected_version=1)) == []


@pytest.mark.parametrize("operation", ["nothing", "", "console"])
async def test_what_waits_for_nobody_cannot_be_decided(at: Station, operation: str) -> None:
    await rule(at, replace(EVERY_CANCEL, ruling=Ruling.ALLOW))
    free = await ask(at)
    assert codes(await say(at, operation)) == [NO.NOT_FOUND]
    assert codes(await say(at, free.command_id)) == [NO.NOT_FOUND]


async def test_rules_look_at_the_caller_his_scopes_and_what_the_goods_are_worth(at: Station) -> None:
    limit = Money(amount=Decimal(20), currency_code="EUR")
    await rule(at, ApprovalRule(action="orderCancel", above=limit, unless=Scope.OPERATE, actor="rep"))
    free = replace(REP, scopes=REP.scopes | {Scope.OPERATE})
    for call in (replace(REP, actor="kim"), free):
        assert [one.source for one in (await ask(at, call, key=None)).consequences] == ["shop"]
    held = (await ask(at, key=None)).consequences[0].text  # nobody knows a price of the scripted shop
    assert held.endswith("orderCancel of unknown worth needs approval above 20 EUR (cancels).")


async def test_what_nobody_may_is_refused_outright(at: Station) -> None:
    await rule(at, replace(EVERY_CANCEL, ruling=Ruling.DENY))
    for key in (None, "k"):
        with pytest.raises(Denied, match="the policy cancels allows nobody to orderCancel this"):
            await ask(at, key=key)
    assert await at.rows("select 1 from command") == []
