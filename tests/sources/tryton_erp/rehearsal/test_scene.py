"""Stories, carried as far as they reached."""

from datetime import UTC, timedelta

import pytest

from sources.tryton_erp.rehearsal.scene import Reach, Story
from sources.tryton_erp.rehearsal.stand import Stand
from tests.sources.tryton_erp.rehearsal.conftest import NOW

LINES = (("MUG", 2, "7.50"),)
STANDS = {
    Reach.DRAFT: ("draft", "none", "none"),
    Reach.QUOTED: ("quotation", "none", "none"),
    Reach.PROCESSING: ("processing", "waiting", "pending"),
    Reach.ASSIGNED: ("processing", "waiting", "pending"),
    Reach.PICKED: ("processing", "waiting", "pending"),
    Reach.PACKED: ("processing", "waiting", "pending"),
    Reach.SHIPPED: ("processing", "waiting", "pending"),
    Reach.DONE: ("processing", "sent", "pending"),
    Reach.INVOICED: ("processing", "sent", "awaiting payment"),
    Reach.PAID: ("done", "sent", "paid"),
    Reach.CANCELLED: ("cancelled", "none", "none"),
    Reach.CALLED_OFF: ("done", "none", "paid"),
}


@pytest.mark.parametrize("reach", Reach)
def test_a_story_is_lived_through_by_the_erps_own_rules(stand: Stand, reach: Reach) -> None:
    at = NOW - timedelta(days=9)
    (sale,) = stand.scene.carry(
        [Story(reference="CODE", lines=LINES, reach=reach, at=at, until=at + timedelta(days=1))]
    )
    assert (sale.state, sale.shipment_state, sale.invoice_state) == STANDS[reach]
    made = sale.create_date.replace(tzinfo=UTC)
    assert at - timedelta(seconds=1) <= made <= at
    written = (sale.write_date or sale.create_date).replace(tzinfo=UTC)
    assert written <= at + timedelta(days=1)


def test_what_came_back_is_a_return_of_its_own(stand: Stand) -> None:
    story = Story(reference="CODE", lines=LINES, reach=Reach.PAID, tracking="3SBPT1", returned=[("MUG", 1)])
    (sale,) = stand.scene.carry([story])
    back = stand.erp.books.tables["sale.sale"][sale.id + 1]
    assert (back.reference, back.origin, back.shipment_state) == ("CODE-R1", sale, "sent")
    assert sale.shipments[0].packages[0].shipping_reference == "3SBPT1"


def test_a_company_is_moved_one_step_at_a_time_until_all_is_done(stand: Stand) -> None:
    sale = stand.scene.take_over("CODE", LINES)
    steps = [stand.scene.advance(sale) for _ in range(8)]
    assert steps == ["assign", "pick", "pack", "ship", "do", "bill", "pay", None]
    stand.scene.carry([Story(reference="D", lines=LINES, reach=Reach.DRAFT)])
    assert [stand.scene.step() for _ in range(10)] == ["SO-10052"] * 9 + [None]
