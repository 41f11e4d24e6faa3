"""People who submit orders to the hub itself, in whatever weather, and click again where no answer came."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tests.crash.clients import AGAIN, PATIENCE, PAUSE, UNSURE, Desk, local
from tests.crash.graph import BUYER, SUBMIT, Answered
from tests.crash.history import History
from tests.crash.joint import BUYER as CODE
from tests.crash.joint import PRICE
from tests.crash.judge.evidence import Phase, Submitted
from tests.crash.plan import SubmitPlan
from tests.crash.settings import DESK
from tests.crash.shops import Now
from tests.crash.wire import NoAnswer


@dataclass(slots=True, kw_only=True)
class Clerks:
    """Clients of one tenant that submit orders, and what they saw."""

    tenant: str
    now: Now
    history: History
    desks: Mapping[tuple[str, str], Desk]
    """By (tenant, client)."""
    submitted: list[Submitted] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    """What they waited for in vain."""

    async def live(self, plan: SubmitPlan) -> None:
        """One order from the first click to the last."""
        await asyncio.sleep(plan.at)
        if not await self._is_known(plan):
            self.late.append(f"{CODE} never appeared")
            return
        if plan.dry_first:
            await self._until_sure(plan, dry_run=True)
        async with asyncio.TaskGroup() as group:
            sent = [group.create_task(self._until_sure(plan)) for _ in range(plan.copies)]
        if plan.again:
            await self._until_sure(plan)
        if plan.other_payload and any(task.result().phase is Phase.OK for task in sent):
            sku, units = plan.lines[0]
            await self._until_sure(replace(plan, note=f"other-{plan.note}", lines=((sku, units + 1),)))

    async def _is_known(self, plan: SubmitPlan) -> bool:
        """Whether the hub knows who buys; asked until it does."""
        end = self.now() + PATIENCE
        while self.now() < end:
            try:
                if (await self.desks[self.tenant, plan.client].graph.ask(BUYER, code=CODE)).data.get("customer"):
                    return True
            except NoAnswer:
                pass
            await asyncio.sleep(PAUSE)
        return False

    async def _until_sure(self, plan: SubmitPlan, *, dry_run: bool = False) -> Submitted:
        """Send, and send again under the same key until an answer says what was done."""
        end = self.now() + PATIENCE
        while True:
            said = await self._send(plan, dry_run=dry_run)
            self.submitted.append(said)
            is_open = said.phase is Phase.INFO or set(said.codes) & AGAIN
            if not is_open or plan.gives_up:
                return said
            if self.now() > end:
                self.late.append(f"{plan.note} was never answered")
                return said
            await asyncio.sleep(PAUSE)

    async def _send(self, plan: SubmitPlan, *, dry_run: bool) -> Submitted:
        process, f = f"{self.tenant}/{plan.client}", "dry-submit" if dry_run else "submit"
        number = self.history.invoke(process, f, key=plan.key, note=plan.note, units=plan.lines)
        asked = Submitted(
            tenant=self.tenant, client=plan.client, key=plan.key, note=plan.note, units=plan.lines, dry_run=dry_run,
            began=self.now(), phase=Phase.INFO,
        )  # fmt: skip
        try:
            graph = self.desks[self.tenant, plan.client].graph
            answered = await graph.ask(SUBMIT, None, input=_input(plan, dry_run=dry_run), key=plan.key)
        except NoAnswer:
            said = asked
        else:
            said = _told(asked, answered)
        said = replace(said, ended=self.now())
        self.history.end(process, number, f, said.phase, key=plan.key, codes=said.codes, order=said.order)
        return said


def _input(plan: SubmitPlan, *, dry_run: bool) -> dict[str, object]:
    return {
        "channel": DESK,
        "customer": {"identifier": CODE},
        "currencyCode": "EUR",
        "lines": [
            {
                "lineRef": sku,
                "sku": sku,
                "quantity": str(units),
                "unitPrice": {"amount": PRICE, "currencyCode": "EUR"},
            }
            for sku, units in plan.lines
        ],
        "shipTo": {"name": "Somebody", "lines": ["Row 1"], "city": "Gent", "country": "BE"},
        "note": plan.note,
        "dryRun": dry_run,
    }


def _told(asked: Submitted, answered: Answered) -> Submitted:
    payload = answered.data.get("orderSubmit")
    if payload is None:
        phase = Phase.INFO if not answered.codes or set(answered.codes) & UNSURE else Phase.FAIL
        return replace(asked, phase=phase, codes=answered.codes)
    errors = payload["userErrors"]
    return replace(
        asked,
        phase=Phase.FAIL if errors else Phase.OK,
        operation=local((payload["operation"] or {}).get("id")),
        order=(payload["order"] or {}).get("number"),
        replayed=payload["replayed"],
        codes=(*answered.codes, *(one["code"] for one in errors)),
    )
