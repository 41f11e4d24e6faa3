"""What the proof prints, and when it holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tests.connect_existing.__main__ import lines
from tests.connect_existing.proof import Findings
from tests.kit.journal import effect_of

RIGHT = Findings(
    stages=Counter(placed=3, closed=2), loaded=5, code="T4D7", then=Counter(shop=2, erp=9, wms=3), states={"DONE": 5}
)


def test_it_holds_where_nothing_was_touched_and_the_new_order_went_all_the_way() -> None:
    assert RIGHT.holds
    assert lines(RIGHT)[-1] == "holds"


@pytest.mark.parametrize(
    "wrong",
    [
        replace(RIGHT, writes=Counter(erp=1)),
        replace(RIGHT, deliveries=1),
        replace(RIGHT, managed=1),
        replace(RIGHT, cases={"WMS_ACK_TIMEOUT": 1}),
        replace(RIGHT, then=Counter(shop=2, erp=9)),
        replace(RIGHT, states={"DONE": 4, "DEAD": 1}),
        replace(RIGHT, others=1),
        replace(RIGHT, changed=1),
        replace(RIGHT, loaded=4),
    ],
)
def test_one_effect_too_many_breaks_it_and_so_does_silence_afterwards(wrong: Findings) -> None:
    assert not wrong.holds
    assert lines(wrong)[-1] == "BROKEN"


@pytest.mark.parametrize(
    ("line", "body", "written"),
    [
        ("GET /tryton/rest/model/sale.sale", b"", None),
        ("POST /tryton/rest/model/sale.sale", b'{"reference": "T4D7"}', "POST /tryton/rest/model/sale.sale"),
        ("POST /tryton/", b'{"method": "model.sale.sale.search_read", "params": []}', None),
        ("POST /tryton/", b'{"method": "common.db.login", "params": []}', None),
        ("POST /tryton/", b'{"method": "model.stock.shipment.out.wait"}', "model.stock.shipment.out.wait"),
        ("POST /admin-api", b'{"query": "query { orders { items { id } } }"}', None),
        ("POST /admin-api", b'{"query": "mutation { login(username: 1) { id } }"}', None),
        ("POST /admin-api", b'{"query": "mutation HubPack { x }"}', "mutation HubPack { x }"),
    ],
)
def test_whatever_writes_is_written_down(line: str, body: bytes, written: str | None) -> None:
    assert effect_of(line, body) == written
