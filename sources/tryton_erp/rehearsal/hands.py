"""Hands that act at a Tryton ERP through its own REST and JSON-RPC, as people there do; independent of the adapter."""

from __future__ import annotations

import asyncio
import base64
import random
import string
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import httpx

from hub.settings import Secret
from sources.tryton_erp.rehearsal import spelling

CALL_SECONDS = 60.0
LOCK_TRIES = 8
OK, LOCKED = 200, 503
SOLD = (("TSHIRT-M", "19.90"), ("MUG", "7.50"))
"""What is ordered, line by line, and at which price."""
_STEPS = {"waiting": "assign_try", "assigned": "pick", "picked": "pack", "packed": "ship"}
_FIELDS = (
    "number", "reference", "state", "shipment_state", "invoice_state", "total_amount", "currency.code", "create_date",
    "lines.product.type", "lines.quantity", "shipments.state", "shipment_returns.state", "invoices.state",
)  # fmt: skip


class HandsFailed(RuntimeError):
    """The ERP did not do what a hand asked; the message holds its words."""


class Hands:
    """One person at the ERP."""

    def __init__(self, url: str, *, database: str, user: str, password: Secret, key: Secret) -> None:
        """Act at *url* in *database* as *user*."""
        self._client = httpx.AsyncClient(base_url=url, timeout=CALL_SECONDS, trust_env=False)
        self._database, self._user = database, user
        self._password, self._key = password, key
        self._context: dict[str, Any] = {}
        self._session = ""
        self._known: dict[str, Any] = {}
        self._dice = random.SystemRandom()

    async def close(self) -> None:
        """Give connections back."""
        await self._client.aclose()

    # ------------------------------------------------------------------ selling

    async def place(self, units: Sequence[int], *, reference: str | None = None) -> str:
        """A quotation for a shop's order, one line for each number of units; its id."""
        lines = [(sku, price, number) for (sku, price), number in zip(SOLD, units, strict=False)]
        made = await self.sell(reference or self.code(), lines)
        await self.press("sale.sale", made, "quote")
        return made

    def code(self) -> str:
        """An order code as a shop makes them."""
        return "".join(self._dice.choice(string.ascii_uppercase + string.digits) for _ in range(16))

    async def sell(self, reference: str, lines: Sequence[tuple[str, str, int]], *, origin: str | None = None) -> str:
        """A draft; (sku, net price, units), negative for a return of *origin*."""
        known = await self._masters()
        head: dict[str, Any] = {
            **known["head"],
            "reference": reference,
            "shipment_cost_method": None,
            "lines": [["create", [self._line(known, *line) for line in lines]]],
        }
        if origin is not None:
            head["origin"] = f"sale.sale,{origin}"
        made = await self.rest("POST", "model/sale.sale", body=head, f=["state"])
        return str(made["id"])

    async def process(self, order: str) -> None:
        """Confirm and process it."""
        for state, button in (("draft", "quote"), ("quotation", "confirm"), ("confirmed", "process")):
            if (await self.order(order))["state"] == state:
                await self.press("sale.sale", order, button)

    async def ship(self, order: str) -> None:
        """Everything until it is with the carrier."""
        await self.process(order)
        for shipment in (await self.order(order))["shipments"]:
            state = shipment["state"]
            while state in _STEPS:
                await self.press("stock.shipment.out", shipment["id"], _STEPS[state])
                now = await self.rest("GET", f"model/stock.shipment.out/{shipment['id']}", f=["state"])
                if now["state"] == state:
                    message = f"shipment {shipment['id']} stays {state}"
                    raise HandsFailed(message)
                state = now["state"]

    async def deliver(self, order: str) -> None:
        """What is with the carrier is done."""
        for shipment in (await self.order(order))["shipments"]:
            if shipment["state"] == "shipped":
                await self.press("stock.shipment.out", shipment["id"], "do")

    async def cancel(self, order: str) -> None:
        """Cancel a quotation."""
        await self.press("sale.sale", order, "cancel")

    async def credit(self, invoice: str | int) -> None:
        """Turn a posted invoice round with a refund, by the wizard."""
        form = {"with_refund": True, "with_refund_allowed": True, "invoice_date": None}
        await self.wizard("account.invoice.credit", ("account.invoice", int(invoice)), {"start": form}, "credit")

    async def call_off(self, order: str) -> None:
        """Cancel what has been processed: its shipments, then by the wizard what the sale waits for, then its money."""
        sale = await self.order(order)
        for shipment in sale["shipments"]:
            await self.press("stock.shipment.out", shipment["id"], "cancel")
        gone = [["origin.sale.id", "=", int(order), "sale.line"], ["state", "=", "cancelled"]]
        moves = [move["id"] for move in await self.rest("GET", "model/stock.move", d=gone, f=["state"])]
        form = {"recreate_moves": [], "ignore_moves": moves, "domain_moves": moves}
        await self.wizard("sale.handle.shipment.exception", ("sale.sale", int(order)), {"ask": form}, "handle")
        for invoice in sale["invoices"]:
            if invoice["state"] == "draft":
                await self.press("account.invoice", invoice["id"], "post")
            await self.credit(invoice["id"])

    async def wizard(self, name: str, record: tuple[str, int], forms: Mapping[str, Any], state: str) -> None:
        """Go through a wizard about one record: its start, then *state* with what the forms say."""
        session, start, _ = await self.rpc(f"wizard.{name}.create")
        active = {"active_model": record[0], "active_id": record[1], "active_ids": [record[1]]}
        context = {**self._context, **active}
        await self._call(f"wizard.{name}.execute", [session, {}, start, context])
        await self._call(f"wizard.{name}.execute", [session, dict(forms), state, context])
        await self._call(f"wizard.{name}.delete", [session, context])

    async def order(self, order: str) -> Any:  # Any: JSON
        """The sale as REST shows it."""
        return await self.rest("GET", f"model/sale.sale/{order}", f=_FIELDS)

    async def press(self, model: str, one: str | int, button: str) -> Any:  # Any: JSON
        """Press a button; a row lock is waited for."""
        for turn in range(LOCK_TRIES):
            answer = await self._rest("POST", f"model/{model}/{one}/{button}", {"f": ["state"]}, {})
            if answer.status_code != LOCKED:
                return _said(answer)
            await asyncio.sleep(0.05 * 2**turn)
        message = f"{model} {one} stays locked"
        raise HandsFailed(message)

    # ------------------------------------------------------------------ raw calls

    async def rest(
        self, method: str, path: str, *, body: Any = None, d: Any = None, f: Sequence[str] = ()
    ) -> Any:  # Any: JSON
        """An answer of REST."""
        asked: dict[str, Any] = {"f": list(f)}
        if d is not None:
            asked["d"] = coded(d)
        return _said(await self._rest(method, path, asked, body))

    async def rpc(self, method: str, *params: object) -> Any:  # Any: JSON
        """A result of JSON-RPC, the context added."""
        if not self._session:
            await self._login()
        return await self._call(method, [*params, self._context])

    async def raw(self, said: bytes) -> httpx.Response:
        """A whole request (`METHOD path`, a line's end, the body) at the desk's own credentials."""
        if not self._session:
            await self._login()
        first, _, body = said.partition(b"\n")
        method, _, path = first.decode().partition(" ")
        is_rpc = path.endswith("/rpc/")
        headers = {"authorization": f"Session {self._session}"} if is_rpc else self._headers()
        headers["content-type"] = "application/json"
        return await self._client.request(method, path, content=body, headers=headers)

    async def end_session(self, header: str) -> None:
        """Log out the session of an `Authorization` header."""
        body = spelling.written({"id": 1, "method": "common.db.logout", "params": []})
        headers = {"authorization": header, "content-type": "application/json", "accept": "application/json"}
        await self._client.post(f"/{self._database}/rpc/", content=body, headers=headers)

    async def _login(self) -> None:
        uid, token, *_ = await self._call("common.db.login", [self._user, {"password": self._password.reveal()}])
        self._session = base64.b64encode(f"{self._user}:{uid}:{token}".encode()).decode()
        found = await self._call("model.res.user.get_preferences", [True, {}])
        self._context = {name: found[name] for name in ("company", "companies", "employee") if found.get(name)}

    async def _call(self, method: str, params: Sequence[object]) -> Any:  # Any: JSON
        headers = {"content-type": "application/json", "accept": "application/json"}
        if self._session:
            headers["authorization"] = f"Session {self._session}"
        body = spelling.written({"id": 1, "method": method, "params": list(params)})
        said = _said(await self._client.post(f"/{self._database}/rpc/", content=body, headers=headers))
        if said.get("error"):
            raise HandsFailed(str(said["error"])[:1000])
        return said["result"]

    async def _rest(self, method: str, path: str, asked: Mapping[str, Any], body: Any) -> httpx.Response:  # Any: JSON
        if not self._context:
            await self._login()
        content = spelling.written(body) if body is not None else None
        return await self._client.request(
            method, f"/{self._database}/rest/{path}", params=asked, content=content, headers=self._headers()
        )

    def _headers(self) -> dict[str, str]:
        return {
            "authorization": f"Bearer {self._key.reveal()}",
            "x-tryton-context": coded(self._context),
            "accept": "application/json",
            "content-type": "application/json",
        }

    # ------------------------------------------------------------------ master data

    async def _masters(self) -> dict[str, Any]:  # Any: JSON
        if not self._known:
            party = await self._one("party.party", [["code", "=", "WEB"]], ["addresses.id"])
            address = party["addresses"][0]["id"]
            head = {
                "party": party["id"],
                "warehouse": (await self._one("stock.location", [["code", "=", "WH"]], ["code"]))["id"],
                "invoice_address": address,
                "shipment_address": address,
                "payment_term": (await self._one("account.invoice.payment_term", [], ["name"]))["id"],
                "carrier": (await self._one("carrier", [], ["id"]))["id"],
            }
            goods = await self.rest("GET", "model/product.product", d=[["code", "!=", None]], f=["code", "sale_uom.id"])
            tax = await self._one("account.tax", [], ["name"])
            self._known = {"head": head, "goods": {one["code"]: one for one in goods}, "tax": tax["id"]}
        return self._known

    async def _one(self, model: str, domain: Sequence[Any], names: Sequence[str]) -> Any:  # Any: JSON
        return (await self.rest("GET", f"model/{model}", d=domain, f=names))[0]

    def _line(self, known: Mapping[str, Any], sku: str, price: str, number: int) -> dict[str, Any]:  # Any: JSON
        good = known["goods"][sku]
        return {
            "product": good["id"],
            "quantity": float(number),
            "unit": good["sale_uom"]["id"],
            "unit_price": Decimal(price),
            "taxes": [["add", [known["tax"]]]],
        }


def coded(value: Any) -> str:  # Any: JSON
    """As Tryton takes JSON in a query or a header."""
    return base64.urlsafe_b64encode(spelling.written(value)).decode()


def _said(answer: httpx.Response) -> Any:  # Any: JSON
    if answer.status_code != OK:
        message = f"{answer.status_code} {answer.text[:500]}"
        raise HandsFailed(message)
    return spelling.read(answer.content)
