from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from hub.flow.facts import HUB, KeptRecord
from hub.merge.lines import Member, Row, Rows, match, numbered, order_rows
from hub.model.observation import SourceLine, line_key
from hub.model.vocabulary import Kind
from tests.kit.facts import ALL, ERP, SHOP, content, eur, line, order_record


def rows_of(*records: KeptRecord) -> Rows:
    return order_rows(records, ALL)


def members(rows: Sequence[Row]) -> list[list[str]]:
    return [[f"{member.source}:{member.line.id}" for member in row.members] for row in rows]


def test_lines_meet_by_stored_reference_before_all_else() -> None:
    shop = order_record(SHOP, content(line("a", sku="MUG"), line("b", sku="MUG")))
    erp = order_record(ERP, content(line("1", sku="MUG", target=line_key(SHOP, Kind.ORDER, "b"))))
    assert members(rows_of(shop, erp).rows) == [["shop:a"], ["shop:b", "erp:1"]]


def test_else_lines_meet_by_item_unit_and_price_in_order() -> None:
    shop = order_record(SHOP, content(line("a", price=5), line("b", price=7), line("c", price=5)))
    erp = order_record(ERP, content(line("1", price=5), line("2", price=5), line("3", price=7)))
    assert members(rows_of(shop, erp).rows) == [["shop:a", "erp:1"], ["shop:b", "erp:3"], ["shop:c", "erp:2"]]


def test_another_unit_is_another_line_and_another_price_where_that_is_not_the_only_one_of_its_item() -> None:
    shop = order_record(SHOP, content(line("a", price=5)))
    other_unit = order_record(ERP, content(line("1", price=5, unit="KGM")))
    assert members(rows_of(shop, other_unit).rows) == [["shop:a"], ["erp:1"]]
    two_prices = order_record(ERP, content(line("1", price=6), line("2", price=7)))
    assert members(rows_of(shop, two_prices).rows) == [["shop:a"], ["erp:1"], ["erp:2"]]


def test_a_price_that_was_changed_in_one_system_does_not_make_two_lines_of_one() -> None:
    shop = order_record(SHOP, content(line("a", price=5), line("b", sku="CUP", price=5)))
    erp = order_record(ERP, content(line("1", sku="CUP", price=5), line("2", price=6)))
    assert members(rows_of(shop, erp).rows) == [["shop:a", "erp:2"], ["shop:b", "erp:1"]]


def test_a_line_below_an_order_picked_from_two_bins_is_one_line_of_it() -> None:
    rows = rows_of(order_record(SHOP, content(line("a", 70), line("b", sku="CUP")))).rows
    pairs, unclear = match([line("x", 60), line("y", 10), line("z", sku="HAT")], rows)
    assert ([(one.id, at) for one, at in pairs], unclear) == ([("x", 0), ("y", 0), ("z", None)], False)


def test_what_matches_nothing_is_a_line_of_its_own() -> None:
    """The ERP adds its carrier cost as a line (systems.md 5.16)."""
    shop = order_record(SHOP, content(line("a")))
    erp = order_record(ERP, content(line("1"), line("2", sku="CARRIER-COST")))
    assert members(rows_of(shop, erp).rows) == [["shop:a", "erp:1"], ["erp:2"]]


def test_equal_lines_in_unequal_numbers_are_told_as_ambiguous() -> None:
    shop = order_record(SHOP, content(line("a"), line("b")))
    erp = order_record(ERP, content(line("1")))
    assert rows_of(shop, erp).ambiguous == ("erp|erp-1",)
    assert rows_of(shop, order_record(ERP, content(line("1"), line("2")))).ambiguous == ()


def test_lines_met_in_another_order_end_alike() -> None:
    """Story of the model: the shop first had line b, then a and b, all alike; the ERP has one such line."""
    shop = order_record(SHOP, content(line("a"), line("b")))
    erp = order_record(ERP, content(line("1")))
    assert {str(members(rows_of(*order).rows)) for order in permutations((shop, erp))} == {
        str([["shop:a", "erp:1"], ["shop:b"]])
    }


def test_of_a_source_with_two_documents_nothing_is_chosen_while_another_speaks() -> None:
    doubles = [order_record(ERP, content(line(name)), source_id=name) for name in ("1", "2")]
    assert members(rows_of(order_record(SHOP, content(line("a"))), *doubles).rows) == [["shop:a"]]
    assert members(rows_of(*doubles).rows) == [["erp:1"]]


def test_a_gone_document_gives_no_lines_while_one_lives() -> None:
    gone = order_record(ERP, content(line("1"), line("2")), lives=False)
    assert members(rows_of(gone, order_record(SHOP, content(line("a")))).rows) == [["shop:a"]]
    assert members(rows_of(gone).rows) == [["erp:1"], ["erp:2"]]


def test_what_the_hub_asserts_stands_beside_the_line_and_makes_none() -> None:
    shop = order_record(SHOP, content(line("a", 3)))
    said = line("k1:1", 2, target=line_key(SHOP, Kind.ORDER, "a"))
    stale = line("k1:2", 2, target=line_key(SHOP, Kind.ORDER, "gone"))
    rows = rows_of(shop, order_record(HUB, content(said, stale))).rows
    assert members(rows) == [["shop:a"]]
    assert rows[0].asserted == (said,)


def test_line_numbers_are_remembered_and_never_used_again() -> None:
    first = rows_of(order_record(SHOP, content(line("a"), line("b")))).rows
    numbers, known = numbered(first, {})
    assert (numbers, known) == ((1, 2), {"shop|shop-1|a": 1, "shop|shop-1|b": 2})
    second = rows_of(order_record(SHOP, content(line("b"), line("c")))).rows
    numbers, known = numbered(second, known)
    assert numbers == (2, 3)
    third = rows_of(order_record(SHOP, content(line("a")))).rows
    assert numbered(third, known)[0] == (1,)


def test_a_line_keeps_its_number_when_another_document_comes_to_lead() -> None:
    erp_first = rows_of(order_record(ERP, content(line("1")))).rows
    _, known = numbered(erp_first, {})
    joined = rows_of(
        order_record(SHOP, content(line("x", sku="CUP"), line("a"))), order_record(ERP, content(line("1")))
    )
    numbers, _ = numbered(joined.rows, known)
    assert dict(zip([row.first.id for row in joined.rows], numbers, strict=True)) == {"x": 2, "a": 1}


def test_another_birth_of_a_document_gets_numbers_of_its_own() -> None:
    old = order_record(ERP, content(line("1")), birth="2020")
    new = order_record(ERP, content(line("1")), birth="2026")
    _, known = numbered(rows_of(old).rows, {})
    assert numbered(rows_of(new).rows, known)[0] == (2,)


def test_a_line_without_price_is_like_any_of_its_item() -> None:
    rows = rows_of(order_record(SHOP, content(line("a", price=5), line("b", sku="CUP", price=5)))).rows
    pairs, unclear = match([line("x", sku="CUP")], rows)
    assert [(one.id, at) for one, at in pairs] == [("x", 1)]
    assert not unclear


LINES = st.builds(
    lambda name, sku, price: SourceLine(id=name, sku=sku, unit_price=eur(price), quantities=line("q").quantities),
    st.sampled_from("abcde"),
    st.sampled_from(["A", "B"]),
    st.sampled_from([1, 2]),
)
DOCUMENTS = st.lists(LINES, max_size=4, unique_by=lambda one: one.id).map(tuple)


@given(shop=DOCUMENTS, erp=DOCUMENTS)
def test_every_line_is_in_exactly_one_row_and_rows_never_mix_items(
    shop: tuple[SourceLine, ...], erp: tuple[SourceLine, ...]
) -> None:
    rows = rows_of(order_record(SHOP, content(*shop)), order_record(ERP, content(*erp))).rows
    placed = sorted(member.key for row in rows for member in row.members)
    assert placed == sorted([f"shop|shop-1|{one.id}" for one in shop] + [f"erp|erp-1|{one.id}" for one in erp])
    assert all(len({(m.line.sku, m.line.unit) for m in row.members}) == 1 for row in rows)
    assert all(len({m.source for m in row.members}) == len(row.members) for row in rows)


@given(shop=DOCUMENTS, erp=DOCUMENTS, later=DOCUMENTS)
def test_numbers_are_distinct_and_stable_whatever_comes(
    shop: tuple[SourceLine, ...], erp: tuple[SourceLine, ...], later: tuple[SourceLine, ...]
) -> None:
    records = [order_record(SHOP, content(*shop)), order_record(ERP, content(*erp))]
    first, known = numbered(rows_of(*records).rows, {})
    again, _ = numbered(rows_of(*reversed(records)).rows, known)
    assert first == again
    records[0] = replace(records[0], content=content(*later))
    second, after = numbered(rows_of(*records).rows, known)
    assert len(set(second)) == len(second)
    assert {key: after[key] for key in known if not any(k == key for k in _members(records))} == {
        key: known[key] for key in known if not any(k == key for k in _members(records))
    }


def _members(records: Sequence[KeptRecord]) -> set[str]:
    return {member.key for row in rows_of(*records).rows for member in row.members}


def test_below_an_order_the_only_row_of_an_item_is_meant_at_whatever_price() -> None:
    rows = [Row(members=(Member(source="shop", document="1", line=line("a", price=129)),))]
    pairs, unclear = match([line("x", price=10)], rows)
    assert ([at for _, at in pairs], unclear) == ([0], False)
    two = [*rows, Row(members=(Member(source="shop", document="1", line=line("b", price=99)),))]
    assert [at for _, at in match([line("x", price=10)], two)[0]] == [None]
