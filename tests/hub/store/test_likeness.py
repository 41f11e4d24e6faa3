"""Entities that bear an identifier, newest first, on PostgreSQL."""

from __future__ import annotations

import pytest

from hub.model.observation import Content
from hub.model.party import CustomerGroups, CustomerProfile
from hub.model.values import Identifier
from hub.model.vocabulary import IdentifierScheme, Kind
from hub.store.likeness import MOST, alike
from hub.store.store import Store
from tests.kit.merging import CALL, ERP, SHOP, TENANT, Looking, seen

EMAIL = IdentifierScheme.EMAIL


@pytest.fixture
def hub(store: Store) -> Looking:
    return Looking(store)


def buyer(name: str, email: str) -> Content:
    return Content(
        customer=CustomerGroups(profile=CustomerProfile(email=email)),
        number=name,
        identifiers=(Identifier(scheme=EMAIL, value=email, source=SHOP),),
    )


async def test_those_who_bear_it_are_told_with_their_sources(hub: Looking) -> None:
    await hub.write(
        seen((SHOP, Kind.CUSTOMER, "1"), buyer("1", "ann@example.org")),
        seen((ERP, Kind.CUSTOMER, "2"), buyer("2", "Ann@Example.org")),
        seen((SHOP, Kind.CUSTOMER, "3"), buyer("3", "bea@example.org")),
    )
    async with hub.store.glance(CALL) as tx:
        found = await alike(tx, TENANT, Kind.CUSTOMER, EMAIL, ["ann@exampleorg"])
        nobody = await alike(tx, TENANT, Kind.ORDER, EMAIL, ["ann@exampleorg"])
        unasked = await alike(tx, TENANT, Kind.CUSTOMER, EMAIL, [])
    assert sorted((one.number, one.sources) for one in found) == [("1", (SHOP,)), ("2", (ERP,))]
    assert (list(nobody), list(unasked)) == ([], [])


async def test_of_many_only_the_newest_are_told(hub: Looking) -> None:
    names = [f"{number:02}" for number in range(MOST + 3)]
    await hub.write(*(seen((SHOP, Kind.CUSTOMER, one), buyer(one, "info@example.org")) for one in names))
    async with hub.store.glance(CALL) as tx:
        found = await alike(tx, TENANT, Kind.CUSTOMER, EMAIL, ["info@exampleorg"])
    assert len(found) == MOST
