from dataclasses import replace

import pytest

from hub.errors import Denied
from hub.scopes import Scope
from hub.store.store import Store
from resolvers.schema import schema
from resolvers.scopes import NEEDS, guarded
from tests.kit.graph import CORE, REP, Graph
from tests.kit.orders import Kept, keep_order, make_order

ROOTS = [one for one in (CORE.query_type, CORE.mutation_type, CORE.subscription_type) if one is not None]

CANCEL = 'mutation {orderCancel(input: {dryRun: true, order: {identifier: "x"}, reason: OTHER}) {dryRun}}'


def test_every_root_field_has_declared_its_scope() -> None:
    names = {name for root in ROOTS for name in root.fields}
    declared = {"".join(part.capitalize() for part in name.split("_")) for name in NEEDS}
    assert {name[:1].upper() + name[1:] for name in names} <= declared


def test_every_scope_is_asked_for_somewhere() -> None:
    asked = [(one,) if isinstance(one, Scope) else one for one in NEEDS.values() if one is not None]
    assert {scope for scopes in asked for scope in scopes} == set(Scope)


def test_a_field_that_nobody_declared_cannot_be_guarded() -> None:
    with pytest.raises(KeyError):
        guarded({"secrets": lambda: None})


@pytest.mark.parametrize(
    ("query", "scope"),
    [
        ('{order(by: {identifier: "R7K2"}) {number}}', "orders:read"),
        ("{orders {nodes {number}}}", "orders:read"),
        ('{search(text: "R7K2") {hits {kind}}}', "orders:read"),
        ("{sources {source}}", "sources:read"),
        ('{trace(by: {identifier: "R7K2"}) {state}}', "traces:read"),
        (CANCEL, "orders:write"),
    ],
)
async def test_a_key_without_the_scope_gets_nothing(graph: Graph, store: Store, query: str, scope: str) -> None:
    await keep_order(store, Kept(order=make_order()))
    bare = replace(REP, scopes=REP.scopes - {scope})
    said = await graph.answer(query, bare)
    assert said.data is not None
    assert list(said.data.values()) == [None]
    assert said.errors is not None
    (error,) = said.errors
    assert isinstance(error.original_error, Denied)
    assert error.original_error.facts == {"scope": scope}
    assert (await graph.answer(query)).errors is None


async def test_a_subscription_without_the_scope_does_not_begin(graph: Graph) -> None:
    with pytest.raises(AssertionError, match="orders:read"):
        async with graph.listening("subscription {orderChanged {kind}}", replace(REP, scopes=frozenset())):
            pass


def test_everybody_may_ask_who_he_is() -> None:
    assert NEEDS["viewer"] is None
    assert "viewer" in str(schema)
