import pytest

from hub.flow.facts import HUB
from hub.merge.authority import by_authority, is_accepted, muted, roles, speaking, system_of
from hub.model.vocabulary import FieldGroup, Kind, SystemKind
from tests.kit.facts import ALL, ERP, SHOP, WMS, binding, content, landscape, order_record
from tests.kit.returned import at_source

COMMERCE, ERP_ROLE, WMS_ROLE, CARRIER_ROLE = SystemKind.COMMERCE, SystemKind.ERP, SystemKind.WMS, SystemKind.CARRIER

OWNERS = [
    # domain.md 2.3, line by line: (kind, group, accepted by an ERP, who speaks first)
    (Kind.ORDER, FieldGroup.COMMERCIAL, False, COMMERCE),
    (Kind.ORDER, FieldGroup.COMMERCIAL, True, ERP_ROLE),
    (Kind.ORDER, FieldGroup.CUSTOMER, False, COMMERCE),
    (Kind.ORDER, FieldGroup.CUSTOMER, True, ERP_ROLE),
    (Kind.ORDER, FieldGroup.ALLOCATION, True, WMS_ROLE),
    (Kind.SHIPMENT, FieldGroup.FULFILLMENT, True, WMS_ROLE),
    (Kind.SHIPMENT, FieldGroup.TRACKING, True, CARRIER_ROLE),
    (Kind.ORDER, FieldGroup.INVOICING, True, ERP_ROLE),
    (Kind.INVOICE, FieldGroup.INVOICING, True, ERP_ROLE),
    (Kind.ORDER, FieldGroup.PAYMENT, True, SystemKind.PAYMENT),
    (Kind.RETURN, FieldGroup.RETURNS, True, ERP_ROLE),
    (Kind.INVENTORY, FieldGroup.INVENTORY, True, WMS_ROLE),
    (Kind.CUSTOMER, FieldGroup.CUSTOMER, True, SystemKind.CRM),
    (Kind.PRODUCT, FieldGroup.OTHER, True, ERP_ROLE),
]


@pytest.mark.parametrize(("kind", "group", "accepted", "owner"), OWNERS)
def test_the_owner_of_a_group_speaks_first(kind: Kind, group: FieldGroup, owner: SystemKind, *, accepted: bool) -> None:
    assert roles(group, kind, accepted=accepted)[0] is owner


@pytest.mark.parametrize("group", list(FieldGroup))
def test_every_role_has_its_place_so_nobody_is_unheard_while_the_owner_is_silent(group: FieldGroup) -> None:
    assert sorted(roles(group)) == sorted(SystemKind)


@pytest.mark.parametrize(
    ("status", "accepted"),
    [
        ("VALIDATED", True),
        ("CANCELLED", True),
        ("COMPLETED", True),
        ("PENDING_ACCEPTANCE", False),
        ("REJECTED", False),
        ("UNKNOWN", False),
        (None, False),
    ],
)
def test_an_order_is_accepted_once_a_live_erp_document_says_more_than_pending(
    status: str | None, *, accepted: bool
) -> None:
    assert is_accepted([order_record(ERP, content(status=status))], ALL) is accepted
    assert not is_accepted([order_record(ERP, content(status=status), lives=False)], ALL)
    assert not is_accepted([order_record(SHOP, content(status=status))], ALL)


def test_the_hub_and_strangers_have_roles_too() -> None:
    assert system_of(HUB, ALL) is SystemKind.HUB
    assert system_of(WMS, ALL) is WMS_ROLE
    assert system_of("retired", ALL) is SystemKind.OTHER


def test_between_sources_of_one_role_the_name_decides() -> None:
    both = landscape(binding("shop-b", system=COMMERCE), binding("shop-a", system=COMMERCE))
    records = [order_record("shop-b", content()), order_record("shop-a", content())]
    order = roles(FieldGroup.COMMERCIAL, accepted=False)
    assert [r.source for r in by_authority(records, order, both)] == ["shop-a", "shop-b"]


def test_what_lives_speaks_before_what_is_gone() -> None:
    records = [order_record(ERP, content(), lives=False), order_record(SHOP, content())]
    assert [r.source for r in by_authority(records, roles(FieldGroup.COMMERCIAL), ALL)] == [SHOP, ERP]


def test_a_source_with_two_live_documents_speaks_last() -> None:
    double = [order_record(ERP, content(), source_id=name) for name in ("1", "2")]
    records = [*double, order_record(SHOP, content())]
    assert muted(records, ALL) == {ERP}
    assert [r.source for r in speaking(records, roles(FieldGroup.COMMERCIAL), ALL)] == [SHOP, ERP]


def test_two_records_of_the_hub_itself_are_no_doubles() -> None:
    assert muted([order_record(HUB, content(), source_id=name) for name in ("1", "2")], ALL) == frozenset()


@pytest.mark.parametrize("second", ["RECEIVED", "AUTHORIZED", "INSPECTED"])
def test_parcels_in_which_a_return_comes_in_are_no_doubles(second: str) -> None:
    first = at_source(WMS, "RECEIVED", {"MUG": (1, 1)})
    assert muted([first, at_source(WMS, second, {"MUG": (1, 1)}, number=10)], ALL) == frozenset()


def test_two_returns_that_a_dock_still_expects_are_doubles() -> None:
    both = [at_source(WMS, "AUTHORIZED", {"MUG": (1, 0)}, number=number) for number in (9, 10)]
    assert muted(both, ALL) == {WMS}


def test_of_two_documents_of_one_source_the_one_that_it_has_not_called_off_speaks() -> None:
    off = order_record(ERP, content(status="CANCELLED"), source_id="1")
    standing = order_record(ERP, content(), source_id="2")
    records = [off, standing, order_record(SHOP, content())]
    assert muted(records, ALL) == frozenset()
    assert next(r.source_id for r in speaking(records, roles(FieldGroup.COMMERCIAL), ALL)) == "2"
