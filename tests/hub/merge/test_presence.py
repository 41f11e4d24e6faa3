from datetime import datetime, timedelta

import pytest

from hub.flow.facts import HUB, KeptRecord
from hub.merge.ground import ground_of
from hub.merge.presence import GRACE, LOOK_AGAIN, LOOK_LATER, Absence, absence_of, born_in
from hub.model.observation import Content
from hub.model.order import Order, OrderCommercial, OrderGroups, OrderStatus
from hub.model.vocabulary import Kind, SystemKind
from tests.kit.facts import (
    ERP,
    SHOP,
    START,
    WMS,
    at,
    binding,
    content,
    facts,
    landscape,
    link,
    order_record,
    record,
    shipment_record,
)

EXPECTING = landscape(
    binding(SHOP, expects=(SystemKind.ERP, SystemKind.WMS)),
    binding(ERP),
    binding(WMS),
    binding("erp-old", system=SystemKind.ERP, is_retired=True),
)
COVERED = START + GRACE


def placed(moment: datetime | None = START, status: OrderStatus = OrderStatus.ACCEPTED) -> Order:
    """The order as it was derived."""
    head = OrderGroups(commercial=OrderCommercial(placed_at=moment))
    return Order(id="o1", version=1, number="C0", status=status, groups=head)


def absence(*records: KeptRecord, covered: dict[tuple[str, Kind], float] | None = None, now: float = 3600) -> Absence:
    through = {key: COVERED + timedelta(seconds=late) for key, late in (covered or {}).items()}
    found = ground_of(facts(*records, landscape=EXPECTING, coverage=through, now=at(now)))
    return absence_of(found, placed())


def test_absence_is_evidence_only_once_coverage_has_passed_the_fact_plus_grace() -> None:
    shop = order_record(SHOP, content())
    assert absence(shop, covered={(ERP, Kind.ORDER): 0.0}) == Absence(missing=("ERP",))
    late = {(ERP, Kind.ORDER): -1.0}
    assert absence(shop, covered=late) == Absence(look_at=at(3600) + LOOK_AGAIN)
    assert absence(shop).missing == ()


def test_what_a_first_load_brought_is_looked_at_later_only_where_nothing_is_known_of_the_other_system() -> None:
    shop = order_record(SHOP, content())
    loaded = {"landscape": EXPECTING, "is_baseline": True, "now": at(3600)}
    unknown = absence_of(ground_of(facts(shop, **loaded)), placed())
    assert unknown == Absence(look_at=at(3600) + LOOK_LATER)
    early = {(ERP, Kind.ORDER): START}
    assert absence_of(ground_of(facts(shop, **loaded, coverage=early)), placed()) == Absence(
        look_at=at(3600) + LOOK_AGAIN
    )


def request(status: str, seen_at: float = 1) -> KeptRecord:
    said = Content(status=status)
    more = {"entity_id": "f1", "links": (link("o1", Kind.ORDER),), "first_seen_at": at(seen_at)}
    return record(ERP, Kind.FULFILLMENT_ORDER, said, (0, 1), **more)


@pytest.mark.parametrize(
    ("status", "missing"), [("SUBMITTED", ("WMS",)), ("UNSUBMITTED", ()), ("CANCEL_ACCEPTED", ()), ("CLOSED", ("WMS",))]
)
def test_a_warehouse_is_expected_to_know_what_the_erp_asked_of_it(status: str, missing: tuple[str, ...]) -> None:
    known = (order_record(SHOP, content()), order_record(ERP, content()), request(status))
    assert absence(*known, covered={(WMS, Kind.SHIPMENT): 1.0}).missing == missing
    assert absence(*known, covered={(WMS, Kind.SHIPMENT): 0.0}).missing == ()
    assert absence(*known[:2], covered={(WMS, Kind.SHIPMENT): 9.0}) == Absence()


def test_without_an_erp_a_warehouse_should_know_every_order() -> None:
    alone = landscape(binding(SHOP, expects=(SystemKind.WMS,)), binding(WMS))
    known = facts(order_record(SHOP, content()), landscape=alone, coverage={(WMS, Kind.SHIPMENT): COVERED})
    assert absence_of(ground_of(known), placed()).missing == ("WMS",)


def test_nobody_is_expected_to_take_on_what_has_ended() -> None:
    known = facts(order_record(SHOP, content()), landscape=EXPECTING, coverage={(ERP, Kind.ORDER): COVERED})
    assert absence_of(ground_of(known), placed(status=OrderStatus.CANCELLED)) == Absence()


def test_what_cannot_be_said_yet_is_looked_at_again_no_earlier_than_grace() -> None:
    assert absence(order_record(SHOP, content()), now=10).look_at == COVERED


def test_whoever_holds_it_is_not_missing() -> None:
    shop, erp = order_record(SHOP, content()), order_record(ERP, content())
    warehouse = shipment_record(WMS, Content())
    covered = {(ERP, Kind.ORDER): 0.0, (WMS, Kind.SHIPMENT): 0.0}
    assert absence(shop, erp, warehouse, covered=covered) == Absence()
    gone = order_record(ERP, content(), lives=False)
    assert absence(shop, gone, warehouse, covered=covered).missing == ("ERP",)


def test_a_system_that_is_not_expected_or_not_configured_is_never_missing() -> None:
    shop = order_record(SHOP, content())
    alone = ground_of(facts(shop, landscape=landscape(binding(SHOP, expects=(SystemKind.ERP,)))))
    assert absence_of(alone, placed()) == Absence()
    nothing = ground_of(facts(shop, landscape=landscape(binding(SHOP), binding(ERP))))
    assert absence_of(nothing, placed()) == Absence()


def test_an_order_whose_birth_is_unknown_expects_nothing() -> None:
    assert absence() == Absence()
    assert absence(order_record("retired", content())) == Absence()


def test_an_order_is_born_in_the_shop_then_the_hub_then_the_erp_whatever_came_first() -> None:
    shop, erp = order_record(SHOP, content(number="C0")), order_record(ERP, content(number="317"))
    assert _born(erp, shop) == SHOP
    assert _born(order_record(SHOP, content(number="C0"), lives=False), erp) == SHOP
    assert _born(erp) == ERP
    assert _born(order_record(SHOP, content()), erp) == ERP
    assert _born() is None


def test_an_order_that_the_hub_numbered_was_born_there_whoever_shows_it_since() -> None:
    shop, hub = order_record(SHOP, content(number="C0")), order_record(HUB, content(number="H1"), source_id="o1")
    assert _born(shop, hub) == HUB
    assert _born(shop, order_record(HUB, content(), source_id="o1")) == SHOP


def test_without_a_placing_time_absence_counts_from_when_it_was_first_seen() -> None:
    shop = order_record(SHOP, content(), first_seen_at=at(1000))
    through = {(ERP, Kind.ORDER): COVERED, (WMS, Kind.SHIPMENT): COVERED}
    found = ground_of(facts(shop, landscape=EXPECTING, coverage=through))
    assert absence_of(found, placed(None)).missing == ()
    assert absence_of(found, placed()).missing == ("ERP",)


def _born(*records: KeptRecord) -> str | None:
    found = born_in(ground_of(facts()), list(records))
    return found.source if found else None
