"""What decisions answer."""

from __future__ import annotations

from hub.model.command import OperationState
from resolvers.console.answer import operation_of


def test_a_decision_is_applied_when_it_is_accepted() -> None:
    made = operation_of("c1", "skuMappingSet", "correlation-1")
    assert (made.state, made.done, made.per_system) == (OperationState.APPLIED, True, ())
