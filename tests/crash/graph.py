"""The hub's graph as a client of one tenant sees it: requests over HTTP whose answers may be lost, and all it hears."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.crash.wire import NoAnswer, send

SERVER_FAULT = 500

LINES = """query Lines($code: String!) {
  order(by: { identifier: $code }) { id number version lines { lineNo sku } } }"""
PAGE = """query Page { orders(first: 50) { edges { node { number status } } } }"""
CANCEL = """mutation Cancel($input: OrderCancelInput!, $key: String!) {
  orderCancel(input: $input) @idempotent(key: $key) {
    dryRun replayed correlationId operation { id state done }
    userErrors { code message } consequences { text } lines { lineNo requested cancelled pending refused } } }"""
SUBMIT = """mutation Submit($input: OrderSubmitInput!, $key: String!) {
  orderSubmit(input: $input) @idempotent(key: $key) {
    dryRun replayed correlationId operation { id state done } order { number } userErrors { code message } } }"""
BUYER = """query Buyer($code: String!) { customer(by: { identifier: $code }) { id } }"""
STATE = """query State($id: ID!) { node(id: $id) { ... on Operation { id state done } } }"""
TRACE = """query Story($id: String!) {
  trace(by: { exact: { scheme: CORRELATION_ID, value: $id } }) { hops { kind source operation outcome } } }"""

JOINED = """query Joined($code: String!) {
  order(by: { identifier: $code }) { id number systems { system state } lines { sku quantities { ordered shipped } }
    shipments { id } fulfillmentOrders { id } invoices { id } } }"""
CALLED = """query Called($number: String!, $source: String!) {
  order(by: { exact: { scheme: ERP_ORDER, value: $number, source: $source } }) { number } }"""
LEFT = """query Left($code: String!) {
  order(by: { identifier: $code }) {
    id systems { system state } lines { lineNo sku quantities { shipped } } } }"""
SUGGESTED = """query Suggested($number: String!) {
  return(by: { identifier: $number }) { suggestedRefund { amount currencyCode } } }"""
LED = """query Led($id: ID!) { node(id: $id) { id } }"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A GraphQL answer."""

    data: dict[str, Any]  # Any: JSON
    codes: tuple[str, ...]
    """`extensions.code` of each error."""
    words: str = ""
    """Messages of the errors."""


@dataclass(slots=True)
class Graph:
    """One tenant's way to the hub, under one API key."""

    url: str
    key: str
    heard: list[str] = field(default_factory=list)
    """Every body it was ever sent."""

    async def ask(self, document: str, correlation_id: str | None = None, **variables: object) -> Answered:
        """The answer. Raises NoAnswer where none came, or only one that says nothing of what was done."""
        headers = {"authorization": f"Bearer {self.key}", "accept": "application/graphql-response+json"}
        if correlation_id is not None:
            headers["x-correlation-id"] = correlation_id
        headers["content-type"] = "application/json"
        body = json.dumps({"query": document, "variables": variables}).encode()
        said = await send(f"{self.url}/graphql", body, headers)
        text = said.body.decode()
        self.heard.append(text)
        if said.status >= SERVER_FAULT:
            raise NoAnswer(text[:200])
        try:
            answer = json.loads(text)
        except ValueError as garbled:
            raise NoAnswer(text[:200]) from garbled
        errors = answer.get("errors") or ()
        return Answered(
            data=answer.get("data") or {},
            codes=tuple(str(one.get("extensions", {}).get("code", "")) for one in errors),
            words="; ".join(str(one.get("message")) for one in errors),
        )


def about_return(deed: str) -> str:
    """The mutation of that name about a return."""
    kind = f"{deed[0].upper()}{deed[1:]}Input"
    return f"""mutation Back($input: {kind}!, $key: String!) {{
  {deed}(input: $input) @idempotent(key: $key) {{
    replayed operation {{ id state done }} return {{ number status }} userErrors {{ code message }} }} }}"""
