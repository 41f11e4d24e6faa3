"""The command line's questions to a running hub, over its own graph."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from hub.errors import CallerError, InvalidInput, Misconfigured, StoreBusy
from hub.telemetry import logger

log = logger(__name__)

RUNNING = Path(".opshub") / "running.json"
"""Where the hub that runs in this folder says how to ask it: url and, in the demo, a key."""
PATIENCE = 15.0  # seconds
INDENT = "  "
"""Before what belongs to the line above."""

_SEARCH = """
query Find($text: String!) {
  search(text: $text) {
    hits { kind exact matched { scheme value source } orders { number statusText customer { name } } }
    gaps { source stateText }
    degraded
  }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A hub and the key to ask it with."""

    url: str
    key: str


def where(url: str | None, key: str | None, place: Path = RUNNING) -> Where:
    """What was said, else what the hub that runs in this folder left. Raises Misconfigured where neither tells."""
    left = _left(place)
    found_url, found_key = url or left.get("url"), key or left.get("key")
    if found_url is None:
        message = "no hub runs in this folder: start `opshub up` or say --url"
        raise Misconfigured(message)
    if found_key is None:
        message = "say --key, or set OPSHUB_KEY; `opshub keys new` makes one"
        raise Misconfigured(message)
    return Where(url=found_url.rstrip("/"), key=found_key)


@contextmanager
def found_by_cli(
    url: str, key: str | None = None, place: Path = RUNNING, *, data_dir: Path | None = None
) -> Iterator[None]:
    """Leave a note of how to ask this hub, for `opshub search` in the same folder, while the block runs.

    *data_dir*: where its embedded store is, if not where settings say. The latest note stands; where none can be
    written, as in a read-only folder, the hub runs all the same.
    """
    said = {"url": url, "key": key, "data_dir": None if data_dir is None else str(data_dir)}
    note = json.dumps({name: value for name, value in said.items() if value})
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        whole = place.with_name(f"{place.name}.{os.getpid()}")  # whoever dies here leaves no half of a note
        whole.touch(mode=0o600)
        whole.write_text(note)
        whole.replace(place)
    except OSError as refused:
        log.warning("note.refused", path=str(place), error=refused.strerror)
    try:
        yield
    finally:
        if place.exists() and place.read_text() == note:
            place.unlink()


def left_data_dir(place: Path = RUNNING) -> Path | None:
    """Where the hub that runs in this folder left its store, if it is somewhere else."""
    said = _left(place).get("data_dir")
    return None if said is None else Path(said)


def _left(place: Path) -> Mapping[str, str]:
    try:
        left: Mapping[str, str] = json.loads(place.read_text())
    except FileNotFoundError:
        return {}
    except ValueError as broken:
        message = f"{place} says nothing: start the hub again, or say --url and --key"
        raise Misconfigured(message) from broken
    return left


async def ask(hub: Where, document: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:  # Any: JSON
    """The data of one query. Raises CallerError in the hub's words, StoreBusy where no hub answers."""
    headers = {"authorization": f"Bearer {hub.key}"}
    try:
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as http:
            answer = await http.post(
                f"{hub.url}/graphql", json={"query": document, "variables": dict(variables)}, headers=headers
            )
        body = answer.json()
    except (httpx.HTTPError, ValueError) as silent:
        message = f"no hub answers at {hub.url}"
        raise StoreBusy(message) from silent
    if body.get("errors"):
        raise InvalidInput("; ".join(error["message"] for error in body["errors"]))
    data: Mapping[str, Any] | None = body.get("data")
    if data is None:
        message = "the hub answered nothing"
        raise CallerError(message)
    return data


async def search(hub: Where, text: str, out: Console) -> None:
    """Print the hits, and the sources that lag, so that "not found" is never a lie."""
    found = (await ask(hub, _SEARCH, {"text": text}))["search"] or {"hits": [], "gaps": []}
    for hit in found["hits"]:
        found_by = f"{hit['matched']['scheme']} {hit['matched']['value']}" + ("" if hit["exact"] else " (alike)")
        for order in hit["orders"] or [None]:
            paragraph([hit["kind"], found_by, *_names(order)], order["statusText"] if order else "", out)
    if not found["hits"]:
        out.print(f"Nothing is known by {text}.", markup=False)
    for gap in found["gaps"]:
        out.print(f"Not up to date: {gap['source']}: {gap['stateText']}", markup=False)
    if found.get("degraded"):
        out.print("The search engine does not answer: words and typing errors were left out.", markup=False)


def paragraph(facts: Sequence[str], words: str, out: Console) -> None:
    """Print the facts there are, and under them what they mean: nothing is cut, however narrow the terminal."""
    out.print("  ".join(filter(None, facts)), markup=False, highlight=False)
    if words:
        out.print(under(words))


def under(words: str, style: str = "") -> Padding:
    """Words that belong to the line above: set in as a whole, however often a narrow terminal breaks them."""
    return Padding(Text(words, style=style), (0, 0, 0, len(INDENT)), expand=False)


def _names(order: Mapping[str, Any] | None) -> list[str]:
    if order is None:
        return []
    return [order["number"], (order["customer"] or {}).get("name") or ""]
