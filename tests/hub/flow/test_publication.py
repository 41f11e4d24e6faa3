"""What channels are told: shares that come to what the channel may sell, told anew when the hub's figure moves, or when
a channel has come to more by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hub.flow.availability import Rules, Site, ats
from hub.flow.facts import Goods, ItemCode, KeptDelivery, Lot, Picture, RootFacts
from hub.flow.publication import flow_of_product, publishers, shares
from hub.model.effects import PUBLISH_STOCK, PublishStock
from hub.model.intents import DeliveryState, Intent, Mode
from hub.model.manifest import ChannelRules, Idempotency, Landscape, Write
from hub.model.observation import Content
from hub.model.product import Product
from hub.model.vocabulary import Kind
from tests.kit.facts import delivery
from tests.kit.merging import SHOP, START, landscape
from tests.kit.stock import EAST, MUG, WH, record

WEB = ChannelRules(source=SHOP, publishes=True)
THING = Product(id="p1", version=1, sku=MUG)
units = st.integers(min_value=-20, max_value=40).map(Decimal)
few = st.integers(min_value=0, max_value=10).map(Decimal)
lots = st.lists(
    st.builds(
        Lot, warehouse=st.sampled_from([WH, EAST, "N"]), atp=units, safety=few, is_counted=st.booleans()
    ),
    unique_by=lambda lot: lot.warehouse,
    min_size=1,
).map(tuple)  # fmt: skip
rules = st.builds(ChannelRules, buffer=few, threshold=few, sell_ahead=few)


def there(rules: ChannelRules = WEB, *, takes: bool = True) -> Landscape:
    plain = landscape()
    write = Write(idempotency=Idempotency.LOOKUP, longest_call=timedelta(seconds=5))
    shop = plain.sources[SHOP]
    offering = replace(shop, manifest=replace(shop.manifest, writes={PUBLISH_STOCK: write} if takes else {}))
    return replace(plain, sources={**plain.sources, SHOP: offering}, channels={"web": rules})


def facts(*found: Lot, rules: ChannelRules = WEB, rows: tuple[KeptDelivery, ...] = (), **also: object) -> RootFacts:
    made = RootFacts(
        tenant="acme",
        root_id="p1",
        kind=Kind.PRODUCT,
        landscape=there(rules),
        now=START,
        records=(replace(record(SHOP, Content()), kind=Kind.PRODUCT, entity_id="p1"),),
        deliveries=rows,
        goods=Goods(lots=found),
    )
    return replace(made, **also)  # type: ignore[arg-type]  # fields of the facts


def lot(warehouse: str = WH, atp: int = 10, shown: int | None = None, *, counted: bool = True) -> Lot:
    known = {} if shown is None else {SHOP: Decimal(shown)}
    return Lot(warehouse=warehouse, atp=Decimal(atp), shown=known, is_counted=counted)


def intents(*found: Lot, **also: object) -> tuple[Intent, ...]:
    return flow_of_product(THING, facts(*found, **also), Picture()).intents  # type: ignore[arg-type]  # as above


def told(*found: Lot, **also: object) -> list[tuple[str, int]]:
    return [(one.key, int(one.content.quantity)) for one in intents(*found, **also)
            if isinstance(one.content, PublishStock)]  # fmt: skip


def row(quantity: int, state: DeliveryState = DeliveryState.DONE, warehouse: str = WH) -> KeptDelivery:
    content = PublishStock(sku=MUG, location=warehouse, quantity=Decimal(quantity))
    key = f"{SHOP}/stock:{MUG}:{warehouse}"
    made = delivery(SHOP, state, source_id=None, action=PUBLISH_STOCK, key=key, content=content)
    return replace(made, kind=Kind.INVENTORY)


def test_a_channel_is_told_warehouse_by_warehouse_where_it_has_the_place() -> None:
    found = intents(lot(WH, 10, shown=4), lot(EAST, 5))
    assert [(one.key, one.mode, one.kind, one.source_id) for one in found] == [
        ("shop/stock:MUG:WH", Mode.LATEST, Kind.INVENTORY, None)
    ]
    assert told(lot(WH, 10, shown=4), lot(EAST, 5), rules=replace(WEB, warehouses=(WH, EAST))) == [
        ("shop/stock:MUG:WH", 10), ("shop/stock:MUG:WH-EAST", 5),
    ]  # fmt: skip


def test_only_a_channel_that_is_configured_so_and_takes_it_is_told() -> None:
    assert publishers(there()) == (WEB,)
    assert publishers(there(replace(WEB, publishes=False))) == ()
    assert publishers(there(takes=False)) == ()
    assert told(lot(shown=4), records=()) == []


def test_nothing_is_sent_where_the_channel_shows_it_already_and_nothing_was_ever_sent() -> None:
    assert told(lot(atp=10, shown=10)) == []
    assert told(lot(atp=10, shown=10), rows=(row(10),)) == [("shop/stock:MUG:WH", 10)]


def test_what_the_channel_has_just_sold_itself_does_not_have_it_told_more() -> None:
    (one,) = intents(lot(atp=10, shown=9), rows=(row(10),))
    assert one.content == row(10).content


def test_a_channel_that_came_to_more_by_itself_after_it_was_told_is_told_the_same_once_more() -> None:
    """As a shop that takes a return back, whose units are scrap."""
    told_at = replace(row(10), settled_at=START)
    after, before = {SHOP: START + timedelta(seconds=1)}, {SHOP: START}
    (again,) = intents(replace(lot(atp=10, shown=11), asked=after), rows=(told_at,))
    same = PublishStock(sku=MUG, location=WH, quantity=Decimal(10), instead_of=Decimal(11))
    assert again.content == same
    for other in (
        replace(lot(atp=10, shown=11), asked=before),
        replace(lot(atp=10, shown=11)),
        replace(lot(atp=10, shown=9), asked=after),
    ):
        assert [one.content for one in intents(other, rows=(told_at,))] == [row(10).content]


def test_it_is_looked_at_again_until_the_channel_was_asked_after_it_was_told() -> None:
    """What it then says may be what it said before it was told: no change, which wakes nobody."""
    rows = (replace(row(10), settled_at=START),)
    asked = {after: {SHOP: START + timedelta(seconds=after)} for after in (-1, 1)}
    wakes = {
        after: flow_of_product(THING, facts(replace(lot(atp=10, shown=10), asked=at), rows=rows), Picture()).wake_at
        for after, at in asked.items()
    }
    assert wakes == {-1: START + timedelta(minutes=3), 1: None}
    assert flow_of_product(THING, facts(lot(atp=10, shown=10), rows=rows), Picture()).wake_at is None
    soon = Picture(decide_at=START + timedelta(minutes=1))
    found = flow_of_product(THING, facts(replace(lot(atp=10, shown=10), asked=asked[-1]), rows=rows), soon)
    assert found.wake_at == soon.decide_at


def test_what_it_came_to_says_nothing_while_it_is_being_told_or_where_another_figure_is_due() -> None:
    after = {SHOP: START + timedelta(seconds=1)}
    for state in (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.REFUSED):
        rows = (replace(row(10, state), settled_at=START),)
        assert [one.content for one in intents(replace(lot(atp=10, shown=11), asked=after), rows=rows)] == [
            row(10).content
        ]
    rows = (replace(row(10), settled_at=START),)
    moved = replace(lot(atp=12, shown=13), asked=after)
    assert [one.content for one in intents(moved, rows=rows)] == [row(12).content]


def test_figures_that_are_too_old_leave_what_was_said_last() -> None:
    assert told(lot(atp=0, shown=4, counted=False)) == []
    assert told(lot(atp=0, shown=4, counted=False), rows=(row(7),)) == [("shop/stock:MUG:WH", 7)]


def test_a_channels_own_code_and_unit_are_used_and_only_whole_ones_of_it() -> None:
    dozen = {(SHOP, MUG): ItemCode(code="MUG-12", factor=Decimal(12))}
    (one,) = intents(lot(atp=30, shown=1), codes=dozen)
    assert one.content == PublishStock(sku="MUG-12", location=WH, quantity=Decimal(24), factor=Decimal(12))


def test_a_publication_that_failed_is_a_case() -> None:
    found = flow_of_product(THING, facts(lot(shown=4), rows=(row(10, DeliveryState.REFUSED),)), Picture())
    assert [(case.code, case.source) for case in found.cases] == [("DEAD_LETTER", SHOP)]


@given(lots, rules, few)
def test_the_shares_come_to_what_the_channel_may_sell(
    found: tuple[Lot, ...], channel: ChannelRules, unsourced: Decimal
) -> None:
    given = shares(found, channel, unsourced)
    sites = [Site(atp=one.atp, safety=one.safety + channel.buffer, is_counted=one.is_counted) for one in found]
    counted = any(one.is_counted for one in found)
    whole = Rules(
        threshold=channel.threshold, unsourced=unsourced, sell_ahead=channel.sell_ahead if counted else Decimal(0)
    )
    assert sum(given.values(), Decimal(0)) == ats(sites, whole)
    assert all(value >= 0 for value in given.values())
