"""What the filter of a subscription means: a topic to listen to, and the terms by which what there is is listed.

Its fields are read by name, one way for every stream. A look-up means what it names today and ids follow merges;
cursors are bound to the words that were asked, so that no merge makes a cursor invalid.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

from strawberry.types.unset import UNSET

from hub.codec import digest
from hub.errors import Ambiguous
from hub.model.entities import ENTITIES
from hub.model.ids import global_id
from hub.model.vocabulary import Kind
from hub.read.pages import PageWanted
from resolvers.context import Context
from resolvers.inputs import IDFilterInput, LookupInput, lookup_of
from resolvers.operations import local_id
from subscriptions.topics import Topic

SETS: Mapping[str, str] = {
    "id": "ids", "event": "events", "tracking_number": "tracking_numbers", "warehouse": "warehouses", "sku": "skus",
    "status": "statuses", "queue": "queues", "source": "ids",
}  # fmt: skip
"""Which set of the topic a field of a filter narrows."""
ONLY_CHANGES = ("event",)
"""Fields that say nothing of how things stand: what there is has no event."""


@dataclass(slots=True, kw_only=True)
class Asked:
    """What a filter asks for."""

    topic: Topic
    where: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The same of how things stand, as terms of a listing."""


async def asked_for(context: Context, kind: Kind, given: Any = None) -> Asked:  # Any: the filter input of the kind
    """What *given* asks of entities of *kind*. Raises Ambiguous where a look-up names several, InvalidInput."""
    call, said = context.call, _said(given)
    words = digest({name: _plain(value) for name, value in said.items()})
    asked = Asked(topic=Topic(tenant=call.tenant, kind=kind, account=call.account, asked=words))
    for name, value in said.items():
        if isinstance(value, LookupInput):
            await _look_up(context, asked, name, value)
        else:
            await _narrow(context, asked, name, value)
    return asked


async def held(context: Context, asked: Asked) -> Mapping[str, int]:
    """Ids and versions of what *asked* asks for, of a kind that is stored as documents."""
    wanted = PageWanted(kind=asked.topic.kind, where=asked.where)
    return await context.reader.lists.versions(context.call, wanted)


async def _look_up(context: Context, asked: Asked, name: str, given: LookupInput) -> None:
    """Narrow to the one thing that is meant; where there is none, nothing fits."""
    kind = Kind[name.upper()]
    found = await context.reader.find_all(context.call, lookup_of(given), kind)
    if len(found) > 1:
        message = f"{lookup_of(given).text!r} fits {len(found)} {name}s; say which"
        raise Ambiguous(message, candidates=[{"id": global_id(ENTITIES[kind].__name__, one)} for one in found])
    if not found:
        asked.topic = replace(asked.topic, ids=frozenset())
    elif kind is Kind.ORDER:
        asked.topic = replace(asked.topic, order_ids=frozenset(found))
    else:
        asked.topic = replace(asked.topic, customer_id=found[0])
    asked.where[name] = found


async def _narrow(context: Context, asked: Asked, name: str, given: Any) -> None:  # Any: a filter of equal values
    kind, values, without = asked.topic.kind, _fitting(given), _without(given)
    if without:
        asked.topic = replace(asked.topic, not_statuses=without)
        asked.where[f"not_{name}"] = tuple(sorted(without))
    if values is None:
        return
    if isinstance(given, IDFilterInput):
        values = await _followed(context, kind, [local_id(one, ENTITIES[kind].__name__) for one in values])
    meant = values
    if name == "warehouse" and kind is not Kind.INVENTORY:
        meant = await context.reader.beginnings.warehouses(context.call, sorted(values))
    known: frozenset[str] | None = getattr(asked.topic, SETS[name])
    narrowed: Any = {SETS[name]: meant if known is None else known & meant}
    asked.topic = replace(asked.topic, **narrowed)
    if name not in ONLY_CHANGES:
        asked.where[name] = tuple(sorted(values))


async def _followed(context: Context, kind: Kind, ids: Collection[str]) -> frozenset[str]:
    """The ids, and those of what they have merged into."""
    current = await context.reader.current(context.call, [(kind, one) for one in ids])
    return frozenset(ids) | frozenset(current.values())


def _said(given: Any) -> dict[str, Any]:
    """The fields of an input that say something."""
    if given is None or given is UNSET:
        return {}
    told = {spec.name: getattr(given, spec.name) for spec in fields(given)}
    return {name: value for name, value in told.items() if value is not None and value is not UNSET}


def _plain(value: Any) -> Any:
    """What was said, whatever the order of a list."""
    if is_dataclass(value):
        return {name: _plain(inner) for name, inner in _said(value).items()}
    return sorted(str(one) for one in value) if isinstance(value, list) else str(value)


def _fitting(given: Any) -> frozenset[str] | None:
    """The values that `eq` and `in` leave, or a plain list; None: all of them."""
    if isinstance(given, list):
        return frozenset(str(one) for one in given)
    said = _said(given)
    sets = [frozenset({str(said["eq"])})] if "eq" in said else []
    sets += [frozenset(str(one) for one in said["in_"])] if "in_" in said else []
    return frozenset.intersection(*sets) if sets else None


def _without(given: Any) -> frozenset[str]:
    """The values that `notIn` rules out."""
    return frozenset(str(one) for one in _said(given).get("not_in", ())) if is_dataclass(given) else frozenset()
