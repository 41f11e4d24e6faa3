"""Who asks for the same and may see the same is alike; what only says where to begin does not count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.call import Call
from resolvers.endpoint.alike import Alike, Selected, alike
from resolvers.endpoint.documents import Documents
from resolvers.endpoint.ports import Limits
from tests.kit.graph import CORE

REP = Call(actor="rep", tenant="acme", scopes=frozenset({"orders:read"}), correlation_id="c")
DOCUMENTS = Documents(CORE, Limits())
FIELDS = "cursor merged order { number }"


def selected(text: str, name: str | None = None) -> Selected:
    return Alike().selected(DOCUMENTS.prepare(text, {}, name))


def key(text: str, call: Call = REP, **variables: object) -> tuple[object, ...]:
    return alike(selected(text), variables, call)


@pytest.mark.parametrize(
    "other",
    [
        f'subscription {{ orderChanged(after: "x", includeInitial: true) {{ {FIELDS} }} }}',
        f"subscription Named($a: String) {{ orderChanged(after: $a) {{ {FIELDS} }} }}",
        "subscription{orderChanged{cursor,merged,order{number}}}",
    ],
)
def test_spelling_name_and_where_to_begin_do_not_count(other: str) -> None:
    assert key(other, a="y") == key(f"subscription {{ orderChanged {{ {FIELDS} }} }}")


@pytest.mark.parametrize(
    "other",
    [
        "subscription { orderChanged { cursor merged order { number status } } }",
        f"subscription {{ changed: orderChanged {{ {FIELDS} }} }}",
        "subscription { orderChanged { cursor m: merged order { number } } }",
        "subscription { orderChanged { ...F } } fragment F on OrderEvent { cursor merged order { status } }",
    ],
)
def test_another_selection_is_another_painting(other: str) -> None:
    assert key(other) != key(f"subscription {{ orderChanged {{ {FIELDS} }} }}")


def test_values_count_where_the_selection_uses_them() -> None:
    text = "subscription ($with: Boolean!) { orderChanged { cursor order @include(if: $with) { number } } }"
    assert key(text, REP, **{"with": True}) != key(text, REP, **{"with": False})
    assert key(text, REP, **{"with": True}, other=1) == key(text, REP, **{"with": True})


@pytest.mark.parametrize(
    "other",
    [replace(REP, tenant="beta"), replace(REP, account="acme/north"), replace(REP, scopes=frozenset({"traces:read"}))],
    ids=["tenant", "account", "scopes"],
)
def test_who_may_see_something_else_is_not_alike(other: Call) -> None:
    text = f"subscription {{ orderChanged {{ {FIELDS} }} }}"
    assert key(text, other) != key(text)
    assert key(text, replace(REP, actor="clerk")) == key(text)


@pytest.mark.parametrize(
    "inner",
    ["timeline(first: 1) { pageInfo { endCursor } }", "timeline(first: 1) { edges { cursor } }", "...F"],
)
def test_a_cursor_of_a_nested_list_is_for_one_principal_alone(inner: str) -> None:
    fragment = "fragment F on Order { timeline(first: 1) { pageInfo { startCursor } } }" if inner == "...F" else ""
    text = f"subscription {{ orderChanged {{ cursor order {{ {inner} }} }} }} {fragment}"
    assert key(text, replace(REP, actor="clerk")) != key(text)


def test_the_names_under_which_coalescing_is_shown_are_known() -> None:
    text = "subscription { orderChanged { a: merged ... on OrderEvent { merged } order { number } } }"
    assert selected(text).merged == ("a", "merged")
    assert selected("subscription { orderChanged { cursor } }").is_personal is False


def test_an_operation_is_looked_at_once() -> None:
    known = Alike()
    prepared = DOCUMENTS.prepare(f"subscription {{ orderChanged {{ {FIELDS} }} }}", {}, None)
    assert known.selected(prepared) is known.selected(replace(prepared))
