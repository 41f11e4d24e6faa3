"""The operators' door."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.errors import HubFault
from hub.store.store import Store
from hub.write.desk import Asking
from hub.write.operators import Operators
from tests.hub.write.test_console import OPS
from tests.hub.write.test_mapping import FLOUR
from tests.kit.merging import Looking


async def test_a_tenant_that_is_not_configured_has_no_door(store: Store) -> None:
    operators = Operators(store, Looking(store).writer)
    with pytest.raises(HubFault):
        await operators.map_sku(replace(OPS, tenant="nobody"), FLOUR, Asking(key="k"))
