"""Saying what a source's item code means: everything it blocked goes on, once (design D13)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hub.call import Call
from hub.model.command import Consequence, UserError, UserErrorCode
from hub.model.manifest import Landscape
from hub.model.policy import SKU, SkuRule, sku_case, sku_name
from hub.model.vocabulary import SystemKind
from hub.store.console import CONSOLE
from hub.store.open_cases import roots_of_case
from hub.store.policies import decide as decide_policy
from hub.store.policies import meanings
from hub.store.store import Store
from hub.store.tx import Tx
from hub.store.waking import rouse
from hub.write.console import Decided, Effect, decide, operator, wrong_text
from hub.write.desk import Asking

LONGEST_CODE = 100
MOST_IN_PACK = Decimal(1_000_000)
PLACES = -6


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuMappingSet:
    """Say what a source's item code means."""

    source: str
    """Name of the source, or of its adapter where only one source is of it."""
    external_sku: str
    """The source's own item code."""
    sku: str
    """The tenant's own item code."""
    pack_factor: Decimal = Decimal(1)
    """Units of the item in one of the source's."""
    replay_blocked: bool = False
    """Whether what it blocks goes on at once."""


async def set_sku_mapping(
    store: Store, call: Call, landscape: Landscape, command: SkuMappingSet, asking: Asking
) -> Decided:
    """Make it the rule, and look again at exactly the orders that its case lists; `scheduled` tells how many.

    Raises Denied, KeyRequired, KeyReused, StoreBusy. What the caller can fix is in the effect's `user_errors`.
    """
    operator(call)
    source = _source(landscape, command.source)
    wrong = tuple(_mistakes(command, source))
    if wrong or source is None:
        return Decided(effect=Effect(user_errors=wrong))

    async def act(tx: Tx) -> Effect:
        return await _act(tx, call, source, command)

    return await decide(store, call, ("skuMappingSet", command, CONSOLE), asking, act)


async def _act(tx: Tx, call: Call, source: str, command: SkuMappingSet) -> Effect:
    known = (await meanings(tx, call.tenant, (), (command.sku,))).known
    if not known:
        message = f"no source has a product {command.sku}: make it first, in the system that owns products"
        return Effect(user_errors=(_error(UserErrorCode.UNKNOWN_SKU, message, "sku"),))
    blocked = await roots_of_case(tx, call.tenant, sku_case(source, command.external_sku))
    rule = SkuRule(sku=command.sku, pack_factor=Decimal(f"{command.pack_factor.normalize():f}"))
    version = await decide_policy(tx, call.tenant, (SKU, sku_name(source, command.external_sku)), rule, call.actor)
    scheduled = await rouse(tx, call.tenant, blocked) if command.replay_blocked else 0
    times = "" if command.pack_factor == 1 else f" of {command.pack_factor.normalize():f}"
    text = f"{command.external_sku} of {source} means {command.sku}{times}; {scheduled} orders are looked at again"
    return Effect(
        outcome={"scheduled": scheduled, "version": version},
        consequences=(Consequence(system=SystemKind.HUB, source="hub", text=text, reversible=True),),
    )


def _source(landscape: Landscape, named: str) -> str | None:
    if named in landscape.sources:
        return named
    of_adapter = [name for name, one in landscape.sources.items() if one.manifest.adapter == named]
    return of_adapter[0] if len(of_adapter) == 1 else None


def _mistakes(command: SkuMappingSet, source: str | None) -> list[UserError]:
    found = [
        wrong_text("externalSku", command.external_sku, longest=LONGEST_CODE),
        wrong_text("sku", command.sku, longest=LONGEST_CODE),
    ]
    if source is None:
        found.append(_error(UserErrorCode.NOT_FOUND, f"there is no source {command.source[:LONGEST_CODE]!r}", "source"))
    if not _is_factor(command.pack_factor):
        message = f"packFactor is greater than 0, at most {MOST_IN_PACK} and has at most {-PLACES} decimals"
        found.append(_error(UserErrorCode.QUANTITY_INVALID, message, "packFactor"))
    return [one for one in found if one is not None]


def _is_factor(value: Decimal) -> bool:
    if not value.is_finite() or not 0 < value <= MOST_IN_PACK:
        return False
    exponent = value.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent >= PLACES


def _error(code: UserErrorCode, message: str, name: str) -> UserError:
    return UserError(code=code, message=message, field=(name,))
