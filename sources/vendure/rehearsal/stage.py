"""The stage on which the contract suite judges the Vendure adapter: the same for a rehearsed and for a real shop."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    build_client_schema,
    get_introspection_query,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from hub.clock import Clock, SystemClock
from hub.model.vocabulary import Kind
from hub.ports import Adapter, SourceCall
from hub.settings import Secret
from sources.kit.chaos import Chaos
from sources.kit.postbox import Letter, Postbox
from sources.kit.serve import serving
from sources.kit.skew import SkewedClock
from sources.kit.stage import Canaries, LineTruth, Stage, Truth
from sources.kit.taking import Taking
from sources.vendure.adapter import VendureSettings, connect
from sources.vendure.documents import ORDERS
from sources.vendure.mutations import CANCEL
from sources.vendure.rehearsal.hands import Hands
from sources.vendure.rehearsal.hooks import Listener
from sources.vendure.rehearsal.stand import make_stand
from sources.vendure.rehearsal.takings import takings_for

OK = 200
Listen = Callable[[str, str], None]
"""Make the shop post its events to a url, signed with a secret, and to nobody else."""


@dataclass(slots=True, kw_only=True)
class VendureStage:
    """One shop, wherever it runs."""

    proxy: Chaos
    hands: Hands
    user: str
    password: Secret
    listen: Listen
    postbox: Postbox
    canaries: Canaries
    clock: Clock = field(default_factory=SystemClock)
    source: str = "shop"
    kind: Kind = Kind.ORDER
    effect: bytes = b"cancelOrder("
    reading: bytes = b"HubOrders("
    login: bytes = b"login("
    envelope: bytes = b'"items"'
    nothing: bytes = b'"data":{"orders":null}'
    _schema: GraphQLSchema | None = None
    _takings: Mapping[str, Taking] | None = None
    _judged: dict[str, tuple[DocumentNode, str | None]] = field(default_factory=dict)
    """Documents that were sent before, and what is wrong with each: only variables differ."""

    def connect(self, *, page: int | None = None, secrets: Sequence[str] = (), skew: float = 0) -> Adapter:
        """A fresh adapter through the proxy."""
        keys = [Secret(one) for one in secrets] + [None, None]
        settings = VendureSettings(
            user=self.user,
            password=self.password,
            webhook_secret=keys[0],
            webhook_secret_before=keys[1],
            page=page or 100,
        )
        return connect(settings, url=self.proxy.url, source=self.source, clock=SkewedClock(self.clock, skew))

    def call(self, *, patience: float = 20.0) -> SourceCall:
        """A call of this shop."""
        return SourceCall(tenant="check", source=self.source, correlation_id="contract-suite", patience=patience)

    async def place(self, *units: int) -> str:
        """Check out as a guest."""
        return await self.hands.place(units)

    async def unfinished(self) -> str:
        """A cart."""
        return await self.hands.cart()

    async def ship(self, order_id: str) -> None:
        """Pack and ship what is open."""
        await self.hands.ship(order_id)

    async def deliver(self, order_id: str) -> None:
        """Deliver what was shipped."""
        await self.hands.deliver(order_id)

    async def take_off(self, order_id: str, line: str, units: int) -> None:
        """Cancel at the shop's desk."""
        await self.hands.take_off(order_id, line, units)

    async def truth(self, order_id: str) -> Truth:
        """The order, by the Admin API."""
        order = await self.hands.order(order_id)
        return Truth(
            number=order["code"],
            status=order["state"],
            lines={
                line["id"]: LineTruth(ordered=line["orderPlacedQuantity"], left=line["quantity"])
                for line in order["lines"]
            },
            gross=Decimal(order["totalWithTax"]) / 100,
            currency=order["currencyCode"],
            placed_at=order["orderPlacedAt"],
            parcels={parcel["id"]: parcel["state"] for parcel in order["fulfillments"]},
            email=order["customer"]["emailAddress"],
        )

    @property
    def takings(self) -> Mapping[str, Taking]:
        """Hands for each action."""
        if self._takings is None:
            self._takings = takings_for(self.hands, self.source)
        return self._takings

    async def revoke(self) -> None:
        """Log out every session the proxy has seen."""
        given = {one.headers.get("authorization", "") for one in self.proxy.exchanges}
        for header in given:
            if header.startswith("Bearer "):
                await self.hands.end_session(header.removeprefix("Bearer "))

    async def statuses(self) -> Sequence[str]:
        """The shop's own order process."""
        found = await self.hands.admin("{globalSettings{serverConfig{orderProcess{name}}}}")
        return [state["name"] for state in found["serverConfig"]["orderProcess"]]

    async def fault_of(self, request: bytes) -> str | None:
        """Judge document and variables by the schema that the shop itself serves."""
        if self._schema is None:
            found = await self.hands.post(
                json.dumps({"query": get_introspection_query(input_value_deprecation=True)}).encode()
            )
            self._schema = build_client_schema(found.json()["data"])
        asked = json.loads(request.split(b"\n", 1)[-1])
        try:
            document, fault = self._judged.get(asked["query"]) or _judged(self._schema, asked["query"])
        except GraphQLError as wrong:
            return str(wrong)
        self._judged[asked["query"]] = document, fault
        return fault or _unfit(self._schema, document, asked.get("variables") or {})

    def broken(self) -> Sequence[bytes]:
        """Requests that Vendure's contract forbids."""
        options: dict[str, Any] = {"take": 1}
        cancel = {"orderId": "1", "lines": [{"orderLineId": "1", "quantity": 1}]}
        wrong = [
            (ORDERS.replace("totalItems", "totalCount"), {"options": options}),
            (ORDERS.replace("totalWithTax", "totalGross"), {"options": options}),
            (ORDERS.replace("OrderListOptions!", "OrderOptions!"), {"options": options}),
            (ORDERS.replace("options: $options", "option: $options"), {"options": options}),
            (ORDERS, {"options": {"take": "many"}}),
            (ORDERS, {"options": {"first": 10}}),
            (ORDERS, {"options": {"sort": {"orderPlacedAt": "UP"}}}),
            (ORDERS, {"options": {"filter": {"state": {"equals": "Shipped"}}}}),
            (ORDERS, {}),
            (CANCEL, {"input": {**cancel, "lines": [{"orderLineId": "1", "quantity": 1.5}]}}),
            (CANCEL, {"input": {**cancel, "lines": [{"quantity": 1}]}}),
            (CANCEL, {"input": {"lines": []}}),
            (CANCEL, {"input": {**cancel, "refund": True}}),
            (CANCEL.replace("cancelOrder", "orderCancel"), {"input": cancel}),
            ("query { orders { totalItems ", {}),
        ]
        return [json.dumps({"query": document, "variables": variables}).encode() for document, variables in wrong]

    async def send(self, request: bytes) -> bool:
        """Post it at the desk's session."""
        answer = await self.hands.post(request)
        said = answer.json() if answer.headers.get("content-type", "").startswith("application/json") else {}
        return answer.status_code == OK and not said.get("errors")

    async def letter(self, order_id: str, secret: str) -> Letter:
        """Ship what is open and wait for what the plugin posts: of a cancelled unit it posts nothing."""
        self.postbox.letters.clear()
        self.listen(self.postbox.url, secret)
        await self.ship(order_id)
        return await self.postbox.wait(lambda letter: _says_shipped(letter, order_id))

    def respelled(self, body: bytes, status: str, new: str) -> bytes:
        """Spell the state differently."""
        return body.replace(f'"state":"{status}"'.encode(), f'"state":"{new}"'.encode()).replace(
            f'"state": "{status}"'.encode(), f'"state": "{new}"'.encode()
        )


def _says_shipped(letter: Letter, order_id: str) -> bool:
    """Letters about the checkout may still be under way."""
    said = json.loads(letter.body)
    return str(said.get("orderId")) == order_id and said.get("to") == "Shipped"


@contextlib.asynccontextmanager
async def vendure_stage(url: str, *, user: str, password: Secret, listen: Listen) -> AsyncIterator[Stage]:
    """The stage around the shop at *url*."""
    async with Chaos(url).standing() as proxy, Postbox().standing() as postbox:
        hands = Hands(url, user=user, password=password)
        canaries = Canaries(secrets=(password.reveal(),), personal=("canary.guest", "Canary Row"))
        try:
            yield VendureStage(
                proxy=proxy,
                hands=hands,
                user=user,
                password=password,
                listen=listen,
                postbox=postbox,
                canaries=canaries,
            )
        finally:
            await hands.close()


@contextlib.asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """The stage around a rehearsed shop of its own."""
    password = Secret("rehearsal-only-1!")
    stand = make_stand(SystemClock(), user="hub@example.com", password=password)

    def listen(to: str, secret: str) -> None:
        stand.hooks.listeners[:] = [Listener(url=to, secret=Secret(secret))]

    async with serving(stand.app) as url:
        try:
            async with vendure_stage(url, user="hub@example.com", password=password, listen=listen) as made:
                yield made
        finally:
            await stand.close()


def _judged(schema: GraphQLSchema, query: str) -> tuple[DocumentNode, str | None]:
    """A document and what is wrong with it. Raises GraphQLError where it is none."""
    document = parse(query)
    errors = validate(schema, document)
    return document, str(errors[0]) if errors else None


def _unfit(schema: GraphQLSchema, document: DocumentNode, variables: dict[str, Any]) -> str | None:  # Any: JSON
    """What is wrong with the variables that came with a valid document."""
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            values = get_variable_values(schema, operation.variable_definitions or (), variables)
            if isinstance(values, list) and values:
                return str(values[0])
    return None
