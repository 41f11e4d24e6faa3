from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Ambiguous
from hub.model.finding import Lookup
from hub.model.vocabulary import IdentifierScheme, Kind
from hub.read.find import BEARS_NO_ORDER, NAMES_NO_ORDER, hits, the_order
from hub.store.finding import BEGINS, EXACT, NORMALISED, FoundIdentifier

TYPED = Lookup(identifier="317")


def found(how: int = EXACT, *orders: str, **said: object) -> FoundIdentifier:
    one = FoundIdentifier(
        kind=Kind.ORDER, id="o", scheme=IdentifierScheme.ORDER_NUMBER, source="shop", value="317", how=how,
        orders=orders or ("o",),
    )  # fmt: skip
    return replace(one, **said)  # type: ignore[arg-type]  # fields by name


def test_one_order_is_the_order() -> None:
    assert the_order(TYPED, [found()]) == "o"
    assert the_order(TYPED, []) is None


def test_two_ways_to_one_order_are_no_ambiguity() -> None:
    parcel = found(EXACT, "o", kind=Kind.SHIPMENT, id="s", scheme=IdentifierScheme.TRACKING)
    assert the_order(TYPED, [found(), parcel]) == "o"


def test_exact_decides_before_normalised() -> None:
    assert the_order(TYPED, [found(NORMALISED, "other"), found(EXACT, "o")]) == "o"


def test_two_orders_are_said_not_guessed() -> None:
    with pytest.raises(Ambiguous) as said:
        the_order(TYPED, [found(EXACT, "a"), found(EXACT, "b")])
    assert len(said.value.facts["candidates"]) == 2  # type: ignore[arg-type]  # a list


def test_a_consolidated_parcel_names_two_orders() -> None:
    with pytest.raises(Ambiguous):
        the_order(TYPED, [found(EXACT, "a", "b", kind=Kind.SHIPMENT)])


@given(st.sampled_from(sorted(NAMES_NO_ORDER)))
def test_some_schemes_never_name_the_order(scheme: IdentifierScheme) -> None:
    assert the_order(TYPED, [found(scheme=scheme)]) is None


@given(st.sampled_from(sorted(BEARS_NO_ORDER)))
def test_some_kinds_never_name_the_order(kind: Kind) -> None:
    assert the_order(TYPED, [found(kind=kind)]) is None


def test_what_only_begins_so_is_a_hit_and_never_the_order() -> None:
    one = found(BEGINS, value="317000")
    assert the_order(TYPED, [one]) is None
    (hit,) = hits("317", [one], 10)
    assert (hit.exact, hit.score) == (False, 0.4)


FOUND = st.lists(
    st.builds(
        found,
        st.sampled_from([EXACT, NORMALISED, BEGINS]),
        id=st.sampled_from(["a", "b", "c"]),
        kind=st.sampled_from([Kind.ORDER, Kind.SHIPMENT, Kind.CUSTOMER]),
        value=st.sampled_from(["317", "3170", "317000"]),
    )
)


@given(FOUND, st.integers(1, 5))
def test_hits_are_ranked_and_each_thing_stands_once(all_found: list[FoundIdentifier], size: int) -> None:
    ranked = hits("317", all_found, size)
    assert [hit.score for hit in ranked] == sorted((hit.score for hit in ranked), reverse=True)
    things = {(one.kind, one.id) for one in all_found}
    assert len({(hit.kind, hit.id) for hit in ranked}) == len(ranked) == min(size, len(things))
