"""Ids, numbers, and who was written when."""

from datetime import timedelta

from sources.tryton_erp.rehearsal.books import SLOWNESS, Books, Sequence, Sequences
from sources.tryton_erp.rehearsal.records import Country, Named, Tax
from tests.kit.clock import StoppedClock
from tests.sources.tryton_erp.rehearsal.conftest import NOW


def test_every_model_and_every_sort_of_document_counts_on_its_own() -> None:
    numbers = Sequences(invoice=Sequence(prefix="INV-", next=20017))
    assert [numbers.sale.take(), numbers.shipment.take(), numbers.sale.take()] == ["1", "1", "2"]
    assert numbers.invoice.take() == "INV-20017"


def test_a_record_is_seen_later_than_it_says_and_has_no_write_date_until_it_is_written(clock: StoppedClock) -> None:
    books = Books(clock, Sequences())
    one, other = books.add(Country, code="BE"), books.add(Tax)
    assert (one.id, other.id, one.write_date) == (1, 1, None)
    assert one.create_date == (NOW - SLOWNESS).replace(tzinfo=None)
    clock.move(60)
    books.wrote(one)
    assert one.write_date == one.create_date + timedelta(seconds=60)
    assert (books.moment(), books.today().isoformat()) == (NOW + timedelta(seconds=60), "2026-11-21")


def test_whoever_was_written_since_is_found_and_a_parent_with_its_child(clock: StoppedClock) -> None:
    books = Books(clock, Sequences())
    made: list[Named] = [books.add(Country, code=code) for code in ("BE", "NL", "FR")]
    clock.move(10)
    then = books.now()
    books.wrote(made[1])
    books.note(made[2])
    assert books.since("country.country", then) == {2, 3}
    assert made[2].write_date is None
    clock.at = NOW - timedelta(days=1)
    books.wrote(made[0])
    assert books.since("country.country", then) == {2, 3}
    assert books.since("country.country", books.now()) == {1, 2, 3}


def test_fields_are_found_by_value(clock: StoppedClock) -> None:
    books = Books(clock, Sequences())
    one = books.add(Country, code="BE")
    books.index(one, "code", "BE")
    books.index(one, "code", None)
    assert (books.found("country.country", "code", "BE"), books.found("country.country", "code", "NL")) == ({1}, set())
