"""CPU of the server process for each document of the bomb corpus: `python -m bench.bombs [URL PID KEY]`.

Without arguments the sample schema of the tests is served and attacked, then a whole hub whose process only serves.
With a URL, the process id that serves it and a key, a hub that is up. Each round sends the whole corpus unseen before
(another comment in each document); what is printed per bomb is its worst round.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
from pathlib import Path

import httpx

from bench.kit.server import server
from hub.store.cluster import Cluster
from tests.kit.hub import running_hub
from tests.kit.pg import running_cluster
from tests.resolvers.endpoint.bombs import SAMPLE, SURFACE, Bomb, Words, bombs
from tests.resolvers.endpoint.process import sample_server

ROUNDS = 5
BUDGET = 50.0  # ms of CPU per bomb (design section 12)


def cpu_ms(pid: int) -> float:
    """Milliseconds of CPU that the threads of *pid* have used, from the scheduler's own nanoseconds."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6


def round_of(client: httpx.Client, url: str, pid: int, corpus: list[Bomb]) -> dict[str, tuple[float, int]]:
    """CPU and status of each bomb."""
    seen = {}
    for bomb in corpus:
        before = cpu_ms(pid)
        status = client.post(url, content=bomb.body).status_code
        seen[bomb.name] = (cpu_ms(pid) - before, status)
    return seen


def attack(url: str, pid: int, key: str, words: Words) -> bool:
    """Print the table; whether every bomb was refused with a 4xx within the budget."""
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    with httpx.Client(headers=headers, timeout=60) as client:
        round_of(client, url, pid, bombs(words, "warm up"))
        rounds = [round_of(client, url, pid, bombs(words, f"round {n}")) for n in range(ROUNDS)]
    worst = {name: max(seen[name][0] for seen in rounds) for name in rounds[0]}
    median = {name: statistics.median(seen[name][0] for seen in rounds) for name in rounds[0]}
    for name in sorted(worst, key=lambda name: worst[name]):
        print(f"{worst[name]:8.1f} ms worst {median[name]:8.1f} ms median  {rounds[0][name][1]}  {name}")
    refused = all(400 <= status < 500 for seen in rounds for _, status in seen.values())
    print(
        f"{len(worst)} bombs x {ROUNDS}: {'all' if refused else 'NOT all'} 4xx; "
        f"CPU max {max(worst.values()):.1f} ms, greatest median {max(median.values()):.1f} ms, budget {BUDGET:g} ms"
    )
    return refused and max(worst.values()) <= BUDGET


def main(arguments: list[str]) -> int:
    """0 when the budget was kept."""
    if arguments:
        url, pid, key = arguments
        return 0 if attack(url, int(pid), key, SURFACE) else 1
    with sample_server() as sample:
        print("the sample schema")
        kept = attack(f"{sample.url}/graphql", sample.pid, "good-key", SAMPLE)
    print("a hub")
    with running_cluster() as cluster:
        return 0 if asyncio.run(attack_hub(cluster)) and kept else 1


async def attack_hub(cluster: Cluster) -> bool:
    """The same on a hub over a shop with a few orders, served by a process without loops."""
    async with running_hub(cluster, orders=20, rests=True) as running:
        shops = {(one.tenant, one.source): one.url for one in (running.shop, running.other)}
        async with server(shops, running.urls) as (url, process):
            return await asyncio.to_thread(attack, f"{url}/graphql", process.pid or 0, "rep", SURFACE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
