"""Orders that become the hub's when their channel first tells of them (rule Flow-3)."""

from __future__ import annotations

from dataclasses import replace

from hub.flow.cycle.capture import FLOW_VERSION, MANAGED, is_captured, placed
from hub.merge.shelf import Shelf
from hub.model.manifest import Landscape
from hub.model.vocabulary import Kind
from hub.store.records import RecordRow


def capture(before: Shelf, shelf: Shelf, landscape: Landscape) -> None:
    """Let the hub manage every order that a capturing channel tells for the first time and that it captures.

    What was told before stays as it is: turning capture on takes nothing over that is known already.
    """
    if not any(binding.captures for binding in landscape.sources.values()):
        return
    for key, row in shelf.records.items():
        if key.kind is not Kind.ORDER or _was_told(before.records.get(key)):
            continue
        if row.gone_at is None and is_captured(landscape.sources.get(key.source), row.content):
            root = shelf.entities[row.entity_id].root_id
            if root in shelf.roots:
                shelf.roots[root] = replace(shelf.roots[root], managed_by=MANAGED, flow_version=FLOW_VERSION)


def _was_told(row: RecordRow | None) -> bool:
    return row is not None and placed(row.content) is not None
