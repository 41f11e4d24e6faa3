"""What the demo prints: identifiers of its pinned stories, each with what to try."""

from __future__ import annotations

from hub.demo import cast, pinned

_TEXT = """
opshub is up: {seconds:.0f} s from the start. The graph: {url}/graphql (GraphiQL, offline; key demo-rep)

REP         opshub search {po}      opshub search {number}        # then tab Order360
            opshub demo break erp    # a minute or two later only the ERP's parts are stale;  opshub demo heal erp
            curl -s {url}/graphql -H 'Authorization: Bearer demo-rep' -H 'Content-Type: application/json' \\
              -d '{{"query":"{{order(by:{{identifier:\\"{po}\\"}}){{number statusText}}}}"}}'
            tabs OrdersToChase ({blocked} orders that the ERP knows nothing of), WhereIsMyParcel, CanWeShip
            tab CancelOrder: {released} is with the warehouse, which is asked first; {cancellable} is not yet
            tab SubmitOrder: booked in the ERP, then picked, packed and sent while you watch; again: the same one
PORTAL      curl -N {url}/graphql -H 'Authorization: Bearer demo-acme' -H 'Accept: text/event-stream' \\
              -H 'Content-Type: application/json' \\
              -d '{{"query":"subscription{{orderChanged{{cursor kind event order{{number status}}}}}}"}}'
            # Ctrl-C, wait 10 s, add  -H 'Last-Event-ID: <last id>': the missed events come first.  demo-beta: silence
OPERATOR    opshub trace {invoice}          # waterfall, slowest edge named;  opshub events: every change as it comes
            opshub cases, tab WorkTheQueue: why {blocked} orders wait; tab FixSkuOnce with the key demo-ops: a dry run
            says {blocked}, then with "dryRun": false among the variables they go on, once each, and the case closes
            ls -t {mailbox} | head         # what customers were just told, one mail each
            {url}/readyz   {url}/metrics   {url}/schema.graphql
INTEGRATOR  opshub sources new acme_wms && opshub sources check acme_wms   # what is missing, in words

It answers from now on, newest and open orders first; what is not loaded yet is missing until the bar is full.
Ctrl-C ends everything.
"""


def playbill(url: str, seconds: float) -> str:
    """The text."""
    return _TEXT.format(
        url=url,
        seconds=seconds,
        po=pinned.PO,
        number=pinned.NUMBER,
        blocked=pinned.BLOCKED,
        released=pinned.RELEASED,
        cancellable=pinned.CANCELLABLE,
        invoice=pinned.INVOICE,
        mailbox=cast.MAILBOX,
    )
