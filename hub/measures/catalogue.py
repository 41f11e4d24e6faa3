"""All measures by name, and the files that make use of them."""

from __future__ import annotations

from collections.abc import Sequence

from hub.measures.crossings import MEASURES
from hub.measures.snapshot import families
from hub.resources import PACKAGE
from hub.store.depths import Depths

RULES = PACKAGE / "measures" / "rules.yaml"
"""Alert rules for Prometheus."""
DASHBOARD = PACKAGE / "measures" / "dashboard.json"
"""A dashboard for Grafana to import."""

NOTHING = Depths(queues=(), cases=(), covered=(), breakers=())


def catalogue() -> Sequence[str]:
    """`name type: meaning` of every measure of the hub's own, sorted."""
    known = [*(metric for one in MEASURES for metric in one.collect()), *families(NOTHING, (), ())]
    return sorted(f"{one.name} {one.type}: {one.documentation}" for one in known)
