"""Hands that act in a Tryton 6.0 warehouse through its own API, as its people do; independent of the adapter."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from hub.settings import Secret

CALL_SECONDS = 60.0
MOST_WARNINGS = 6
OUT, RETURN = "stock.shipment.out", "stock.shipment.out.return"
ITEMS = ("TSHIRT-M", "MUG")
"""What is sent: items that are counted in whole units."""
_TYPED = {"content-type": "application/json"}


class HandsFailed(RuntimeError):
    """The source did not do what a hand asked; the message holds its words."""


class Hands:
    """One person in the warehouse, who says yes to every warning."""

    def __init__(self, url: str, *, database: str, user: str, password: Secret) -> None:
        """Act in *database* at *url* as *user*."""
        self._client = httpx.AsyncClient(base_url=url, timeout=CALL_SECONDS, trust_env=False)
        self._path = f"/{database}/"
        self._user, self._password = user, password
        self._header: dict[str, str] = {}
        self._context: dict[str, Any] = {}  # Any: JSON
        self._id = 0
        self._known: dict[str, dict[str, Any]] = {}  # Any: JSON
        self._references = 0

    async def close(self) -> None:
        """Give connections back."""
        await self._client.aclose()

    async def rpc(self, method: str, *params: object) -> Any:  # Any: JSON
        """The result of a call; warnings are acknowledged. Raises HandsFailed."""
        if not self._header:
            await self._login()
        said = await self._said(method, params)
        for _ in range(MOST_WARNINGS):
            if "error" not in said:
                return said["result"]
            kind, words = said["error"]
            if kind != "UserWarning":
                break
            await self._said(
                "model.res.user.warning.create", ([{"user": self._id, "name": words[0], "always": False}],)
            )
            said = await self._said(method, params)
        raise HandsFailed(json.dumps(said["error"])[:1000])

    async def post(self, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        """Send a body as somebody with a good session would, or with other *headers*."""
        if not self._header:
            await self._login()
        return await self._client.post(self._path, content=body, headers={**_TYPED, **(headers or self._header)})

    async def place(self, units: Sequence[int], reference: str | None = None) -> str:
        """Take a shipment in and let it wait: one line for each number of units."""
        places, items = await self._codes("stock.location"), await self._codes("product.product", "default_uom")
        (web,) = await self.rows("party.party", [["code", "=", "WEB"]], ["addresses"])
        (company,) = await self.rows("company.company", [], ["currency"])
        self._references += 1
        moves = [
            {
                "product": items[code]["id"], "quantity": float(number), "uom": items[code]["default_uom"],
                "from_location": places["OUT"]["id"], "to_location": places["CUS"]["id"],
                "unit_price": {"__class__": "Decimal", "decimal": "0"}, "currency": company["currency"],
            }
            for code, number in zip(ITEMS, units, strict=False)
        ]  # fmt: skip
        values = {
            "customer": web["id"], "delivery_address": web["addresses"][0], "warehouse": places["WH"]["id"],
            "reference": reference or f"CANARY{self._references}/{self._references}",
            "outgoing_moves": [["create", moves]],
        }  # fmt: skip
        (made,) = await self.rpc(f"model.{OUT}.create", [values])
        await self.step(made, "wait")
        return str(made)

    async def step(self, shipment: int | str, name: str) -> Any:  # Any: what a transition answers
        """Let a shipment take a step by its name in the API."""
        return await self.rpc(f"model.{OUT}.{name}", [int(shipment)])

    async def assign(self, shipment: str) -> None:
        """Promise what it needs, there or not."""
        if not await self.step(shipment, "assign_try"):
            await self.step(shipment, "assign_force")

    async def ship(self, shipment: str) -> None:
        """Assign, pick, pack into one parcel, and let it leave."""
        await self.assign(shipment)
        await self.step(shipment, "pick")
        await self.parcel(shipment, f"TRACK{shipment}")
        await self.step(shipment, "pack")
        await self.step(shipment, "done")

    async def parcel(self, shipment: str, tracking: str) -> None:
        """Put all that leaves into one parcel: only the parcel and its moves are written."""
        (box, *_) = await self.rpc("model.stock.package.type.search", [], 0, 1, None)
        (row,) = await self.rows(OUT, [["id", "=", int(shipment)]], ["outgoing_moves"])
        values = {
            "type": box, "shipment": f"{OUT},{shipment}", "shipping_reference": tracking,
            "moves": [["add", row["outgoing_moves"]]],
        }  # fmt: skip
        await self.rpc("model.stock.package.create", [values])

    async def relabel(self, shipment: str) -> None:
        """Give every parcel of a shipment another tracking number: only the parcel is written."""
        domain = [["shipment", "=", f"{OUT},{shipment}"]]
        for package in await self.rows("stock.package", domain, ["shipping_reference"]):
            number = {"shipping_reference": f"{package['shipping_reference']}R"}
            await self.rpc("model.stock.package.write", [package["id"]], number)

    async def pick(self, shipment: str) -> None:
        """Promise what it needs, and bring it to the output."""
        await self.assign(shipment)
        await self.step(shipment, "pick")

    async def pick_short(self, shipment: str, found: Mapping[str, int]) -> None:
        """Bring only so many units of each item named: Tryton forgets what was asked for beyond."""
        (row,) = await self.rows(OUT, [["id", "=", int(shipment)]], ["inventory_moves"])
        for move in await self.rows("stock.move", [["id", "in", row["inventory_moves"]]], ["product.code"]):
            units = found.get(move["product."]["code"])
            if units is not None:
                await self.rpc("model.stock.move.write", [move["id"]], {"quantity": float(units)})
        await self.pick(shipment)

    async def bearing(self, reference: str) -> list[Any]:  # Any: JSON
        """Every shipment of a reference, whatever its state, oldest first, with its outgoing moves."""
        found = await self.rows(OUT, [["reference", "=", reference]], ["id"])
        return [await self.shipment(str(one)) for one in sorted(row["id"] for row in found)]

    async def shipment(self, shipment: str) -> Any:  # Any: JSON
        """A shipment as the API shows it, its outgoing moves and its parcels."""
        (row,) = await self.rows(OUT, [["id", "=", int(shipment)]], ["number", "state", "outgoing_moves", "packages"])
        row["moves"] = await self.rows(
            "stock.move", [["id", "in", row["outgoing_moves"]]], ["product.code", "quantity", "state"]
        )
        row["parcels"] = await self.rows(
            "stock.package", [["id", "in", row["packages"]]], ["code", "shipping_reference"]
        )
        return row

    async def back(self, reference: str, domain: Sequence[Any] = ()) -> list[Any]:  # Any: JSON
        """Every return of a reference that fits, oldest first, with what it brings in and what was moved on of it."""
        names = ["number", "state", "incoming_moves"]
        found = await self.rows(RETURN, [["reference", "=", reference], *domain], names)
        for row in found:
            moves = ["product.code", "quantity", "state", "to_location.type", "to_location.code"]
            row["moves"] = await self.rows("stock.move", [["id", "in", row["incoming_moves"]]], moves)
            origins = [f"stock.move,{one}" for one in row["incoming_moves"]]
            row["aside"] = await self.rows("stock.move", [["origin", "in", origins], ["shipment", "=", None]], moves)
        return sorted(found, key=lambda row: int(row["id"]))

    async def expect(self, units: Sequence[int], reference: str) -> str:
        """Expect goods back: one line for each number of units."""
        places, items = await self._codes("stock.location"), await self._codes("product.product", "default_uom")
        (web,) = await self.rows("party.party", [["code", "=", "WEB"]], ["addresses"])
        moves = [
            {
                "product": items[code]["id"], "quantity": float(number), "uom": items[code]["default_uom"],
                "from_location": places["CUS"]["id"], "to_location": places["IN"]["id"],
                "unit_price": {"__class__": "Decimal", "decimal": "0"},
            }
            for code, number in zip(ITEMS, units, strict=False)
        ]  # fmt: skip
        values = {
            "customer": web["id"], "delivery_address": web["addresses"][0], "warehouse": places["WH"]["id"],
            "reference": reference, "incoming_moves": [["create", moves]],
        }  # fmt: skip
        (made,) = await self.rpc(f"model.{RETURN}.create", [values])
        return str(made)

    async def step_back(self, one: int | str, name: str) -> None:
        """Let a return take a step by its name in the API."""
        await self.rpc(f"model.{RETURN}.{name}", [int(one)])

    async def rows(self, model: str, domain: list[Any], names: list[str]) -> list[Any]:  # Any: JSON
        """Rows of a model that fit."""
        found: list[Any] = await self.rpc(f"model.{model}.search_read", domain, 0, 1000, None, names)
        return found

    async def fields(self, model: str) -> dict[str, Any] | None:  # Any: JSON
        """What the server says of a model's fields; None where it knows no such model."""
        try:
            found: dict[str, Any] = await self.rpc(f"model.{model}.fields_get", None)
        except HandsFailed:
            return None
        return found

    async def end_session(self, header: str) -> None:
        """Log out whoever bears this `Authorization` header."""
        body = {"id": 1, "method": "common.db.logout", "params": []}
        await self.post(json.dumps(body).encode(), {"authorization": header})

    async def _said(self, method: str, params: Sequence[object]) -> dict[str, Any]:  # Any: JSON
        body = {"id": 1, "method": method, "params": [*params, self._context]}
        answer = await self.post(json.dumps(body).encode())
        if not answer.headers.get("content-type", "").startswith("application/json"):
            message = f"{method}: status {answer.status_code}"
            raise HandsFailed(message)
        said: dict[str, Any] = json.loads(answer.content)
        return said

    async def _login(self) -> None:
        params = [self._user, {"password": self._password.reveal()}]
        body = json.dumps({"id": 1, "method": "common.db.login", "params": params})
        answer = await self._client.post(self._path, content=body, headers=_TYPED)
        self._id, token = answer.json()["result"][:2]
        session = base64.b64encode(f"{self._user}:{self._id}:{token}".encode()).decode()
        self._header = {"authorization": f"Session {session}"}
        self._context = (await self._said("model.res.user.get_preferences", [True]))["result"]

    async def _codes(self, model: str, *names: str) -> dict[str, Any]:  # Any: JSON
        if model not in self._known:
            self._known[model] = {row["code"]: row for row in await self.rows(model, [], ["code", *names])}
        return self._known[model]
