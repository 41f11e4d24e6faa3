"""An order that goes out for a return knows what it replaces."""

from __future__ import annotations

from hub.model.order import Order, OrderCommercial, OrderGroups, OrderStatus


def test_what_an_order_replaces_stands_in_its_head() -> None:
    plain = Order(id="o2", version=1, number="C0-R1-X", status=OrderStatus.ACCEPTED)
    assert (plain.replaces_id, plain.replaces_return_id) == (None, None)
    head = OrderCommercial(replaces_id="o1", replaces_return_id="r1")
    sent = Order(id="o2", version=1, number="C0-R1-X", status=plain.status, groups=OrderGroups(commercial=head))
    assert (sent.replaces_id, sent.replaces_return_id) == ("o1", "r1")
