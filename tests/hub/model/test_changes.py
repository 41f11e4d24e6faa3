"""A change and what can be read off it."""

from __future__ import annotations

from dataclasses import fields
from typing import get_type_hints

from hub.model.changes import Change, Traits
from tests.kit.changes import make_change


def test_how_an_entity_stands_after_a_change_is_said_under_the_names_of_its_traits() -> None:
    """Filters look at either, without making one of the other."""
    said, traits = get_type_hints(Change), get_type_hints(Traits)
    assert {name: said[name] for name in traits} == traits
    made = make_change()
    assert all(getattr(made, spec.name) == spec.default for spec in fields(Traits) if spec.name != "account")


def test_everything_that_happened_ends_with_what_says_most() -> None:
    assert make_change(event="order.allocated", passed=("order.accepted",)).events == (
        "order.accepted", "order.allocated",
    )  # fmt: skip
