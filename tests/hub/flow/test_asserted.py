from dataclasses import replace

from hub.flow.asserted import Entry, asserted_on, entries_of, entry_for
from hub.flow.facts import HUB, RootFacts
from hub.merge.assemble import assemble
from hub.model.observation import Content, line_key
from hub.model.order import Order
from hub.model.vocabulary import Kind
from tests.kit.facts import SHOP, cancel, content, d, facts, kept_command, line, order_record

SHOP_ORDER = order_record(SHOP, content(line("a", 5), line("b", 3, sku="CUP"), status="ALLOCATED"))


def order_of(known: RootFacts) -> Order:
    found = assemble(known).documents["o1"]
    assert isinstance(found, Order)
    return found


def hub(*entries: Entry, source_id: str = "o1") -> RootFacts:
    record = order_record(HUB, Content(lines=tuple(entry.line for entry in entries)), source_id=source_id)
    commands = tuple(kept_command(cancel(), name) for name in ("k1", "k2"))
    return facts(SHOP_ORDER, record, commands=commands)


ORDER = order_of(facts(SHOP_ORDER))
FIRST = entry_for("k1", ORDER.lines[0], d(2), d(0))
SECOND = entry_for("k2", ORDER.lines[0], d(1), d(2))


def test_an_entry_survives_the_hubs_record() -> None:
    assert entries_of(hub(FIRST, SECOND), "o1") == (FIRST, SECOND)
    assert (FIRST.requested, FIRST.total, SECOND.total) == (d(2), d(2), d(3))


def test_entries_come_in_the_order_of_their_commands() -> None:
    assert entries_of(hub(SECOND, FIRST), "o1") == (FIRST, SECOND)


def test_an_entry_names_the_source_line_so_a_new_line_number_does_not_matter() -> None:
    assert FIRST.target == line_key(SHOP, Kind.ORDER, "a")
    renumbered = replace(ORDER, lines=(replace(ORDER.lines[0], line_no=7), ORDER.lines[1]))
    found = FIRST.line_of(renumbered)
    assert found is not None
    assert found.line_no == 7
    assert FIRST.line_of(replace(ORDER, lines=ORDER.lines[1:])) is None


def test_after_a_merge_each_entry_counts_once() -> None:
    one = order_record(HUB, Content(lines=(FIRST.line,)), source_id="o1")
    other = order_record(HUB, Content(lines=(replace(FIRST, total=d(9)).line, SECOND.line)), source_id="o0")
    known = facts(SHOP_ORDER, other, one, commands=tuple(kept_command(cancel(), name) for name in ("k1", "k2")))
    assert entries_of(known, "o1") == (FIRST, SECOND)


def test_the_greatest_total_is_what_is_asserted() -> None:
    assert asserted_on((FIRST, SECOND), ORDER, 1) == 3
    assert asserted_on((FIRST, SECOND), ORDER, 2) == 0


def test_what_the_hub_says_of_its_own_lines_is_no_entry() -> None:
    own = order_record(HUB, content(line("h", 2)), source_id="o1")
    assert entries_of(facts(SHOP_ORDER, own), "o1") == ()
