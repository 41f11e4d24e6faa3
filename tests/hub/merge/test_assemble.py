from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.flow.facts import HUB, KeptRecord, Picture
from hub.merge.assemble import assemble, holds_still, unmapped_cases
from hub.merge.ground import ground_of
from hub.merge.heads import STATUSES
from hub.merge.masters import assembled_customer
from hub.model.cases import ExceptionCode
from hub.model.observation import Content, line_key
from hub.model.order import Order, OrderStatus
from hub.model.party import Customer, CustomerGroups, CustomerProfile
from hub.model.shipment import Shipment, ShipmentMilestone
from hub.model.vocabulary import Kind, SystemKind
from tests.kit.facts import (
    CARRIER,
    ERP,
    SHOP,
    WMS,
    at,
    binding,
    content,
    event,
    facts,
    landscape,
    line,
    link,
    order_record,
    record,
    shipment_record,
)

S = OrderStatus
SHOP_ORDER = order_record(SHOP, content(line("a", 1), number="C0", status="ALLOCATED", account="acme"))


def order_in(picture: Picture) -> Order:
    found = picture.documents["o1"]
    assert isinstance(found, Order)
    return found


def status(*records: KeptRecord, **more: object) -> OrderStatus:
    return order_in(assemble(facts(*records, **more))).status


def warehouse(rank: str, seen: tuple[float, float] = (0, 5), **more: object) -> KeptRecord:
    return shipment_record(WMS, Content(status=rank, lines=(line("x", 1),)), seen, **more)


def erp(repeats: OrderStatus | None = None) -> KeptRecord:
    return order_record(ERP, content(line("1", 1), status="VALIDATED", repeats=repeats), (6, 8))


def customer(source: str, **more: object) -> KeptRecord:
    said = Content(customer=CustomerGroups(profile=CustomerProfile(name="Jo")), number="7", account="acme")
    return record(source, Kind.CUSTOMER, said, (0, 1), **{"entity_id": "c1", **more})


# ------------------------------------------------------------------ stories of the model that concern this half


def test_story_a_late_dropped_milestone_holds_nothing_up() -> None:
    """WMS: PICKED, unpicked, RELEASED is kept; the milestone of the dropped answer stays history."""
    late = event(ShipmentMilestone.PICKED, 5, source=WMS)
    assert status(SHOP_ORDER, warehouse("CREATED", (6, 10)), milestones=(late,)) is S.RELEASED


def test_story_a_mirror_never_outlives_its_owner() -> None:
    """WMS SHIPPED, the ERP copies it, the WMS voids: the ERP's copy must not hold the status up."""
    copy = erp(repeats=S.SHIPPED)
    assert status(SHOP_ORDER, copy) is S.SHIPPED
    assert status(SHOP_ORDER, copy, warehouse("SHIPPED")) is S.SHIPPED
    assert status(SHOP_ORDER, copy, warehouse("PICKED", (10, 12))) is S.PICKED


def test_story_a_late_scan_never_lowers_the_status() -> None:
    """Carrier: DELIVERED at 14:00, then a depot scan of 09:00 uploaded late."""
    parcel = shipment_record(CARRIER, Content(), (0, 1), entity_id="p1", links=(link("s1", Kind.SHIPMENT),))
    told = (event(ShipmentMilestone.DELIVERED, 14), event(ShipmentMilestone.IN_TRANSIT, 9))
    found = assemble(facts(SHOP_ORDER, warehouse("SHIPPED"), parcel, milestones=told))
    shipment = found.documents["s1"]
    assert isinstance(shipment, Shipment)
    assert shipment.status is ShipmentMilestone.DELIVERED
    assert order_in(found).lines[0].quantities.delivered == 1


def test_story_lines_met_in_another_order_are_the_same_lines() -> None:
    shop = order_record(SHOP, content(line("a"), line("b")))
    found = {
        str([(one.line_no, one.origins) for one in order_in(assemble(facts(*order))).lines])
        for order in permutations((shop, erp()))
    }
    assert len(found) == 1


def test_story_of_two_live_documents_of_one_source_neither_is_silently_chosen() -> None:
    doubles = [order_record(ERP, content(line(name), status="VALIDATED"), source_id=name) for name in ("1", "2")]
    for order in permutations((SHOP_ORDER, *doubles)):
        found = assemble(facts(*order))
        assert [case.code for case in found.cases] == [ExceptionCode.DUPLICATE_ORDER]
        assert [one.source for one in order_in(found).lines[0].origins] == [SHOP]


# ------------------------------------------------------------------ the picture


def test_a_pushed_void_of_the_owner_always_moves_the_status_back() -> None:
    assert status(SHOP_ORDER, warehouse("SHIPPED")) is S.SHIPPED
    assert status(SHOP_ORDER, warehouse("CANCELLED")) is S.ALLOCATED


def test_documents_are_made_for_entities_under_the_root_only() -> None:
    known = facts(SHOP_ORDER, warehouse("PICKED"), customer(SHOP), members=frozenset({"o1", "c1"}))
    assert sorted(assemble(known).documents) == ["c1", "o1"]


def test_an_unmapped_status_is_unknown_with_a_case_and_never_a_crash() -> None:
    found = assemble(facts(order_record(SHOP, content(line("a"), number="C0", status="UNKNOWN", raw_status="Beamed"))))
    assert order_in(found).status is S.UNKNOWN
    (case,) = found.cases
    assert (case.code, case.dedup_key) == (ExceptionCode.STATUS_UNMAPPED, "STATUS_UNMAPPED|shop|ORDER|Beamed")
    assert case.title == "shop says 'Beamed' of order C0: not mapped"


@pytest.mark.parametrize("kind", STATUSES)
def test_a_word_that_is_none_of_its_kind_is_unmapped_too(kind: Kind) -> None:
    for word, count in (("Beamed", 1), ("UNKNOWN", 1), (None, 0), (next(iter(STATUSES[kind])).value, 0)):
        known = facts(record(ERP, kind, Content(status=word, raw_status=word), (0, 1)))
        assert len(unmapped_cases(ground_of(known))) == count


def test_unmapped_words_of_other_roots_and_of_what_is_gone_are_no_case_here() -> None:
    lost = Content(status="UNKNOWN", raw_status="Lost")
    elsewhere = facts(shipment_record(WMS, lost), members=frozenset({"o1"}))
    assert unmapped_cases(ground_of(elsewhere)) == ()
    assert unmapped_cases(ground_of(facts(shipment_record(WMS, lost, lives=False)))) == ()
    assert len(unmapped_cases(ground_of(facts(shipment_record(WMS, lost))))) == 1


def test_everything_has_an_account_its_own_or_its_orders() -> None:
    found = assemble(facts(SHOP_ORDER, warehouse("PICKED"), customer(SHOP)))
    assert found.accounts == {"o1": "acme", "s1": "acme", "c1": "acme"}
    own = shipment_record(WMS, Content(account="beta"))
    assert assemble(facts(SHOP_ORDER, own)).accounts["s1"] == "beta"
    assert assemble(facts(order_record(SHOP, content()))).accounts == {"o1": None}


def test_absences_come_with_the_time_to_look_again() -> None:
    expecting = landscape(binding(SHOP, expects=(SystemKind.ERP,)), binding(ERP))
    waiting = assemble(facts(SHOP_ORDER, landscape=expecting))
    assert (waiting.missing_in, waiting.decide_at) == ({"o1": ()}, at(3660))
    seen = {(ERP, Kind.ORDER): at(3600)}
    sure = assemble(facts(SHOP_ORDER, landscape=expecting, coverage=seen))
    assert (sure.missing_in, sure.decide_at) == ({"o1": ("ERP",)}, None)


def test_a_silent_parcel_is_looked_at_again_when_it_becomes_stale() -> None:
    parcel = shipment_record(CARRIER, Content(), (0, 1), entity_id="p1", links=(link("s1", Kind.SHIPMENT),))
    scans = (event(ShipmentMilestone.IN_TRANSIT, 0),)
    found = assemble(facts(SHOP_ORDER, warehouse("SHIPPED"), parcel, milestones=scans))
    assert found.decide_at == at(48 * 3600)


def test_line_numbers_of_the_root_only_grow() -> None:
    known = {"shop|shop-1|gone": 1}
    found = assemble(facts(SHOP_ORDER, line_numbers=known))
    assert found.line_numbers == {"shop|shop-1|gone": 1, "shop|shop-1|a": 2}
    assert [one.line_no for one in order_in(found).lines] == [2]


def test_a_customer_is_found_by_number_and_account() -> None:
    found = assembled_customer(ground_of(facts(customer(SHOP))), "c1")
    assert isinstance(found, Customer)
    assert (found.number, found.version) == ("7", 0)
    assert [(one.scheme.value, one.value) for one in found.identifiers] == [("OTHER", "7"), ("ACCOUNT", "acme")]
    both = ground_of(facts(customer(SHOP), customer(ERP, source_id="2")))
    assert assembled_customer(both, "c1").identifiers[0].scheme.value == "ACCOUNT"


def test_a_picture_stands_while_only_the_hub_speaks_and_nothing_but_deliveries_moves() -> None:
    ours = order_record(HUB, content(line("1", 1), number="H1"))
    seen = facts(ours)
    picture = assemble(seen)
    numbered = replace(seen, line_numbers=picture.line_numbers)
    assert holds_still(seen, picture, numbered)
    assert assemble(numbered) == picture
    assert not holds_still(seen, picture, seen)
    assert not holds_still(seen, picture, replace(numbered, is_baseline=True))
    heard = replace(numbered, records=(ours, SHOP_ORDER))
    assert not holds_still(replace(seen, records=heard.records), picture, heard)


def test_a_root_without_records_is_an_empty_picture() -> None:
    assert assemble(facts()) == Picture(line_numbers={})


# ------------------------------------------------------------------ properties

RANKS = st.sampled_from([None, "UNKNOWN", "PENDING_ACCEPTANCE", "VALIDATED", "ALLOCATED", "SHIPPED", "CANCELLED"])
MILESTONES = st.sampled_from(["CREATED", "PICKED", "SHIPPED", "DELIVERED", "CANCELLED", "UNKNOWN"])
COUNTS = st.integers(0, 3)


@st.composite
def documents(draw: st.DrawFn, source: str, name: str) -> KeptRecord:
    names = draw(st.lists(st.sampled_from("abc"), max_size=3, unique=True))
    lines = tuple(
        line(
            one,
            draw(st.integers(1, 3)),
            sku=draw(st.sampled_from(["MUG", "CUP"])),
            price=draw(st.sampled_from([None, 5])),
            cancelled=draw(COUNTS),
        )
        for one in names
    )
    start = draw(st.integers(0, 20))
    said = content(*lines, status=draw(RANKS), number=draw(st.sampled_from([None, "N1"])))
    return order_record(source, said, (start, start + 2), source_id=name, lives=draw(st.booleans()))


@st.composite
def parcels(draw: st.DrawFn, source: str, entity: str) -> KeptRecord:
    lines = tuple(line(one, draw(st.integers(1, 3)), sku=draw(st.sampled_from(["MUG", "CUP"]))) for one in "xy")
    said = Content(status=draw(MILESTONES), lines=lines)
    return shipment_record(source, said, entity_id=entity, source_id=entity, lives=draw(st.booleans()))


WORLDS = st.tuples(
    documents(SHOP, "1"), documents(ERP, "1"), documents(ERP, "2"), parcels(WMS, "s1"), parcels(SHOP, "s2")
).flatmap(lambda all_of_them: st.sets(st.sampled_from(range(5)), min_size=1).map(lambda s: [all_of_them[i] for i in s]))


@given(records=WORLDS, seed=st.randoms())
def test_the_order_in_which_records_are_loaded_never_matters(records: Sequence[KeptRecord], seed: Random) -> None:
    other = list(records)
    seed.shuffle(other)
    assert assemble(facts(*records)) == assemble(facts(*other))


@given(records=WORLDS)
def test_assembling_again_changes_nothing(records: Sequence[KeptRecord]) -> None:
    first = assemble(facts(*records))
    again = assemble(facts(*records, documents=first.documents, line_numbers=first.line_numbers))
    assert again == first


@given(records=WORLDS, others=WORLDS)
def test_what_was_before_leaves_no_trace_but_line_numbers(
    records: Sequence[KeptRecord], others: Sequence[KeptRecord]
) -> None:
    """A fresh load ends in the same documents, up to lineNo and since when a disagreement is known."""
    before = assemble(facts(*others))
    later = assemble(facts(*records, documents=before.documents, line_numbers=before.line_numbers))
    fresh = assemble(facts(*records))
    assert _without_numbers(later) == _without_numbers(fresh)
    for document in later.documents.values():
        if isinstance(document, Order):
            numbers = [one.line_no for one in document.lines]
            assert numbers == sorted(set(numbers))


@given(records=WORLDS, total=st.integers(0, 5))
def test_what_the_hub_asserts_never_moves_status_facets_or_counters(records: Sequence[KeptRecord], total: int) -> None:
    orders = [one for one in records if one.kind is Kind.ORDER]
    said = tuple(
        line(f"k1:{at_}", 1, cancelled=total, target=line_key(one.source, Kind.ORDER, part.id))
        for one in orders
        for at_, part in enumerate(one.content.lines)
    )
    hub = order_record(HUB, Content(lines=said), source_id="o1")
    if orders:
        with_hub, alone = assemble(facts(*records, hub)), assemble(facts(*records))
        assert with_hub.documents == alone.documents


def _without_numbers(picture: Picture) -> list[object]:
    found: list[object] = []
    for entity in sorted(picture.documents):
        document = picture.documents[entity]
        if isinstance(document, Order):
            lines = sorted((replace(one, id="", line_no=0) for one in document.lines), key=lambda one: str(one.origins))
            conflicts = sorted(str([(v.source, v.value) for v in one.values]) for one in document.conflicts)
            document = replace(document, lines=tuple(lines), status_since=None, conflicts=())
            found.append(conflicts)
        if isinstance(document, Shipment):
            parts = tuple(replace(one, order_line_id=None) for one in document.lines)
            document = replace(document, lines=parts)
        found.append(document)
    return found
