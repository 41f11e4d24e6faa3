"""What several sources say of one thing is one thing in the hub, as they say it."""

from dataclasses import replace
from decimal import Decimal

from tests.crash.judge.evidence import (
    EntityRow,
    Evidence,
    Figure,
    Led,
    LogRow,
    Paper,
    RecordRow,
    Said,
    Shown,
)
from tests.crash.judge.joint import as_said, counted, covered, one_entity

ORDER = Paper(tenant="acme", kind="ORDER", name="CODE", members=(("shop", "1"), ("erp", "7")))
TYPED = Paper(tenant="acme", kind="ORDER", name="sale 8", members=(("erp", "8"),))


def record(role: str, source_id: str, entity: str, said: str = "h") -> RecordRow:
    return RecordRow(tenant="acme", role=role, kind="ORDER", source_id=source_id, entity_id=entity, hash=said)


def entity(name: str, redirect_to: str | None = None) -> EntityRow:
    return EntityRow(tenant="acme", kind="ORDER", id=name, version=1, redirect_to=redirect_to)


def merged(name: str) -> LogRow:
    return LogRow(
        position=1,
        tenant="acme",
        event_id="e",
        kind="ORDER",
        entity_id=name,
        version=2,
        event="entity.merged",
        live=True,
    )


WELL = Evidence(
    papers=(ORDER, TYPED),
    records=(record("shop", "1", "a"), record("erp", "7", "a"), record("erp", "8", "b")),
    entities=(entity("a"), entity("b")),
)


def test_an_order_that_two_systems_know_is_one_entity() -> None:
    assert list(one_entity(WELL)) == []
    two = replace(WELL, records=(record("shop", "1", "a"), record("erp", "7", "c"), record("erp", "8", "b")))
    assert next(one_entity(two)) == "ORDER CODE is 2 entities: a, c"


def test_equal_purchase_orders_are_two_entities() -> None:
    joined = replace(WELL, records=(*WELL.records[:2], record("erp", "8", "a")), entities=(entity("a"),))
    assert list(one_entity(joined)) == ["a is CODE and sale 8"]


def test_an_entity_that_nothing_real_stands_behind_is_seen() -> None:
    assert list(one_entity(replace(WELL, entities=(*WELL.entities, entity("ghost"))))) == [
        "ORDER ghost (None) is nothing real"
    ]


def test_who_was_merged_away_leads_to_the_survivor_and_both_are_told() -> None:
    seen = replace(
        WELL, entities=(*WELL.entities, entity("lost", "a")), log=(merged("a"), merged("lost")), misspelt=1,
        led=(Led(tenant="acme", kind="ORDER", id="lost", to="a"),),
    )  # fmt: skip
    assert list(one_entity(seen)) == []
    assert list(one_entity(replace(seen, misspelt=0))) == ["1 orders were merged, 0 had to be"]
    assert list(one_entity(replace(seen, log=(merged("a"),)))) == ["nobody was told that ORDER lost was merged into a"]
    astray = replace(seen, led=(Led(tenant="acme", kind="ORDER", id="lost", to=None),))
    assert list(one_entity(astray)) == ["the graph leads from ORDER lost to None"]


def test_a_record_is_what_its_source_says() -> None:
    said = Said(tenant="acme", role="erp", kind="ORDER", source_id="7", hash="h")
    assert list(as_said(replace(WELL, said=(said,)))) == []
    other = replace(WELL, said=(replace(said, hash="newer"),), stirred=("acme ORDER a from v1 to v2",))
    assert list(as_said(other)) == [
        "erp says otherwise of ORDER 7 than the hub holds",
        "looking again with nothing new changed acme ORDER a from v1 to v2",
    ]


def test_people_are_shown_what_is() -> None:
    wanted = Shown(tenant="acme", code="CODE", id="", number="CODE", present=frozenset({"ERP"}), shipments=1)
    assert list(as_said(Evidence(wanted=(wanted,), shown=(replace(wanted, id="a"),)))) == []
    assert list(as_said(Evidence(wanted=(wanted,), shown=(replace(wanted, id="a", shipments=2),)))) == [
        "CODE: shipments is 1, people see 2"
    ]
    assert list(as_said(Evidence(wanted=(wanted,)))) == ["CODE is not found, or more than once"]


def test_a_figure_is_what_lies_there_and_what_its_movements_add_up_to() -> None:
    five = Figure(tenant="acme", role="wms", sku="MUG", warehouse="WH", name="ON_HAND", value=Decimal(5))
    three, two = replace(five, value=Decimal(3)), replace(five, value=Decimal(2))
    assert list(counted(Evidence(stock=(five,), there=(five,), moved=(three, two)))) == []
    assert list(counted(Evidence(stock=(three,), there=(five,), moved=(five,)))) == [
        "acme wms MUG WH ON_HAND: 5 lie there, the hub has 3",
        "acme wms MUG WH ON_HAND: the hub has 3, its movements add up to 5",
    ]


def test_what_was_said_to_be_seen_and_was_not_is_told() -> None:
    assert list(covered(Evidence(uncovered=("x",)))) == ["x"]
