"""What people decide about a tenant's data, versioned (design D13)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hub.model.cases import ExceptionCode

SKU = "sku"
"""Kind of the policies that say what a source's item codes mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuRule:
    """What a source's item code means."""

    sku: str
    """The tenant's own item code."""
    pack_factor: Decimal = Decimal(1)
    """Units of that item in one of the source's."""
    unit: str | None = None
    """Unit that the item is counted in; None: as the source says."""


def sku_name(source: str, external_sku: str) -> str:
    """Name of the policy about one item code of one source."""
    return f"{source}|{external_sku}"


def sku_case(source: str, external_sku: str) -> str:
    """Dedup key of the one case about one item code of one source."""
    return f"{ExceptionCode.SKU_MAPPING_MISSING}|{sku_name(source, external_sku)}"
