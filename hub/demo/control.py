"""`opshub demo break|heal SOURCE`: tells the running demo over its own control port."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from hub.demo.cast import HOME
from hub.errors import Misconfigured
from hub.settings import Secret

NOTE = HOME.parent / "demo.json"
"""Where the running demo says how to direct it; readable by its user alone."""


@contextmanager
def directed(controls: Mapping[str, str], token: Secret) -> Iterator[None]:
    """Leave the note while the block runs. *controls*: URL of each source's control port."""
    NOTE.parent.mkdir(parents=True, exist_ok=True)
    NOTE.touch(mode=0o600)
    NOTE.write_text(json.dumps({"controls": dict(controls), "token": token.reveal()}))
    try:
        yield
    finally:
        NOTE.unlink(missing_ok=True)


def new_token() -> Secret:
    """A token for one run of the demo."""
    return Secret(secrets.token_urlsafe(24))


async def tell(action: str, source: str) -> str:
    """Break or heal *source* of the running demo; what happened, in words. Raises Misconfigured where none runs."""
    if not NOTE.exists():
        message = "no demo runs in this folder: start it with `make demo`"
        raise Misconfigured(message)
    note = json.loads(NOTE.read_text())
    url = note["controls"].get(source)
    if url is None:
        message = f"the demo has no {source}; it has {', '.join(note['controls'])}"
        raise Misconfigured(message)
    headers = {"authorization": f"Bearer {note['token']}"}
    try:
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.post(f"{url}/{action}", headers=headers, json={})
        answer.raise_for_status()
    except httpx.HTTPError as gone:
        message = "the demo that ran in this folder is gone: start it with `make demo`"
        raise Misconfigured(message) from gone
    return f"{source} is {'broken: it answers 503' if action == 'break' else 'well again'}"
