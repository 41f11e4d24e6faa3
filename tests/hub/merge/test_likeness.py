"""What looks like one thing and is kept as two (Id-2), on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from anyio import create_task_group

from hub.merge.signs import WINDOW
from hub.model.observation import Content, Observation
from hub.model.order import OrderCommercial, OrderGroups
from hub.model.party import CustomerGroups, CustomerProfile
from hub.model.values import Identifier, Money
from hub.model.vocabulary import IdentifierScheme, Kind
from hub.store.store import Store
from tests.kit.merging import ERP, SHOP, START, Looking, order, own, seen


@pytest.fixture
def hub(store: Store) -> Looking:
    return Looking(store)


def bought(name: str, moment: float = 0, *, total: str = "10", days: float = 0, customer: str = "c") -> Observation:
    """An order of purchase order PO-7."""
    head = OrderCommercial(
        placed_at=START + timedelta(days=days),
        po_number="PO-7",
        total=Money(amount=Decimal(total), currency_code="EUR"),
    )
    said = order(name, order=OrderGroups(commercial=head), refers=(own(SHOP, Kind.CUSTOMER, customer),))
    return seen((SHOP, Kind.ORDER, name), said, moment)


def buyer(source: str, name: str, moment: float = 0, *, email: str | None = "Ann@example.org") -> Observation:
    """A customer."""
    profile = CustomerProfile(name="Ann", email=email.lower() if email else None)
    found = () if email is None else (Identifier(scheme=IdentifierScheme.EMAIL, value=email, source=source),)
    said = Content(customer=CustomerGroups(profile=profile), number=name, identifiers=found)
    return seen((source, Kind.CUSTOMER, name), said, moment)


async def cases(hub: Looking) -> list[tuple[str, str, str]]:
    """(code, status, number of whom it stands at)."""
    rows = await hub.rows(
        """select x.code, x.status, e.number from exception_case x
        join entity e on e.tenant = x.tenant and e.id = x.root_id order by 3, 1, 2"""
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def test_a_repeated_purchase_order_is_two_orders_and_a_case_on_both(hub: Looking) -> None:
    await hub.each(buyer(SHOP, "c"), bought("A"))
    assert await cases(hub) == []
    await hub.write(bought("B"))
    assert await cases(hub) == [("DUPLICATE_ORDER", "NEW", "A"), ("DUPLICATE_ORDER", "NEW", "B")]
    assert await hub.count("entity where kind = 'ORDER' and redirect_to is null") == 2
    told = await hub.rows("select aggregateid from outbox where payload -> 'changed_fields' ? 'exceptions'")
    assert len({row[0] for row in told}) == 2, "both orders say so"
    await hub.write(bought("A", 5), bought("B", 5))
    assert [status for _, status, _ in await cases(hub)] == ["NEW", "NEW"]


async def test_the_case_goes_from_both_when_they_no_longer_look_alike(hub: Looking) -> None:
    await hub.each(buyer(SHOP, "c"), bought("A"), bought("B"), bought("B", 5, total="11"))
    assert [status for _, status, _ in await cases(hub)] == ["RESOLVED", "RESOLVED"]
    await hub.write(bought("B", 9))
    assert [status for _, status, _ in await cases(hub)] == ["REOPENED", "REOPENED"]


@pytest.mark.parametrize(
    "other", [bought("B", total="11"), bought("B", customer="d"), bought("B", days=WINDOW.days + 1)]
)
async def test_another_total_customer_or_week_is_another_order(hub: Looking, other: Observation) -> None:
    await hub.each(buyer(SHOP, "c"), buyer(SHOP, "d", email=None), bought("A"), other)
    assert await cases(hub) == []


async def test_two_in_one_batch_and_two_at_once_see_each_other(hub: Looking) -> None:
    await hub.write(buyer(SHOP, "c"), bought("A"), bought("B"))
    assert len(await cases(hub)) == 2
    await hub.write(buyer(SHOP, "d", email=None))
    async with create_task_group() as workers:
        for name in ("C", "D"):
            workers.start_soon(hub.write, bought(name, customer="d"))
    assert [number for _, _, number in await cases(hub)] == ["A", "B", "C", "D"]


async def test_an_equal_e_mail_in_another_system_proposes_a_match_and_never_merges(hub: Looking) -> None:
    await hub.each(buyer(SHOP, "1"), buyer(ERP, "2"), buyer(SHOP, "3"))
    assert await cases(hub) == [
        ("OTHER", "NEW", "1"),
        ("OTHER", "NEW", "2"),
        ("OTHER", "NEW", "2"),
        ("OTHER", "NEW", "3"),
    ]
    assert await hub.count("entity where redirect_to is null") == 3
    await hub.write(buyer(ERP, "2", 5, email="other@example.org"))
    assert {status for _, status, _ in await cases(hub)} == {"RESOLVED"}
