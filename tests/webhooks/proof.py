"""Real workers over a real database, killed with -9 on the way, between a partner and a mail server of this process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sqlalchemy import insert, text

from hub.call import worker_call
from hub.codec import plain
from hub.guard.keys import hash_of
from hub.model.ids import mint
from hub.model.order import Order as Sale
from hub.model.order import OrderGroups, OrderParties, OrderStatus
from hub.store.roles import RoleUrls
from hub.store.store import Store
from hub.store.tables import entity
from hub.store.webhooks import put_endpoint
from sources.kit.serve import serving
from tests.crash.child import Order
from tests.crash.processes import Zygote, zygote
from tests.kit.changes import make_change, put_outbox
from tests.kit.mailing import Postbox, delivering
from tests.kit.partners import SECRET, wanted
from tests.webhooks.judge import Found, Told, judged, told
from tests.webhooks.partner import Partner

ROOTS = 500
CHUNK = 500
DOCUMENT = "query($id: ID!) { node(id: $id) { ... on Order { number status version } } }"
KEY = "a key of the proof"
VAULT = "tests"  # the key that the builders of tests seal with
TOO_LONG = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run showed."""

    found: Found
    told: Told
    kills: int
    seconds: float
    cpu: float
    """Seconds of processor that the workers took, as far as their parent is told."""


@dataclass(slots=True, kw_only=True)
class Workers:
    """`opshub work`, several times, each begun again whenever it is killed."""

    zygote: Zygote
    folder: Path
    rnd: Random
    kills: int = 0
    started: int = 0

    async def keep(self) -> None:
        """Have one run until cancelled, killed every few seconds."""
        while True:
            self.started += 1
            room = self.folder / f"work-{self.started:03}"
            order = Order(
                name=room.name,
                role="work",
                settings=str(self.folder / "opshub.toml"),
                log=str(room.with_suffix(".log")),
                hits=str(room.with_suffix(".hits")),
                strikes=[],
            )
            process = await self.zygote.fork(order)
            try:
                async with asyncio.timeout(5.0 + 15.0 * self.rnd.random()):
                    await process.ended.wait()
            except TimeoutError:
                self.kills += 1
            finally:
                process.send(signal.SIGKILL)


def write_settings(folder: Path, urls: RoleUrls, mail: int) -> None:
    """The `opshub.toml` of the workers."""
    stores = {"url": urls.owner, "serve_url": urls.serve, "work_url": urls.work, "tail_url": urls.tail}
    lines = ["[store]", *(f"{name} = {json.dumps(url)}" for name, url in stores.items()), "pool_size = 6"]
    lines += ["[work]", "lease_seconds = 2", "[log]", 'level = "warning"']
    lines += ["[keys.portal]", f'hash = "{hash_of(KEY)}"', 'tenant = "acme"', 'scopes = ["orders:read"]']
    lines += ["[webhooks]", f'key = "{VAULT}"', 'allow = ["127.0.0.0/8"]', "plain_http = true", "timeout_seconds = 1"]
    lines += [f"retry_seconds = {[0.2] * 60}", "[smtp]", 'host = "127.0.0.1"', f"port = {mail}", 'security = "none"']
    lines += ["timeout_seconds = 1", 'sender = "shop@example.com"', "[notices.acme]", 'tenant = "acme"']
    (folder / "opshub.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


async def prove(store: Store, urls: RoleUrls, folder: Path, size: int) -> Run:
    """Let *size* changes of ROOTS orders happen, while workers die, and see what arrives."""
    partner, postbox = Partner(secret=SECRET, rnd=Random(7)), Postbox()
    began = time.monotonic()
    async with serving(partner) as url, delivering(postbox) as mail, zygote() as running:
        workers = Workers(zygote=running, folder=folder, rnd=Random(11))
        write_settings(folder, urls, mail)
        await _orders(store, url + "/hook")
        async with _working(workers):
            sent = await _changes(store, size)
            await _settled(store, size)
        undone = await _count(store, "select count(*) from webhook_delivery where state <> 'DONE'")
        states = await _states(store)
    letters = [str(letter["Message-ID"]).strip("<>").partition("@")[0] for letter in postbox.letters]
    if partner.trapped or partner.unsigned or partner.bare:
        print(f"trapped {partner.trapped}, unsigned {partner.unsigned}, without node {partner.bare}", flush=True)
    spent = os.times()
    return Run(
        found=judged(sent, partner.taken, wrong=partner.trapped + partner.unsigned + partner.bare, undone=undone),
        told=told(letters, states),
        kills=workers.kills,
        seconds=time.monotonic() - began,
        cpu=spent.children_user + spent.children_system,
    )


@asynccontextmanager
async def _working(workers: Workers) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(workers.keep()) for _ in range(2)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _root(number: int) -> str:
    return f"order-{number:04}"


async def _orders(store: Store, url: str) -> None:
    parties = OrderGroups(parties=OrderParties(customer_name="Ann", customer_email="ann@example.com"))
    rows = [
        {
            "tenant": "acme", "kind": "ORDER", "id": _root(number), "root_id": _root(number),
            "doc": plain(Sale(
                id=_root(number), version=1, number=f"A{number}", status=OrderStatus.ACCEPTED, groups=parties
            )),
        }
        for number in range(ROOTS)
    ]  # fmt: skip
    async with store.across() as tx:
        await tx.execute(insert(entity), rows)
        await put_endpoint(tx, "acme", wanted(url, document=DOCUMENT))


async def _changes(store: Store, size: int) -> dict[str, tuple[str, int]]:
    """Leave the changes where the writer would, in chunks; root and place of each."""
    sent: dict[str, tuple[str, int]] = {}
    for first in range(0, size, CHUNK):
        async with store.shard(worker_call("acme")) as tx:
            now = await tx.now()
            changes = []
            for place in range(first, min(first + CHUNK, size)):
                event = "order.accepted" if place < ROOTS else "order.updated"
                root = _root(place % ROOTS)
                one = make_change(
                    event_id=mint(), event=event, entity_id=root, root_id=root, version=2 + place, recorded_at=now
                )
                sent[one.event_id] = (root, place)
                changes.append(one)
            await put_outbox(tx, *changes)
        await asyncio.sleep(0.2)
    return sent


async def _settled(store: Store, size: int) -> None:
    """Until every change was queued and has ended, and every notice too."""
    async with asyncio.timeout(TOO_LONG):
        while True:
            queued = await _count(store, "select count(*) from webhook_delivery")
            waits = await _count(store, "select count(*) from webhook_delivery where state = 'PENDING'")
            told = await _count(store, "select count(*) from notice where settled_at is not null")
            print(f"\r{queued - waits:>7} of {size} webhooks, {told} notices", end="", file=sys.stderr, flush=True)
            if queued == size and waits == 0 and told == min(ROOTS, size):
                print(file=sys.stderr)
                return
            await asyncio.sleep(1.0)


async def _count(store: Store, sql: str) -> int:
    async with store.across() as tx:
        count: int = await tx.scalar(text(sql))
    return count


async def _states(store: Store) -> dict[str, str]:
    async with store.across() as tx:
        return {row.id: row.state for row in (await tx.execute(text("select id, state from notice"))).all()}
