"""What of a tenant's rules a command meets under the lock."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from hub.errors import Denied
from hub.merge.rules import needed, rules_of, told
from hub.merge.work import AcceptedCommand
from hub.model.approval import APPROVAL, ApprovalRule, NamedRule, Ruling
from hub.model.command import CancelCommand
from hub.model.effects import CancelReason
from hub.model.values import Money
from hub.store.policies import decide
from hub.store.store import Store
from tests.kit.merging import CALL, TENANT, at

ONE = AcceptedCommand(
    id="c1", client="rep", operation="orderCancel", key="k", hash="h",
    command=CancelCommand(order_id="o1", reason=CancelReason.CUSTOMER),
)  # fmt: skip


def rule(ruling: Ruling, **said: object) -> NamedRule:
    made = ApprovalRule(action="orderCancel", ruling=ruling, hours=Decimal(2), **said)  # type: ignore[arg-type]  # a table
    return NamedRule(name="big", version=3, rule=made)


async def test_the_active_rules_are_read_as_they_stand(store: Store) -> None:
    async with store.shard(CALL) as tx:
        for ruling in (Ruling.DENY, Ruling.APPROVE):
            await decide(tx, TENANT, (APPROVAL, "big"), rule(ruling).rule, "opshub.toml")
        await decide(tx, "another", (APPROVAL, "theirs"), rule(Ruling.DENY).rule, "opshub.toml")
        assert await rules_of(tx, TENANT) == (NamedRule(name="big", version=2, rule=rule(Ruling.APPROVE).rule),)


def test_what_must_be_approved_bears_the_rule_its_reason_and_its_patience() -> None:
    approval = needed((rule(Ruling.APPROVE),), CALL, ONE, None, at(0))
    assert approval is not None
    assert (approval.rule, approval.rule_version, approval.until) == ("big", 3, at(0) + timedelta(hours=2))
    assert told(approval).text == (
        "Nothing is done before somebody else has approved it: orderCancel needs approval (big)."
    )


def test_what_no_rule_fits_is_free_and_what_one_denies_is_refused() -> None:
    assert needed((), CALL, ONE, None, at(0)) is None
    dear = rule(Ruling.APPROVE, above=Money(amount=Decimal(1), currency_code="EUR"), actor="somebody else")
    assert needed((dear,), CALL, ONE, None, at(0)) is None
    with pytest.raises(Denied, match="the policy big allows nobody to orderCancel this"):
        needed((rule(Ruling.DENY),), CALL, ONE, None, at(0))
