"""Which records are one entity (Id-1 to Id-3), by values; the minimal stories of the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count, permutations
from typing import Any

import pytest

from hub.flow.facts import HUB
from hub.merge.identify import Circle, Identified, Member
from hub.merge.keys import RecordKey
from hub.model.schemes import KIND_OF
from hub.model.vocabulary import Kind
from tests.kit.merging import ERP, SHOP, WMS, key, own

CODE, OTHER = key("shop.code", "C0"), key("shop.code", "C1")


def member(source: str, name: str, *, birth: str = "", **said: Any) -> Member:  # Any: bears, refers, entity
    return Member(
        key=RecordKey(source, Kind.ORDER, name, birth),
        bears=frozenset(said.get("bears", ())),
        refers=frozenset(said.get("refers", ())),
        entity=said.get("entity"),
    )


def minting() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"e{next(numbers):03}"


def identify(
    members: Iterable[Member], *subjects: Member, busy: Iterable[str] = (), mint: Callable[[], str] | None = None
) -> Identified:
    circle = Circle(members, frozenset(busy), mint or minting())
    return circle.identify(subject.key for subject in subjects)


def arriving(members: Iterable[Member]) -> set[frozenset[RecordKey]]:
    """The groups that records end in which arrive one after the other."""
    known: dict[RecordKey, Member] = {}
    mint = minting()
    for one in members:
        known[one.key] = replace(one, entity=known[one.key].entity if one.key in known else None)
        waiting = [other for other in known.values() if other.refers & {one.key.slot.own, *one.bears}]
        found = identify(known.values(), known[one.key], *waiting, mint=mint)
        known = {name: replace(record, entity=found.homes.get(name)) for name, record in known.items()}
    entities = {record.entity for record in known.values()}
    return {frozenset(name for name, record in known.items() if record.entity == entity) for entity in entities}


def ends(*members: Member) -> list[set[frozenset[RecordKey]]]:
    """What every order of arrival ends in, each end once."""
    found: list[set[frozenset[RecordKey]]] = []
    for order in permutations(members):
        end = arriving(order)
        if end not in found:
            found.append(end)
    return found


S0, S1 = member(SHOP, "s0", bears=(CODE,)), member(SHOP, "s1", bears=(OTHER,))
E1, E2 = member(ERP, "1", refers=(CODE,)), member(ERP, "2", refers=(CODE,))


def test_a_reference_joins_in_either_order_of_arrival() -> None:
    assert ends(S0, E1) == [{frozenset({S0.key, E1.key})}]


def test_two_that_waited_for_one_key_both_join_when_it_comes() -> None:
    assert ends(S0, E1, E2) == [{frozenset({S0.key, E1.key, E2.key})}]


def test_equal_references_to_what_nobody_has_seen_join_nothing() -> None:
    assert ends(E1, E2) == [{frozenset({E1.key}), frozenset({E2.key})}]


def test_a_reference_by_id_names_one_source_and_kind() -> None:
    byid = member(WMS, "w", refers=(own(ERP, Kind.ORDER, "1"),))
    assert ends(replace(E1, refers=frozenset()), byid) == [{frozenset({E1.key, byid.key})}]


def test_two_records_of_one_source_that_bear_one_key_are_one_entity() -> None:
    again = member(SHOP, "s9", bears=(CODE,))
    assert ends(S0, again) == [{frozenset({S0.key, again.key})}]


def test_one_key_at_two_sources_decides_nothing() -> None:
    foreign = member("shop-b", "b0", bears=(CODE,))
    assert ends(S0, foreign, E1) == [{frozenset({S0.key}), frozenset({foreign.key}), frozenset({E1.key})}]


def test_a_merge_keeps_the_lowest_id() -> None:
    found = identify(
        [replace(E1, entity="b"), replace(E2, entity="a"), replace(S0, entity=None)], S0
    )  # fmt: skip
    assert found.merges == (("a", "b"),)
    assert set(found.homes.values()) == {"a"}


def test_a_merge_waits_for_a_delivery_in_flight_and_the_new_record_joins_the_lowest() -> None:
    found = identify([replace(E1, entity="a"), replace(E2, entity="b"), S0], S0, busy={"b"})
    assert found.merges == ()
    assert found.waiting == {"a", "b"}
    assert found.homes[S0.key] == "a"


def test_a_record_that_nothing_ties_any_more_moves_to_where_its_reference_leads() -> None:
    moved = replace(E1, refers=frozenset({OTHER}), entity="a")
    found = identify([replace(S0, entity="a"), replace(S1, entity="b"), moved], moved)
    assert found.homes[E1.key] == "b"
    assert found.departures == ((E1.key, "a"),)
    assert found.minted == {}


def test_what_hangs_on_a_record_that_leaves_goes_with_it() -> None:
    leaving = replace(E1, refers=frozenset({OTHER}), entity="a")
    hanging = member(WMS, "w", refers=(own(ERP, Kind.ORDER, "1"),), entity="a")
    found = identify([replace(S0, entity="a"), leaving, hanging], leaving)
    assert found.homes[hanging.key] == found.homes[E1.key] != "a"


def test_a_departure_waits_for_a_delivery_in_flight() -> None:
    leaving = replace(E1, refers=frozenset({OTHER}), entity="a")
    found = identify([replace(S0, entity="a"), leaving], leaving, busy={"a"})
    assert found.homes[E1.key] == "a"
    assert found.waiting == {"a"}


def test_the_hub_s_own_record_ties_nothing_and_stays() -> None:
    asserted = member(HUB, "a", entity="a")
    alone = identify([replace(E1, entity="a"), asserted], replace(E1, entity="a"))
    assert alone.homes == {E1.key: "a", asserted.key: "a"}
    leaving = replace(E1, refers=frozenset({OTHER}), entity="a")
    left = identify([replace(S0, entity="a"), leaving, asserted], leaving)
    assert left.homes[asserted.key] == "a" != left.homes[E1.key]


def of_kind(kind: Kind, source: str, name: str, **said: Any) -> Member:  # Any: bears, refers, entity
    return replace(member(source, name, **said), key=RecordKey(source, kind, name))


def groups(*members: Member) -> list[list[str]]:
    """Who ends together, whatever the order of arrival."""
    (end,) = ends(*members)
    return sorted(sorted(f"{key.source}:{key.source_id}" for key in group) for group in end)


@pytest.mark.parametrize("kind", [Kind.FULFILLMENT_ORDER, Kind.SHIPMENT, Kind.RETURN, Kind.CUSTOMER])
def test_things_of_every_kind_join_by_a_reference_to_a_key_that_is_borne(kind: Kind) -> None:
    asked = of_kind(kind, ERP, "317", bears=(key("fulfilment.shipment", "C0/317"),))
    answers = of_kind(kind, WMS, "9", refers=(key("fulfilment.shipment", "C0/317"),))
    assert groups(asked, answers) == [["erp:317", "wms:9"]]
    assert groups(answers) == [["wms:9"]]


@pytest.mark.parametrize("scheme", ["product.sku", "warehouse.code", "parcel"])
def test_a_key_that_systems_share_is_sameness_whoever_bears_it(scheme: str) -> None:
    kind = KIND_OF[scheme]
    three = [of_kind(kind, source, "1", bears=(key(scheme, "X"),)) for source in (ERP, WMS, SHOP)]
    assert groups(*three) == [["erp:1", "shop:1", "wms:1"]]


def test_a_shipment_of_two_packages_and_its_two_parcels_in_the_shop_are_one() -> None:
    packed = of_kind(
        Kind.SHIPMENT,
        WMS,
        "9",
        bears=(key("parcel", "C0/T1"), key("parcel", "C0/T2")),
        refers=(key("fulfilment.shipment", "C0/317"),),
    )
    planned = of_kind(Kind.SHIPMENT, ERP, "317", bears=(key("fulfilment.shipment", "C0/317"),))
    parcels = [of_kind(Kind.SHIPMENT, SHOP, f"f{n}", bears=(key("parcel", f"C0/T{n}"),)) for n in (1, 2)]
    assert groups(planned, packed, *parcels) == [["erp:317", "shop:f1", "shop:f2", "wms:9"]]


def test_within_one_source_a_reference_names_another_thing() -> None:
    """A customer's parent account, the shipment that a back-order follows."""
    parent = of_kind(Kind.CUSTOMER, ERP, "1")
    child = of_kind(Kind.CUSTOMER, ERP, "2", refers=(own(ERP, Kind.CUSTOMER, "1"),))
    assert groups(parent, child) == [["erp:1"], ["erp:2"]]


def test_what_held_others_together_leaves_them_apart_when_it_goes() -> None:
    t1, t2 = key("parcel", "C0/T1"), key("parcel", "C0/T2")
    one, two = (of_kind(Kind.SHIPMENT, SHOP, f"f{n}", bears=(t,), entity="a") for n, t in ((1, t1), (2, t2)))
    packed = of_kind(Kind.SHIPMENT, WMS, "9", entity="a")
    found = identify([one, two, packed], packed, one, two)
    assert len(set(found.homes.values())) == 3


@pytest.mark.parametrize(
    ("referrer", "births", "led"),
    [
        ("0010", ["0001", "0020"], "0001"),
        ("0025", ["0001", "0020"], "0020"),
        ("0010", ["0020"], None),
        ("", ["0001"], "0001"),
        ("", ["0001", "0020"], None),
    ],
)
def test_an_id_that_comes_back_means_the_latest_birth_not_younger_than_the_referrer(
    referrer: str, births: list[str], led: str | None
) -> None:
    bearers = [member(ERP, "1", birth=birth, entity=birth) for birth in births]
    asking = member(WMS, "w", refers=(own(ERP, Kind.ORDER, "1"),), birth=referrer)
    circle = Circle([*bearers, asking], frozenset(), minting())
    assert [found.birth for found in circle.leads_to(own(ERP, Kind.ORDER, "1"), asking.key)] == ([led] if led else [])


def test_a_record_knows_its_home_once_it_was_identified() -> None:
    circle = Circle([S0], frozenset(), minting())
    assert circle.home(S0.key) is None
    circle.identify([S0.key])
    assert circle.home(S0.key) == "e001"


def test_what_was_born_in_the_hub_ties_all_that_refer_to_it() -> None:
    number = key("order.code", "H3KE")
    born = member(HUB, "e000", bears=(number,), entity="e000")
    sale = member(ERP, "1", refers=(number,), entity="e000")
    mirror = member(SHOP, "s0", bears=(CODE,), refers=(number,), entity="e000")
    found = identify((born, sale, mirror), sale, mirror)
    assert set(found.homes.values()) == {"e000"}
    assert (found.departures, found.merges) == ((), ())


def test_what_no_longer_refers_to_an_order_of_the_hub_leaves_it() -> None:
    number = key("order.code", "H3KE")
    born = member(HUB, "e000", bears=(number,), entity="e000")
    sale = member(ERP, "1", refers=(number,), entity="e000")
    stray = member(SHOP, "s0", bears=(CODE,), entity="e000")
    found = identify((born, sale, stray), stray)
    assert {name.source: entity for name, entity in found.homes.items()} == {HUB: "e000", ERP: "e000", SHOP: "e001"}
    assert [name.source for name, _ in found.departures] == [SHOP]
