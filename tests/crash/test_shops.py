"""The recorders write down what really happened at the shop, whatever the caller was told."""

import json
from dataclasses import dataclass

import pytest

from sources.vendure.documents import LOGIN, ORDERS
from sources.vendure.mutations import CANCEL
from tests.crash.asgi import Message
from tests.crash.judge.evidence import Committed, ShopOrder
from tests.crash.plan import Fault, SourceFault, Trouble, Verb
from tests.crash.shops import PASSWORD, USER, Incident, RecordedShop

LINES = (("LAMP-DESK", 2), ("MUG", 3))
PORT = 4711


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it went over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_whole(self) -> bool:
        """As long as it said it would be."""
        return len(self.body) == int(self.headers["content-length"])


class Desk:
    """Somebody who cancels one unit of MUG at a shop with one order."""

    def __init__(self, *faults: Fault, settled: bool = True) -> None:
        self.shop = RecordedShop("acme", 1, lambda: 1.0, lambda port: 99 if port == PORT else None)
        self.shop.trouble(faults)
        self.order = self.shop.place(LINES, settled=settled)

    async def cancel(self) -> Said:
        """Log in, then cancel once."""
        login = await self._ask(LOGIN, {"user": USER, "password": PASSWORD}, "none")
        line = next(line.id for line in self.order.lines if line.variant.sku == "MUG")
        lines = [{"orderLineId": str(line), "quantity": 1}]
        wanted = {"orderId": str(self.order.id), "lines": lines, "cancelShipping": False, "reason": "wish"}
        return await self._ask(CANCEL, {"input": wanted}, login.headers["vendure-auth-token"])

    async def read(self) -> object:
        """Log in, then read what the order's state is told to be."""
        login = await self._ask(LOGIN, {"user": USER, "password": PASSWORD}, "none")
        wanted: dict[str, object] = {"options": {"take": 1, "filter": {"id": {"in": [str(self.order.id)]}}}}
        said = await self._ask(ORDERS, wanted, login.headers["vendure-auth-token"])
        return json.loads(said.body)["data"]["orders"]["items"][0]["state"]

    async def _ask(self, query: str, variables: dict[str, object], token: str) -> Said:
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = [(b"content-type", b"application/json"), (b"authorization", f"Bearer {token}".encode())]
        scope: Message = {
            "type": "http",
            "method": "POST",
            "path": "/admin-api",
            "headers": headers,
            "query_string": b"",
            "client": ("127.0.0.1", PORT),
            "http_version": "1.1",
            "scheme": "http",
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.shop(scope, receive, send)
        said = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Said(sent[0]["status"], said, b"".join(one.get("body", b"") for one in sent[1:]))


def fault(trouble: Trouble, *, seconds: float = 0.0) -> SourceFault:
    return SourceFault(tenant="acme", verb=Verb.CANCEL, nth=1, trouble=trouble, seconds=seconds)


async def test_a_cancel_is_recorded_by_what_it_took_off() -> None:
    desk = Desk()
    said = await desk.cancel()
    assert (said.status, said.is_whole) == (200, True)
    assert desk.shop.committed == [
        Committed(tenant="acme", code=desk.order.code, note="wish", units=(("MUG", 1),), shipping=False, at=1.0)
    ]
    assert [(call.verb, call.pid) for call in desk.shop.called] == [("login", 99), ("cancel", 99)]
    assert desk.shop.orders() == [
        ShopOrder(
            tenant="acme",
            source_id=str(desk.order.id),
            code=desk.order.code,
            state="PaymentSettled",
            lines={"LAMP-DESK": (2, 0), "MUG": (3, 1)},
        )
    ]


@pytest.mark.parametrize("trouble", [Trouble.ERROR_AFTER, Trouble.LOST, Trouble.HALF, Trouble.HTML])
async def test_an_answer_that_goes_wrong_hides_a_cancel_that_was_carried_out(trouble: Trouble) -> None:
    desk = Desk(fault(trouble))
    said = await desk.cancel()
    assert len(desk.shop.committed) == 1
    assert said.status == (500 if trouble is Trouble.ERROR_AFTER else 200)
    assert said.is_whole == (trouble is not Trouble.LOST)
    assert b"cancelOrder" not in said.body or trouble is Trouble.HALF


@pytest.mark.parametrize(("trouble", "status"), [(Trouble.BUSY, 503), (Trouble.THROTTLED, 429)])
async def test_a_shop_that_turns_a_cancel_away_does_nothing(trouble: Trouble, status: int) -> None:
    desk = Desk(fault(trouble))
    assert (await desk.cancel()).status == status
    assert desk.shop.committed == []


async def test_a_throttling_shop_says_so_until_its_time_is_over_or_it_is_healed() -> None:
    desk = Desk(fault(Trouble.THROTTLED))
    first = await desk.cancel()
    assert first.headers["retry-after"] == "1"
    assert [call.retry_after for call in desk.shop.called if call.verb == "cancel"] == [1.0]
    desk.shop.heal()
    assert (await desk.cancel()).status == 200


async def test_a_trouble_meets_the_request_it_is_meant_for_once() -> None:
    desk = Desk(SourceFault(tenant="acme", verb=Verb.CANCEL, nth=2, trouble=Trouble.BUSY))
    assert [(await desk.cancel()).status for _ in range(3)] == [200, 503, 200]
    assert len(desk.shop.committed) == 2


async def test_whoever_breaks_things_hears_of_a_cancel_before_its_answer_is_sent() -> None:
    desk, told = Desk(), list[Incident]()
    desk.shop.carried_out = told.append
    await desk.cancel()
    assert told == [Incident(tenant="acme", number=1, pid=99)]


async def test_money_comes_once_the_answer_is_written_that_tells_of_the_order() -> None:
    desk = Desk(settled=False)
    desk.shop.settle_while_read(desk.order)
    assert desk.order.state == "PaymentAuthorized"
    assert await desk.read() == "PaymentAuthorized"
    assert desk.order.state == "PaymentSettled"
    assert await desk.read() == "PaymentSettled"


def test_only_this_tenant_may_read_its_guests_and_codes() -> None:
    desk = Desk()
    assert desk.order.customer is not None
    assert desk.order.customer.email == f"canary-acme-{desk.order.code.lower()}@mail.example"
    assert desk.shop.codes() == (desk.order.code,)
