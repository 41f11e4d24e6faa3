"""Whatever a release has written, every later one reads: a committed sample of each released shape decodes (D1).

`shapes/<what>-<number>.json`; a shape that has been released is never edited, a new one gets the next number.
"""

from pathlib import Path

import pytest

from hub.codec import decode, encode
from hub.model.changes import Change, Origin

SHAPES = sorted((Path(__file__).parent / "shapes").glob("change-*.json"))


@pytest.mark.parametrize("path", SHAPES, ids=lambda path: path.stem)
def test_a_change_of_every_release_decodes(path: Path) -> None:
    change = decode(path.read_bytes(), Change)
    assert change.origin is Origin.LIVE
    assert change.status == "SHIPPED"
    assert decode(encode(change), Change) == change


def test_what_a_later_release_added_is_absent_in_an_old_change() -> None:
    change = decode(SHAPES[0].read_bytes(), Change)
    assert (change.account, change.status, change.order_ids) == ("acme/north", "SHIPPED", ())
    assert (change.tracking_numbers, change.warehouse, change.sku, change.queue) == ((), None, None, None)
    assert (change.events, change.was) == (("order.updated",), None)


def test_what_a_later_release_will_add_is_not_in_the_way() -> None:
    text = SHAPES[-1].read_bytes().replace(b'"version": 3', b'"version": 3, "from_the_future": {"a": 1}')
    assert decode(text, Change).event == "shipment.confirmed"
