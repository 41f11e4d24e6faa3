"""What customers agreed to is kept by staff alone."""

from __future__ import annotations

import pytest

from hub.call import Call
from hub.errors import Denied
from hub.model.notices import NoticeChannel, NoticeMilestone
from hub.notices.desk import Notices, PreferenceSet
from hub.store.store import Store
from hub.write.desk import Asking
from tests.kit.telling import to_be_told, to_tell

REP = Call(
    actor="rep", tenant="acme", scopes=frozenset({"orders:read", "orders:write"}), correlation_id="correlation-1"
)
PORTAL = Call(actor="portal", tenant="acme", scopes=REP.scopes, account="acme/west", correlation_id="correlation-1")
WANTS = PreferenceSet(customer_id="c1", channel=NoticeChannel.EMAIL, wants=(NoticeMilestone.SHIPPED,), language="de-AT")


async def test_a_preference_is_kept_with_who_said_so(store: Store) -> None:
    desk = Notices(store)
    await desk.prefer(REP, WANTS, Asking(key="k"))
    (stands,) = await desk.preferences(REP, "c1")
    assert (stands.wants, stands.language, stands.actor) == ((NoticeMilestone.SHIPPED,), "de-AT", "rep")


async def test_a_language_is_a_tag(store: Store) -> None:
    wrong = PreferenceSet(customer_id="c1", channel=NoticeChannel.EMAIL, wants=(), language="../x")
    decided = await Notices(store).prefer(REP, wrong, Asking(key="k"))
    assert [one.field for one in decided.effect.user_errors] == [("language",)]


async def test_it_is_for_staff(store: Store) -> None:
    desk = Notices(store)
    for asked in (desk.prefer(PORTAL, WANTS, Asking(key="k")), desk.preferences(PORTAL, "c1"), desk.told(PORTAL, "o1")):
        with pytest.raises(Denied):
            await asked


async def test_what_was_told_of_an_order_is_shown(store: Store) -> None:
    await to_be_told(store, to_tell(), to_tell("o2", root_id="o2"))
    assert [one.milestone for one in await Notices(store).told(REP, "o1")] == [NoticeMilestone.ORDER_ACCEPTED]
