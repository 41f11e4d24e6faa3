"""The console's table of contents."""

from __future__ import annotations

from collections.abc import Mapping

from resolvers.console import mapping
from resolvers.derive import Resolver, Types

CONSOLE: Mapping[str, Resolver] = {
    "sku_mapping_set": mapping.sku_mapping_set,
}
"""Mutations, by field."""


def declare_console(types: Types) -> None:
    """Show what they answer."""
    types.declare(mapping.SkuMappingSetPayload)
