"""The graph over a fresh database, for resolvers."""

import pytest

from hub.store.store import Store
from tests.kit.graph import Graph, graph_over
from tests.kit.orders import landscape


@pytest.fixture
def graph(store: Store, serving: Store, tailing: Store) -> Graph:
    return graph_over((store, serving, tailing), landscape())
