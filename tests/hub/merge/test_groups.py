from hub.merge.ground import ground_of
from hub.merge.groups import account_of, assembled_groups, identifiers_of, speaker, speakers_of
from hub.model.observation import Content
from hub.model.order import OrderCommercial, OrderGroups, OrderParties, OrderPayment, PaymentState
from hub.model.party import CustomerGroups, CustomerProfile
from hub.model.values import Identifier, Speaker
from hub.model.vocabulary import FieldGroup, IdentifierScheme, Kind
from tests.kit.facts import ERP, SHOP, START, content, eur, facts, order_record, record

HEAD = OrderGroups(
    commercial=OrderCommercial(placed_at=START, channel="web", total=eur(10)),
    parties=OrderParties(customer_email="jo@example.org"),
    payment=OrderPayment(state=PaymentState.PAID),
)
AGREED = OrderGroups(commercial=OrderCommercial(total=eur(12)))


def test_each_group_is_its_owners_and_what_the_owner_leaves_null_is_the_next_ones() -> None:
    records = [order_record(SHOP, content(order=HEAD)), order_record(ERP, content(order=AGREED))]
    ground = ground_of(facts(*records))
    found = assembled_groups(ground, records, OrderGroups, accepted=True)
    assert found.commercial == OrderCommercial(placed_at=START, channel="web", total=eur(12))
    assert (found.parties, found.payment) == (HEAD.parties, HEAD.payment)
    before = assembled_groups(ground, records, OrderGroups, accepted=False)
    assert before.commercial == HEAD.commercial


def test_a_group_that_nobody_tells_is_absent() -> None:
    records = [order_record(SHOP, Content())]
    assert assembled_groups(ground_of(facts(*records)), records, OrderGroups) == OrderGroups()
    assert assembled_groups(ground_of(facts()), [], OrderGroups) == OrderGroups()


def test_the_record_behind_each_group_is_named() -> None:
    records = [order_record(SHOP, content(order=HEAD)), order_record(ERP, content(order=AGREED))]
    found = speakers_of(ground_of(facts(*records)), records, OrderGroups, accepted=True)
    assert [(one.group, one.source) for one in found] == [
        (FieldGroup.COMMERCIAL, ERP),
        (FieldGroup.CUSTOMER, SHOP),
        (FieldGroup.PAYMENT, SHOP),
    ]
    assert speaker(FieldGroup.OTHER, records[0]) == Speaker(
        group=FieldGroup.OTHER, source=SHOP, kind=Kind.ORDER, source_id="shop-1"
    )


def test_a_customer_is_described_by_the_erp_before_the_shop() -> None:
    shop = record(SHOP, Kind.CUSTOMER, _customer("Jo"), (0, 1), entity_id="c1")
    erp = record(ERP, Kind.CUSTOMER, _customer("Jo Ltd"), (0, 1), entity_id="c1")
    found = assembled_groups(ground_of(facts(shop, erp)), [shop, erp], CustomerGroups)
    assert found.profile == CustomerProfile(name="Jo Ltd")


def test_numbers_become_identifiers_of_their_systems_beside_what_sources_list() -> None:
    listed = Identifier(scheme=IdentifierScheme.EMAIL, value="jo@example.org", source=SHOP)
    records = [
        order_record(SHOP, content(number="C0", identifiers=(listed, listed))),
        order_record(ERP, content(number="317")),
        record("retired", Kind.ORDER, content(number="x"), (0, 1)),
    ]
    found = identifiers_of(ground_of(facts(*records)), records)
    assert [(one.scheme.value, one.value, one.source) for one in found] == [
        ("EMAIL", "jo@example.org", SHOP),
        ("CHANNEL_ORDER", "C0", SHOP),
        ("ERP_ORDER", "317", ERP),
        ("OTHER", "x", "retired"),
    ]


def test_the_account_is_that_of_whoever_speaks_for_what_was_agreed() -> None:
    shop, erp = order_record(SHOP, content(account="acme")), order_record(ERP, content(account="acme/eu"))
    silent = order_record(ERP, content())
    ground = ground_of(facts(shop, erp))
    assert account_of(ground, [shop, erp], accepted=True) == "acme/eu"
    assert account_of(ground, [shop, erp], accepted=False) == "acme"
    assert account_of(ground, [shop, silent], accepted=True) == "acme"
    assert account_of(ground, []) is None


def _customer(name: str) -> Content:
    return Content(customer=CustomerGroups(profile=CustomerProfile(name=name)))
