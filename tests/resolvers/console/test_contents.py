"""Everything of the console stands behind a scope."""

from __future__ import annotations

from hub.scopes import Scope
from resolvers.console.contents import CONSOLE
from resolvers.scopes import NEEDS


def test_every_decision_needs_the_operators_scope() -> None:
    assert {NEEDS[name] for name in CONSOLE} == {Scope.OPERATE, (Scope.APPROVE, Scope.OPERATE)}
