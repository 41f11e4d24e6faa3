"""A person who takes goods back through the graph: asks, receives, looks, pays, closes."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.kit.caller import Caller, Json

WORDS = """userErrors { code message field } operation { id done }
  return { number status physicalState suggestedRefund { amount } }"""
REQUEST = f"mutation($i: ReturnRequestInput!) {{ returnRequest(input: $i) {{ {WORDS} }} }}"
RECEIVE = f"mutation($i: ReturnReceiveInput!) {{ returnReceive(input: $i) {{ {WORDS} }} }}"
INSPECT = f"mutation($i: ReturnInspectInput!) {{ returnInspect(input: $i) {{ {WORDS} }} }}"
REFUND = f"mutation($i: ReturnRefundInput!) {{ returnRefund(input: $i) {{ {WORDS} }} }}"
CLOSE = f"mutation($i: ReturnCloseInput!) {{ returnClose(input: $i) {{ {WORDS} }} }}"
SHOWN = """query($code: String!) { order(by: {identifier: $code}) {
  exceptionCases { code }
  creditMemos { number status total { amount } }
  returns { number status physicalState financialState refunded { amount } suggestedRefund { amount }
    suggestedRefundParts { kind amount { amount } }
    lines { sku authorized received inspected credited missing restocked scrapped } } } }"""


@dataclass(slots=True, kw_only=True)
class Taking:
    """One return of one order, by way of the graph; every mutation must go through."""

    rep: Caller
    code: str
    """Of the order."""
    number: str = ""
    """Of the return, once it is asked for."""
    given: list[Json] = field(default_factory=list)
    """What the graph answered, oldest first."""

    async def request(self, *lines: tuple[int, int], **more: object) -> Json:
        """Ask for units of lines of the order to come back, and allow it at once."""
        wanted = [{"lineNo": line, "quantity": str(units), "reason": "DEFECTIVE"} for line, units in lines]
        back = await self._ask(REQUEST, order={"identifier": self.code}, authorize=True, lines=wanted, **more)
        self.number = back["number"]
        return back

    async def receive(self, *lines: tuple[int, int]) -> Json:
        """So many have come at the dock of WH."""
        came = [{"lineNo": line, "quantity": str(units), "condition": "DEFECTIVE"} for line, units in lines]
        return await self._ask(RECEIVE, **self._it, warehouse="WH", lines=came)

    async def inspect(self, *lines: tuple[int, int, str]) -> Json:
        """That becomes of what came."""
        seen = [{"lineNo": line, "quantity": str(units), "dispositionTaken": what} for line, units, what in lines]
        return await self._ask(INSPECT, **self._it, lines=seen)

    async def refund(self) -> Json:
        """Give back what is owed; nobody pays before the ERP has credited it."""
        return await self._ask(REFUND, **self._it)

    async def close(self) -> Json:
        """Expect nothing more of it."""
        return await self._ask(CLOSE, **self._it, note="the rest is lost: closed with what came")

    async def shown(self) -> Json:
        """What the graph shows of the order that is about it."""
        found: Json = (await self.rep.data(SHOWN, code=self.code))["order"]
        return found

    @property
    def _it(self) -> Json:
        return {"return": {"identifier": self.number}}

    async def _ask(self, document: str, **given: object) -> Json:
        key = {"idempotency-key": f"{self.code}-back-{len(self.given)}"}
        (said,) = (await self.rep.ask(document, headers=key, i=given)).data.values()
        assert said["userErrors"] == [], said
        self.given.append(said)
        back: Json = said["return"]
        return back
