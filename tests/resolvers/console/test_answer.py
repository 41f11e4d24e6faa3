"""How ids of the graph become the hub's own."""

from __future__ import annotations

from hub.model.ids import global_id
from resolvers.console.answer import local_ids


def test_each_id_is_taken_once_and_what_is_none_names_nothing() -> None:
    one, other = global_id("ExceptionCase", "a"), global_id("Order", "b")
    assert local_ids([one, one, other, "nonsense"], "ExceptionCase") == ("a", "")
