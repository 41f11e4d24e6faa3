"""The graph's table of contents: every type, where it comes from, and who answers what depends on the present."""

from __future__ import annotations

from collections.abc import Mapping

import strawberry
from strawberry.schema.config import StrawberryConfig

from hub.model.billing import BillingLine, PriceTier
from hub.model.cases import ExceptionCase, Hold
from hub.model.command import Consequence, LineCancelOutcome, Operation, OperationTarget, UserError
from hub.model.entities import ENTITIES
from hub.model.inventory import Availability, InventoryPosition, NamedQuantity, SupplyEvent
from hub.model.order import LineQuantities, Order, OrderFacets, OrderLine
from hub.model.party import ChannelIdentity, Contact, CustomerAddress
from hub.model.place import CarrierCutoff, Location
from hub.model.product import ChannelListing, SkuMapping, UnitConversion
from hub.model.returns import ExchangeLine, RefundPart, ReturnLine
from hub.model.routing import MissingUnits, RoutedUnits, RouteOption, RouteScore, RoutingDecision
from hub.model.shipment import FulfillmentOrderLine, Milestone, Package, ShipmentLine
from hub.model.trace import Trace, TraceBlocker, TraceHop
from hub.model.transfer import TransferLine
from hub.model.values import Address, ConflictValue, FieldConflict, Identifier, Money, SystemTotal
from hub.model.views import AllowedAction, FieldProvenance, SystemPresence, TimelineEntry
from hub.model.vocabulary import Kind
from hub.read.sources import Capability, Source, SweepState
from hub.search.port import SearchFacet
from resolvers import (
    amends,
    cases,
    entities,
    inventory,
    lists,
    nodes,
    operations,
    orders,
    scopes,
    search,
    shipments,
    sources,
    submits,
    trace_lists,
    traces,
    writes,
)
from resolvers.console.contents import CONSOLE, OF_PARTNERS, ON_ORDERS, QUERIES, declare_console
from resolvers.derive import Node, Resolver, Types
from resolvers.edges import related
from resolvers.executor import LeanExecutor, learn
from resolvers.feeds import cases as feed_cases
from resolvers.feeds import operations as feed_operations
from resolvers.feeds import orders as feed_orders
from resolvers.feeds import returns as feed_returns
from resolvers.feeds import shipments as feed_shipments
from resolvers.feeds import sources as feed_sources
from resolvers.feeds import stock as feed_stock
from resolvers.feeds import traces as feed_traces
from resolvers.feeds.event import ChangeEvent
from resolvers.pages import PageInfo
from resolvers.returning import views as return_views
from resolvers.returning.payloads import PAYLOADS
from resolvers.returning.writes import ON_RETURNS
from resolvers.scalars import SCALARS
from resolvers.timelines import TimelineConnection, TimelineEdge

GOVERNED: Mapping[str, Resolver] = {
    "order_submit": submits.order_submit,
    "order_cancel": writes.order_cancel,
    "order_amend": amends.order_amend,
    "order_release_to_warehouse": amends.order_release_to_warehouse,
    **ON_RETURNS,
}
"""Mutations that are carried out in other systems, by field."""


def build() -> strawberry.Schema:
    """The schema, made anew."""
    types = _types()
    query = types.root(
        "Query",
        "Everything that can be read. Answered from the hub's own store, whatever the systems behind it do.",
        **scopes.guarded(
            {
                "node": nodes.node,
                "nodes": nodes.nodes,
                "viewer": nodes.viewer,
                "search": search.search,
                "order": orders.order,
                **entities.roots(),
                "availability": inventory.availability,
                "inventory_position": inventory.inventory_position,
                "inventory_positions": inventory.inventory_positions,
                "operation": operations.operation,
                "operations": operations.operations,
                "trace": traces.trace,
                "traces": trace_lists.traces,
                "sources": sources.sources,
                **QUERIES,
            }
        ),
    )
    mutation = types.root(
        "Mutation",
        "Governed writes: accepted durably, then carried out at each system.",
        **scopes.guarded({**GOVERNED, **CONSOLE, **ON_ORDERS, **OF_PARTNERS}),
    )
    subscription = types.root(
        "Subscription",
        "Changes as they happen. `after` is exclusive. Entities are as of now, at least `version`.",
        **scopes.guarded(
            {
                "order_changed": feed_orders.order_changed,
                "shipment_changed": feed_shipments.shipment_changed,
                "inventory_changed": feed_stock.inventory_changed,
                "return_changed": feed_returns.return_changed,
                "operation_changed": feed_operations.operation_changed,
                "exception_case_changed": feed_cases.exception_case_changed,
                "source_changed": feed_sources.source_changed,
                "trace_changed": feed_traces.trace_changed,
            },
        ),
    )
    made = strawberry.Schema(
        query=query,
        mutation=mutation,
        subscription=subscription,
        directives=[writes.idempotent],
        types=types.made,
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
        execution_context_class=LeanExecutor,
    )
    learn(made._schema)  # noqa: SLF001  Strawberry has no public name for it
    return made


def _types() -> Types:
    types = Types()
    for interface in (Node, writes.MutationPayload, ChangeEvent):
        types.interface(interface)
    _entities(types)
    _values(types)
    _lists(types)
    types.declare(writes.OrderCancelPayload)
    for payload in (
        submits.OrderSubmitPayload,
        amends.OrderAmendPayload,
        amends.OrderReleaseToWarehousePayload,
        *PAYLOADS,
    ):
        types.declare(payload)
    declare_console(types)
    types.declare(feed_orders.OrderEvent, order=feed_orders.order_of_event)
    types.declare(feed_shipments.ShipmentEvent, shipment=feed_shipments.shipment_of_event)
    types.declare(feed_stock.InventoryEvent, inventory_position=feed_stock.position_of_event)
    types.declare(feed_returns.ReturnEvent, return_=feed_returns.return_of_event)
    types.declare(feed_operations.OperationEvent, operation=feed_operations.operation_of_event)
    types.declare(feed_cases.ExceptionCaseEvent, exception_case=feed_cases.case_of_event)
    types.declare(feed_sources.SourceEvent, source=feed_sources.source_of_event)
    types.declare(feed_traces.TraceEvent, trace=feed_traces.trace_of_event)
    types.finish()
    return types


def _entities(types: Types) -> None:
    types.node(
        Order,
        status_text=orders.status_sentence,
        is_late=orders.lateness,
        systems=orders.systems,
        provenance=orders.told_by,
        allowed_actions=orders.actions,
        holds=orders.holds,
        exception_cases=orders.exception_cases,
        operations=orders.operations,
        timeline=orders.happenings,
        trace=orders.trace_of,
        **related(Order),
    )
    own: dict[Kind, dict[str, Resolver]] = {
        Kind.SHIPMENT: {"status_text": shipments.status_text_of},
        Kind.RETURN: {"allowed_actions": return_views.actions_of},
    }
    for kind in (
        Kind.SHIPMENT, Kind.FULFILLMENT_ORDER, Kind.RETURN, Kind.INVOICE, Kind.CREDIT_MEMO, Kind.PAYMENT,
        Kind.CUSTOMER, Kind.PRODUCT, Kind.WAREHOUSE, Kind.TRANSFER, Kind.PRICE_REFERENCE,
    ):  # fmt: skip
        entity = ENTITIES[kind]
        seen = {"systems": entities.systems_of(kind), "provenance": entities.provenance_of(kind)}
        types.node(entity, **own.get(kind, {}), **seen, **related(entity))
    types.node(ExceptionCase, orders=cases.orders_of_case, suggested_actions=cases.suggested_actions_of)
    types.node(Operation, order=operations.order_of, actor=operations.actor_of)
    for thing in (InventoryPosition, Source):
        types.node(thing)


def _values(types: Types) -> None:
    types.declare(OrderLine, **related(OrderLine))
    for line in (ShipmentLine, FulfillmentOrderLine, BillingLine, ReturnLine):
        types.declare(line, order_line=shipments.order_line_of)
    types.declare(nodes.Viewer, account=nodes.viewer_account)
    for value in (
        Address, AllowedAction, Availability, Capability, CarrierCutoff, ChannelIdentity, ChannelListing, ConflictValue,
        Consequence, Contact, CustomerAddress, FieldConflict,
        FieldProvenance, Hold, Identifier, LineCancelOutcome, LineQuantities, Location, Milestone, Money, NamedQuantity,
        MissingUnits, OperationTarget, OrderFacets, Package, PriceTier,
        ExchangeLine, RefundPart, RoutedUnits, RouteOption, RouteScore,
        RoutingDecision, SkuMapping, SupplyEvent, SweepState, SystemPresence,
        SystemTotal, TimelineEntry, Trace, TraceBlocker, TraceHop, TransferLine, UnitConversion, UserError,
    ):  # fmt: skip
        types.declare(value)


def _lists(types: Types) -> None:
    for shapes in (*entities.connections().values(), operations.SHAPES):
        types.declare(shapes.edge)
        types.declare(shapes.connection, total_count=lists.total_count)
    types.declare(inventory.InventoryPositionEdge)
    types.declare(inventory.InventoryPositionConnection, total_count=inventory.total_count)
    types.declare(trace_lists.TraceEdge)
    types.declare(trace_lists.TraceConnection, total_count=trace_lists.count_of_traces)
    types.declare(search.SearchResult, gaps=search.gaps)
    types.declare(search.SearchHit, orders=search.orders_of_hit)
    for part in (SearchFacet, TimelineConnection, TimelineEdge, PageInfo):
        types.declare(part)


schema = build()
"""The schema of this release; `schema.graphql` is its text."""


def sdl() -> str:
    """The schema's text: what `schema.graphql` must hold."""
    return schema.as_str() + "\n"
