"""Published clients that are dropped, and resume untouched: `python -m tests.audit.resume`. One line for each.

The hub is two processes under traffic, each killed with -9 twice; between them and each client a gate cuts connections.
At the end the client must hold the identical ordered set that the change log holds, filtered by an independent hand.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.kit.pg import running_cluster
from tests.soak.run import Company, Outcome, soak
from tests.soak.scale import Key, Scale, portals, reps
from tests.soak.wishes import Known, Sought, Wish, document

HERE = Path(__file__).parent
CLIENTS = ("graphql-ws", "graphql-sse", "apollo", "urql")
FEEDS = ("order", "shipment")
SCALE = Scale(subscribers=len(CLIENTS) * 3, rate=30.0, seconds=24.0, orders=40, kills=2, life=3.0, patience=30.0)
TENANT = "acme"


def wishes(scale: Scale, known: Mapping[str, Known]) -> list[Wish]:
    """Each client listens to orders and shipments of the tenant, and as a portal to the orders of its account."""
    rep, portal = reps(TENANT)[0], portals(TENANT)[0]
    asked = [(rep, feed) for feed in FEEDS] + [(portal, "order")]
    return [_wish(client, key, feed) for client in CLIENTS for key, feed in asked]


def _wish(client: str, key: Key, feed: str) -> Wish:
    return Wish(
        name=f"{client}/{key.name}-{feed}",
        key=key.name,
        feed=feed,
        document=document(feed),
        variables={"filter": {}, "includeInitial": True},
        sought=Sought(tenant=key.tenant, kind=feed.upper(), account=key.account),
        transport="sse" if client == "graphql-sse" else "ws",
        initial=True,
        deaf=False,
    )


def said(outcome: Outcome) -> Iterator[str]:
    """One line for each client."""
    for client in CLIENTS:
        mine = [told for told in outcome.told if told.name.startswith(f"{client}/")]
        failed = [one for one in outcome.failures if f"{client}/" in one]
        events = sum(len(told.changes) for told in mine)
        resumed = sum(part.after is not None for told in mine for part in told.parts)
        verdict = "identical ordered set" if not failed else f"FAILED: {failed[0]}"
        yield f"{client}: {len(mine)} subscriptions, {events} events, {resumed} resumes: {verdict}"


def main() -> int:
    """0 where every client holds what it must."""
    room = Path(tempfile.mkdtemp(prefix="opshub-clients-"))
    company = Company(command=("node", str(HERE / "resume.mjs")), wishes=wishes)
    with running_cluster() as cluster:
        outcome = asyncio.run(soak(SCALE, cluster, room, company=company))
    print("\n".join(said(outcome)))
    if outcome.faults:
        print("\n".join(outcome.faults[:5]))
    return 1 if outcome.failures else 0


if __name__ == "__main__":
    sys.exit(main())
