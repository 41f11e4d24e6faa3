"""Customers are told where settings say so, by one section a tenant."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.changes.follow import Following, Seat
from hub.clock import SystemClock
from hub.errors import Misconfigured
from hub.outward import Outward, telling
from hub.partners.addresses import Addresses
from hub.read.reader import Reader
from hub.seal import Seal
from hub.settings import NoticeSettings, Settings
from hub.store.store import Store
from tests.kit.recorder import ListRecorder


async def test_the_settings_decide(store: Store) -> None:
    clock = SystemClock()
    outward = Outward(
        store=store, reader=Reader(store, {}, Seal(b"x"), clock), clock=clock, recorder=ListRecorder(),
        addresses=Addresses(),
    )  # fmt: skip
    seat = Seat(name="notices", holder="one", lease=timedelta(seconds=1))
    following = Following(store=store, clock=clock, seat=seat)
    acme = NoticeSettings(tenant="acme")
    assert telling(Settings(), outward, following) is None
    assert telling(Settings(notices={"a": acme}), outward, following) is not None
    with pytest.raises(Misconfigured, match="another section"):
        telling(Settings(notices={"a": acme, "b": acme}), outward, following)
