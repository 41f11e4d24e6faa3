"""What everybody in the cycle looks at."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hub.flow.cycle.scene import Scene, reference_of, scene_of
from hub.flow.facts import HUB, ItemCode, RootFacts
from hub.merge.assemble import assemble
from hub.model.cases import Hold, HoldType
from hub.model.effects import CREATE_ORDER
from hub.model.order import OrderStatus
from hub.model.vocabulary import Kind, SystemKind
from tests.kit.facts import ERP, SHOP, at, d
from tests.kit.flows import apply, order_of
from tests.kit.managed import CODE, ERP_BINDING, ERP_CREATE, TRIO, managed, sale, shop_order


def scene(known: RootFacts, **more: Any) -> Scene:  # Any: fields of Scene
    return replace(scene_of(order_of(known), known, assemble(known), (), ()), **more)


def test_wanted_is_what_nobody_has_called_off_refused_or_lowered() -> None:
    known = managed(shop_order(5, cancelled=1))
    (line,) = order_of(known).lines
    assert scene(known).wanted(line) == d(4)
    assert scene(known, asserted={1: d(3)}).wanted(line) == d(2)
    assert scene(known, at_most={1: d(1)}).wanted(line) == d(1)
    assert scene(known, asserted={1: d(9)}).wanted(line) == d(0)
    assert list(scene(known, asserted={1: d(5)}).lines()) == []


def test_only_who_is_not_retired_and_offers_it_takes_an_action() -> None:
    assert [one.source for one in scene(managed()).offering(SystemKind.ERP, CREATE_ORDER)] == [ERP]
    retired = replace(TRIO, sources={**TRIO.sources, ERP: replace(ERP_BINDING, is_retired=True)})
    assert scene(managed(landscape=retired)).offering(SystemKind.ERP, CREATE_ORDER) == ()
    assert scene(managed()).offering(SystemKind.COMMERCE, CREATE_ORDER) == ()


def test_what_lives_of_an_entity_is_told_in_a_fixed_order_and_never_by_the_hub() -> None:
    own = replace(shop_order(), source=HUB, source_id="o1")
    known = managed(sale(), shop_order(), own)
    assert [one.source for one in scene(known).told(Kind.ORDER, "o1")] == [ERP, SHOP]
    gone = managed(replace(sale(), lives=False), shop_order())
    assert scene(gone).documents_at(ERP) == []


def test_a_deadline_is_fixed_once_it_is_on_its_way() -> None:
    known = apply(managed())
    later = replace(known, now=at(900))
    assert scene(later).due(ERP_CREATE, timedelta(minutes=15)) == at(200) + timedelta(minutes=15)
    assert scene(later).due("another", timedelta(minutes=15)) == at(900) + timedelta(minutes=15)


def test_a_hold_keeps_it_from_what_it_blocks() -> None:
    hold = Hold(id="h", type=HoldType.OTHER, placed_by="rep", placed_at=at(1), blocks=(OrderStatus.RELEASED,))
    known = scene(managed(), holds=(hold,))
    assert known.held_from(OrderStatus.RELEASED) == hold
    assert known.held_from(OrderStatus.ALLOCATED, OrderStatus.VALIDATED) is None


def test_an_item_goes_by_the_tenant_s_own_code_where_a_source_has_no_other() -> None:
    known = scene(managed(codes={(ERP, "MUG"): ItemCode(code="CUP")}))
    assert (known.code(ERP, "MUG").code, known.code(SHOP, "MUG").code) == ("CUP", "MUG")


def test_the_reference_is_the_code_of_where_it_was_born_and_stays_what_was_asked_under() -> None:
    known = apply(managed())
    assert reference_of(order_of(known), known) == CODE
    bare = shop_order(bears=())
    assert reference_of(order_of(managed(bare)), managed(bare)) is None
    assert reference_of(order_of(known), replace(known, records=(bare,))) == CODE
