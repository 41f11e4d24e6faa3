"""What the demo prints: identifiers of its own scene, each with what to try."""

from __future__ import annotations

from hub.demo.scene import Scenery

_TEXT = """
opshub is up: {seconds:.0f} s from the start. The graph: {url}/graphql (GraphiQL, offline; key demo-rep)

REP         opshub search {shipped}      opshub search {tracking}
            opshub demo break shop   # ask again: the shop's part goes stale, nothing is empty
            opshub demo heal shop
            curl -s {url}/graphql -H 'Authorization: Bearer demo-rep' -H 'Content-Type: application/json' \\
              -d '{{"query":"{{order(by:{{identifier:\\"{shipped}\\"}}){{number statusText}}}}"}}'
            still cancellable: {open}   (tab CancelOrder: dry run, then for real)
PORTAL      curl -N {url}/graphql -H 'Authorization: Bearer demo-acme' -H 'Accept: text/event-stream' \\
              -H 'Content-Type: application/json' \\
              -d '{{"query":"subscription{{orderChanged{{cursor kind event order{{number status}}}}}}"}}'
            # Ctrl-C, wait 10 s, add  -H 'Last-Event-ID: <last id>': the missed events come first.
            # With demo-beta: silence.
OPERATOR    opshub trace {open}          # waterfall, slowest crossing named; cancel it and look again
            {url}/readyz   {url}/metrics   {url}/schema.graphql
INTEGRATOR  opshub sources list     opshub sources check vendure

Ctrl-C ends everything.
"""


def playbill(url: str, there: Scenery, seconds: float) -> str:
    """The text, with identifiers that the rehearsed shop gave out by its own rules."""
    return _TEXT.format(
        url=url, seconds=seconds, shipped=there.shipped, tracking=there.tracking, open=there.cancellable
    )
