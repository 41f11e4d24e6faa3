"""Who may ask for what."""

from __future__ import annotations

import pytest

from hub.call import Call
from hub.errors import Denied
from hub.scopes import Scope
from hub.write.policy import require


def test_a_credential_needs_the_scope() -> None:
    require(
        Call(actor="rep", tenant="acme", scopes=frozenset({Scope.WRITE_ORDERS}), correlation_id="c"), Scope.WRITE_ORDERS
    )
    with pytest.raises(Denied, match="this key lacks the scope orders:write") as denied:
        require(
            Call(actor="rep", tenant="acme", scopes=frozenset({Scope.READ_ORDERS}), correlation_id="c"),
            Scope.WRITE_ORDERS,
        )
    assert denied.value.facts == {"scope": "orders:write"}
