"""Who may ask for what, by scope. What somebody must approve is judged under the lock: `hub.merge.rules` (D13)."""

from __future__ import annotations

from hub.call import Call
from hub.errors import Denied
from hub.scopes import Scope


def require(call: Call, scope: Scope) -> None:
    """Return if the credential holds *scope*. Raises Denied, naming it."""
    if not call.may(scope):
        message = f"this key lacks the scope {scope}"
        raise Denied(message, scope=scope)
