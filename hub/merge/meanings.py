"""What sources' own item codes mean, as people have said (design D13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from hub.codec import typed
from hub.flow.counting import in_units
from hub.flow.facts import HUB, ItemCode, KeptRecord
from hub.model.observation import Content
from hub.model.policy import SkuRule, sku_name
from hub.store.policies import meanings
from hub.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanings:
    """What the item codes at hand mean, and who has products of them."""

    rules: Mapping[str, SkuRule] = field(default_factory=dict)
    """By `source|code`."""
    known: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The tenant's own item code -> sources that have a product of it."""

    @property
    def codes(self) -> dict[tuple[str, str], ItemCode]:
        """(source, the tenant's own item code) -> what that source calls it, where it has one code for it alone."""
        found: dict[tuple[str, str], list[ItemCode]] = {}
        for name, rule in self.rules.items():
            source, _, code = name.partition("|")
            found.setdefault((source, rule.sku), []).append(ItemCode(code=code, factor=rule.pack_factor))
        return {at: codes[0] for at, codes in found.items() if len(codes) == 1}

    def rule_of(self, source: str, sku: str) -> SkuRule | None:
        """What a source's item code means; None where nobody has said."""
        return self.rules.get(sku_name(source, sku))


async def meanings_of(tx: Tx, tenant: str, told: Iterable[tuple[str, Content]]) -> Meanings:
    """The meaning of every item code in *told*, (source, content); asks nothing where no content has lines."""
    named = {(source, line.sku) for source, content in told for line in content.lines if source != HUB}
    if not named:
        return Meanings()
    found = await meanings(tx, tenant, {sku_name(*one) for one in named}, {sku for _, sku in named})
    known: dict[str, set[str]] = {}
    units: dict[str, str] = {}
    for one in found.known:
        known.setdefault(one.sku, set()).add(one.source)
        if one.unit is not None:
            units[one.sku] = one.unit
    rules = {name: typed(doc, SkuRule) for name, doc in found.rules.items()}
    return Meanings(
        rules={name: rule if rule.unit else replace(rule, unit=units.get(rule.sku)) for name, rule in rules.items()},
        known={sku: frozenset(sources) for sku, sources in known.items()},
    )


def translated(record: KeptRecord, said: Meanings) -> KeptRecord:
    """The record in the tenant's own item codes and units."""
    if not said.rules:
        return record
    rules = {line.id: said.rule_of(record.source, line.sku) for line in record.content.lines}
    if not any(rules.values()):
        return record
    lines = tuple(
        line if (rule := rules[line.id]) is None else replace(line, sku=rule.sku, unit=rule.unit or line.unit)
        for line in record.content.lines
    )
    named = replace(record, content=replace(record.content, lines=lines))
    return in_units(named, {name: one.pack_factor for name, one in rules.items() if one and one.pack_factor != 1})
