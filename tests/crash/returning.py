"""People who have goods come back through the hub, step by step, in whatever weather, and click more than once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from hub.model.ids import global_id
from tests.crash.clients import AGAIN, PATIENCE, PAUSE, UNSURE, Desk, local
from tests.crash.graph import LEFT, STATE, SUGGESTED, Answered, about_return
from tests.crash.history import History
from tests.crash.joint import WAREHOUSE
from tests.crash.journeys import Travels
from tests.crash.judge.evidence import Phase, Units
from tests.crash.judge.returned import Clicked, Deed
from tests.crash.plan import PaybackPlan, ReturnPlan
from tests.crash.quiet import until
from tests.crash.shops import Now
from tests.crash.wire import NoAnswer

Json = Mapping[str, Any]  # Any: JSON
SYSTEMS = frozenset({"COMMERCE", "ERP", "WMS"})
STAYS = 10.0
"""Seconds for which trouble goes on at most, once everything was clicked and while money is on its way."""
MAY_BE_REFUSED = frozenset({Deed.REFUND})
"""What others may have been quicker with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One step of one return."""

    code: str
    """The order's."""
    deed: Deed
    key: str
    given: Json


@dataclass(slots=True, kw_only=True)
class Returners:
    """Clients of one tenant whose customers send goods back, and what they saw."""

    tenant: str
    now: Now
    history: History
    desks: Mapping[tuple[str, str], Desk]
    """By (tenant, client)."""
    travels: Travels
    clicked: list[Clicked] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    """What they waited for in vain."""
    _done: set[str] = field(default_factory=set)

    async def live(self, plan: ReturnPlan) -> None:
        """One return from the first click to the last, and as long as money is on its way."""
        left = await self._left(plan)
        if left is None:
            self.late.append(f"the order {plan.journey} never left")
            return
        code, order = left
        number = await self._begun(plan, code, order)
        if number is None:
            self.late.append(f"return {plan.number} of {code} was refused")
            return
        for wish in self._steps(plan, code, number):
            await asyncio.sleep(plan.pace)
            await self._insist(plan, wish)
        await self._paid_back(plan, code, number)
        if plan.closes:
            await self._insist(plan, Wish(code=code, deed=Deed.CLOSE, key=f"close-{plan.number}", given=_of(number)))
        with suppress(TimeoutError):
            async with asyncio.timeout(STAYS):
                await until(self.rest)

    async def rest(self) -> bool:
        """Whether every payback that was accepted is over, asked until it is."""
        wanted = {one.operation for one in self.clicked if one.accepted and one.deed is Deed.REFUND and one.operation}
        graph = self.desks[self.tenant, "rep"].graph
        for operation in wanted - self._done:
            try:
                found = (await graph.ask(STATE, id=global_id("Operation", operation))).data.get("node") or {}
            except NoAnswer:
                return False
            if not found.get("done"):
                return False
            self._done.add(operation)
        return True

    # ------------------------------------------------------------------ the steps

    async def _left(self, plan: ReturnPlan) -> tuple[str, Json] | None:
        """The order's code and what is shown of it, once all three systems have it and have let it go."""
        end = self.now() + PATIENCE
        while self.now() < end:
            code = next((way.order.code for way in self.travels.ways if way.journey.number == plan.journey), None)
            found = await self._asked(plan, LEFT, code=code) if code is not None else {}
            if code is not None and found.get("order") is not None and _has_left(found["order"], plan.lines):
                return code, found["order"]
            await asyncio.sleep(PAUSE)
        return None

    async def _begun(self, plan: ReturnPlan, code: str, order: Json) -> str | None:
        lines = {line["sku"]: line["lineNo"] for line in order["lines"]}
        wanted = [
            {"lineNo": lines[sku], "quantity": str(units), "reason": "NO_LONGER_NEEDED"} for sku, units in plan.lines
        ]
        given = {"order": {"identifier": code}, "authorize": plan.at_once, "lines": wanted}
        said = await self._insist(plan, Wish(code=code, deed=Deed.REQUEST, key=f"request-{plan.number}", given=given))
        return said.number

    def _steps(self, plan: ReturnPlan, code: str, number: str) -> Sequence[Wish]:
        """What follows the request, until all that came was looked at."""
        at = {sku: index for index, (sku, _) in enumerate(plan.lines, start=1)}
        made: list[tuple[Deed, str, Json]] = [] if plan.at_once else [(Deed.AUTHORIZE, "authorize", {})]
        for index, came in enumerate(plan.comes):
            lines = [{"lineNo": at[sku], "quantity": str(units), "condition": "OPENED"} for sku, units in came]
            made.append((Deed.RECEIVE, f"receive-{index}", {"warehouse": WAREHOUSE, "lines": lines}))
        judged = [
            {"lineNo": at[sku], "quantity": str(units), "dispositionTaken": what} for sku, what, units in plan.judged
        ]
        made.append((Deed.INSPECT, "inspect", {"lines": judged}))
        return [
            Wish(code=code, deed=deed, key=f"{name}-{plan.number}", given={**_of(number), **given})
            for deed, name, given in made
        ]

    async def _paid_back(self, plan: ReturnPlan, code: str, number: str) -> None:
        """All wishes for money at once; what they leave is asked for after them."""
        suggested = (await self._asked(plan, SUGGESTED, number=number)).get("return") or {}
        async with asyncio.TaskGroup() as group:
            for one in plan.paybacks:
                wish = Wish(code=code, deed=Deed.REFUND, key=one.key, given={**_of(number), **_amount(one, suggested)})
                group.create_task(self._insist(replace(plan, copies=one.copies), wish))
        await self._insist(plan, Wish(code=code, deed=Deed.REFUND, key=f"rest-{plan.number}", given=_of(number)))

    # ------------------------------------------------------------------ one click

    async def _insist(self, plan: ReturnPlan, wish: Wish) -> Clicked:
        """Send copies at once, each until an answer says what was done; then once more."""
        async with asyncio.TaskGroup() as group:
            sent = [group.create_task(self._until_sure(plan, wish)) for _ in range(plan.copies)]
        if plan.again:
            await self._until_sure(plan, wish)
        said = next((one for one in (task.result() for task in sent) if one.accepted), sent[0].result())
        if not said.accepted and wish.deed not in MAY_BE_REFUSED:
            self.late.append(f"{wish.key} was not accepted: {', '.join(said.codes)}")
        return said

    async def _until_sure(self, plan: ReturnPlan, wish: Wish) -> Clicked:
        end = self.now() + PATIENCE
        while True:
            said = await self._send(plan, wish)
            self.clicked.append(said)
            if not said.is_open and not set(said.codes) & AGAIN:
                return said
            if self.now() > end:
                self.late.append(f"{wish.key} was never answered")
                return said
            await asyncio.sleep(PAUSE)

    async def _send(self, plan: ReturnPlan, wish: Wish) -> Clicked:
        process = f"{self.tenant}/{plan.client}"
        number = self.history.invoke(process, wish.deed, key=wish.key, given=wish.given)
        asked = Clicked(
            tenant=self.tenant, client=plan.client, key=wish.key, deed=wish.deed, note=wish.key, code=wish.code,
            began=self.now(), is_open=True,
        )  # fmt: skip
        graph = self.desks[self.tenant, plan.client].graph
        try:
            document, given = about_return(wish.deed), {**wish.given, "note": wish.key}
            said = _told(asked, await graph.ask(document, None, input=given, key=wish.key))
        except NoAnswer:
            said = asked
        said = replace(said, ended=self.now())
        phase = Phase.INFO if said.is_open else Phase.FAIL if said.is_refused else Phase.OK
        self.history.end(process, number, wish.deed, phase, key=wish.key, codes=said.codes, number=said.number)
        return said

    async def _asked(self, plan: ReturnPlan, document: str, **variables: str) -> Json:
        try:
            return (await self.desks[self.tenant, plan.client].graph.ask(document, None, **variables)).data
        except NoAnswer:
            return {}


def _has_left(order: Json, lines: Units) -> bool:
    shipped = {line["sku"]: float(line["quantities"]["shipped"]) for line in order["lines"]}
    present = {one["system"] for one in order["systems"] if one["state"] == "PRESENT"}
    return present >= SYSTEMS and all(shipped.get(sku, 0) >= units for sku, units in lines)


def _of(number: str) -> Json:
    return {"return": {"identifier": number}}


def _amount(one: PaybackPlan, suggested: Json) -> Json:
    """A share of what is suggested, where anybody was told how much that is."""
    money = suggested.get("suggestedRefund")
    if one.percent is None or money is None:
        return {}
    part = (Decimal(money["amount"]) * one.percent / 100).quantize(Decimal("0.01"))
    return {"amount": {"amount": str(part), "currencyCode": money["currencyCode"]}}


def _told(asked: Clicked, answered: Answered) -> Clicked:
    payload = answered.data.get(asked.deed)
    if payload is None:
        is_open = not answered.codes or bool(set(answered.codes) & UNSURE)
        return replace(asked, is_open=is_open, is_refused=not is_open, codes=answered.codes)
    return replace(
        asked,
        is_open=False,
        is_refused=bool(payload["userErrors"]),
        operation=local((payload["operation"] or {}).get("id")),
        number=(payload["return"] or {}).get("number"),
        replayed=payload["replayed"],
        codes=(*answered.codes, *(one["code"] for one in payload["userErrors"])),
    )
