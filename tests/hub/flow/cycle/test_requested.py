"""Requests that may stand at a warehouse unseen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.flow.cycle.requested import SEEN_WITHIN, looks_at, units_racing, unseen
from hub.flow.facts import RootFacts
from hub.model.intents import DeliveryState
from tests.kit.facts import at, d
from tests.kit.flows import apply, moved, seen
from tests.kit.managed import FULFIL, erp_request, erp_shipment, managed, sale, shop_order, wms_shipment

PLANNED = (shop_order(), sale(), erp_request(), erp_shipment())
S = DeliveryState


def asked(state: DeliveryState) -> RootFacts:
    return moved(apply(managed(*PLANNED)), FULFIL, state, claimed_at=at(199))


@pytest.mark.parametrize(
    ("state", "races"),
    [(S.PENDING, False), (S.CLAIMED, True), (S.UNKNOWN, True), (S.DONE, True), (S.REFUSED, False), (S.DEAD, False)],
)
def test_a_request_races_from_its_claim_until_a_record_shows_it(state: DeliveryState, *, races: bool) -> None:
    known = asked(state)
    assert [row.key for row in unseen(known)] == ([FULFIL] if races else [])
    assert units_racing(known, 1) == (d(2) if races else d(0))
    assert units_racing(known, 2) == d(0)
    assert units_racing(seen(known, wms_shipment()), 1) == d(0)


def test_what_never_comes_to_sight_is_not_waited_for_for_ever() -> None:
    known = asked(S.DONE)
    assert at(200) + SEEN_WITHIN in list(looks_at(known))
    assert units_racing(replace(known, now=at(200) + SEEN_WITHIN), 1) == d(0)
