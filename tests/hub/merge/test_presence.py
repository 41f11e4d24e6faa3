from datetime import timedelta

from hub.flow.facts import KeptRecord
from hub.merge.ground import ground_of
from hub.merge.presence import GRACE, LOOK_AGAIN, Absence, absence_of, born_in
from hub.model.observation import Content
from hub.model.vocabulary import Kind, SystemKind
from tests.kit.facts import ERP, SHOP, START, WMS, at, binding, content, facts, landscape, order_record, shipment_record

EXPECTING = landscape(
    binding(SHOP, expects=(SystemKind.ERP, SystemKind.WMS)),
    binding(ERP),
    binding(WMS),
    binding("erp-old", system=SystemKind.ERP, is_retired=True),
)
COVERED = START + GRACE


def absence(*records: KeptRecord, covered: dict[tuple[str, Kind], float] | None = None, now: float = 3600) -> Absence:
    through = {key: COVERED + timedelta(seconds=late) for key, late in (covered or {}).items()}
    found = ground_of(facts(*records, landscape=EXPECTING, coverage=through, now=at(now)))
    return absence_of(found, "o1", START)


def test_absence_is_evidence_only_once_coverage_has_passed_the_fact_plus_grace() -> None:
    shop = order_record(SHOP, content())
    all_seen = {(ERP, Kind.ORDER): 0.0, (WMS, Kind.SHIPMENT): 0.0}
    assert absence(shop, covered=all_seen) == Absence(missing=("ERP", "WMS"))
    late = {**all_seen, (ERP, Kind.ORDER): -1.0}
    assert absence(shop, covered=late) == Absence(missing=("WMS",), look_at=at(3600) + LOOK_AGAIN)
    assert absence(shop).missing == ()


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
    assert absence_of(alone, "o1", START) == Absence()
    nothing = ground_of(facts(shop, landscape=landscape(binding(SHOP), binding(ERP))))
    assert absence_of(nothing, "o1", START) == Absence()


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


def test_without_a_placing_time_absence_counts_from_when_it_was_first_seen() -> None:
    shop = order_record(SHOP, content(), first_seen_at=at(1000))
    through = {(ERP, Kind.ORDER): COVERED, (WMS, Kind.SHIPMENT): COVERED}
    found = ground_of(facts(shop, landscape=EXPECTING, coverage=through))
    assert absence_of(found, "o1", None).missing == ()
    assert absence_of(found, "o1", START).missing == ("ERP", "WMS")


def _born(*records: KeptRecord) -> str | None:
    found = born_in(ground_of(facts()), list(records))
    return found.source if found else None
