"""Requests that a foreign page cannot make a browser send: the rules for HTTP (threat S13) and sockets (S14).

A browser sends some requests to any site without asking it first: GETs, forms, plain text. It asks first (preflight)
when a page adds a header of its own. So a request is taken when it bears a header that no page can add unasked:
`Content-Type: application/json`, a bearer credential, `X-Hub-CSRF` or `Apollo-Require-Preflight`. No cookie is ever
read, so a plain GET with `Authorization: Bearer ...` is preflighted by nature.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

_PREFLIGHTED = ("x-hub-csrf", "apollo-require-preflight")
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def is_preflighted(headers: Mapping[str, str]) -> bool:
    """Whether a browser would have asked before it sent these headers from a foreign page."""
    if any(headers.get(name) for name in _PREFLIGHTED):
        return True
    if headers.get("authorization", "").lower().startswith("bearer "):
        return True
    return is_json(headers.get("content-type"))


def is_json(content_type: str | None) -> bool:
    """Whether a body is declared as JSON in UTF-8, the only charset JSON has."""
    media, *parameters = (part.strip().lower() for part in (content_type or "").split(";"))
    if media != "application/json":
        return False
    charsets = [parameter.partition("=")[2].strip(' "') for parameter in parameters if parameter.startswith("charset")]
    return all(charset in ("utf-8", "utf8") for charset in charsets)


def may_open_socket(headers: Mapping[str, str], scheme: str, allowed: frozenset[str]) -> bool:
    """Whether the Origin is our own or an allowed one; programs send none, and bring a credential instead."""
    origin = headers.get("origin")
    if origin is None:
        return True
    if origin in allowed:
        return True
    own = _authority(f"{scheme}://{headers.get('host', '')}")
    return own is not None and _authority(origin) == own and _is_secure(origin) == _is_secure(f"{scheme}:")


def _is_secure(url: str) -> bool:
    return url.startswith(("https:", "wss:"))


def _authority(url: str) -> tuple[str, int] | None:
    """Host and port of an origin, exactly; None for anything that is more or less than one."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    rest = (parts.path, parts.query, parts.fragment)
    if parts.hostname is None or port is None or parts.username is not None or any(rest):
        return None
    return parts.hostname, port
