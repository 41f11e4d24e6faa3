"""What the rules on returns let pass, and what they do not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.crash.judge.evidence import Evidence
from tests.crash.judge.returned import (
    Bought,
    Clicked,
    ClickRow,
    Deed,
    Memo,
    Payback,
    Returned,
    ReturnLineRow,
    ReturnRow,
    Slip,
)
from tests.crash.judge.returning import (
    back_everywhere,
    credited_before_paid,
    credited_once,
    ended,
    no_ghost_deed,
    no_lost_click,
    one_deed_a_key,
    paid_once,
)

R1 = "C0-R1"
RULES = (no_lost_click, one_deed_a_key, no_ghost_deed, credited_once, paid_once, credited_before_paid, back_everywhere,
         ended)  # fmt: skip


def click(deed: Deed, key: str, **more: object) -> ClickRow:
    made = ClickRow(tenant="acme", id=f"op-{key}", client="rep", key=key, deed=deed, note=key, return_id="r1")
    return replace(made, **more)  # type: ignore[arg-type]  # a table


CAME = click(Deed.RECEIVE, "came", units=(("MUG", 3),))
LOOKED = click(Deed.INSPECT, "looked", judged=(("MUG", "QUARANTINE", 1), ("MUG", "RESTOCK", 1), ("MUG", "SCRAP", 1)))
PAID = click(Deed.REFUND, "paid")
ASKED = Clicked(
    tenant="acme",
    client="rep",
    key="paid",
    deed=Deed.REFUND,
    note="paid",
    code="C0",
    operation="op-paid",
    number="RMA-1",
)
LINE = ReturnLineRow(sku="MUG", authorized=3, received=3, restocked=1, quarantined=1, scrapped=1)
ROW = ReturnRow(
    tenant="acme", id="r1", code="C0", reference=R1, status="CLOSED", lines=(LINE,), suggested=Decimal("36.30")
)
ERP = Slip(
    tenant="acme", role="erp", reference=R1, source_id="7", state="processing", came=(("MUG", 3),), aside=(("MUG", 1),)
)
WMS = replace(ERP, role="wms", source_id="9", state="done", aside=(("MUG", 2),))
MEMO = Memo(tenant="acme", reference=R1, source_id="5", state="posted", units=(("MUG", 3),), net=Decimal("30.00"))
GIVEN = Payback(tenant="acme", code="C0", name=f"{R1}/1", cents=3630, state="Settled", is_credited=True)
BOUGHT = Bought(tenant="acme", code="C0", cents=9999, back=(("MUG", 3),))
OTHERS = tuple(replace(ASKED, key=one.key, note=one.key, deed=one.deed) for one in (CAME, LOOKED))
GOOD = Returned(
    clicked=(ASKED, *OTHERS),
    rows=(CAME, LOOKED, PAID),
    returns=(ROW,),
    slips=(ERP, WMS),
    memos=(MEMO,),
    paybacks=(GIVEN,),
    bought=(BOUGHT,),
    price=Decimal("10.00"),
)


def words(**changed: object) -> str:
    seen = Evidence(returned=replace(GOOD, **changed))  # type: ignore[arg-type]  # a table
    return "; ".join(word for rule in RULES for word in rule(seen))


def test_a_return_that_was_credited_and_paid_once_breaks_nothing() -> None:
    assert words() == ""


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"rows": (CAME, LOOKED)}, "accepted paid (paid) is not in the store"),
        ({"clicked": (ASKED, ASKED)}, "paid was answered as new more than once"),
        ({"clicked": (ASKED, replace(ASKED, replayed=True, number="RMA-2"))}, "paid was carried out more than once"),
        ({"clicked": (replace(ASKED, is_refused=True),)}, "returnRefund paid is in the store and was not accepted"),
        ({"slips": (ERP, replace(ERP, source_id="8"), WMS)}, "2 returns in the ERP"),
        ({"slips": (ERP, WMS, replace(ERP, reference="C0-R9"))}, "which nobody asked for"),
        ({"slips": (replace(ERP, state="draft"), WMS)}, "1 returns in the ERP, draft"),
        ({"memos": (MEMO, replace(MEMO, source_id="6"))}, "2 credit memos are for {'MUG': 6}"),
        ({"memos": (replace(MEMO, state="draft"),)}, "credit memo 5 is draft at the end"),
        ({"memos": (replace(MEMO, net=Decimal("36.30")),)}, "36.30 net is credited for {'MUG': 3} at 10.00"),
        ({"paybacks": (GIVEN, GIVEN)}, "C0-R1/1: 2 refunds at the shop"),
        ({"paybacks": (GIVEN, replace(GIVEN, name=f"{R1}/2", cents=1))}, "3631 cents are refunded, 36.30 is suggested"),
        ({"paybacks": (replace(GIVEN, cents=30), replace(GIVEN, name=f"{R1}/2", cents=1))}, "2 refunds for 1 wishes"),
        ({"paybacks": (replace(GIVEN, name="goodwill"),)}, "nothing was refunded, and is no return"),
        ({"bought": (replace(BOUGHT, cents=3629),)}, "3630 cents are refunded, 3629 were paid"),
        ({"paybacks": (replace(GIVEN, is_credited=False),)}, "refunded while the ERP had credited nothing"),
        ({"slips": (ERP, replace(WMS, came=(("MUG", 2),)))}, "{'MUG': 3} came, wms has {'MUG': 2}"),
        ({"returns": (replace(ROW, lines=(replace(LINE, received=6),)),)}, "{'MUG': 3} came, the hub has {'MUG': 6}"),
        ({"slips": (ERP, replace(WMS, aside=()))}, "{'MUG': 2} is not for sale, the wms has {} apart"),
        ({"bought": (replace(BOUGHT, back=()),)}, "{'MUG': 3} came back, the shop shows {}"),
        ({"returns": (replace(ROW, status="CREDITED"),)}, "should be over: it is CREDITED, with the cases []"),
        ({"returns": (replace(ROW, cases=("REFUND_FAILED",)),)}, "should be over: it is CLOSED"),
        ({"returns": (replace(ROW, waiting=("erp/inspect",)),)}, "erp/inspect never ended"),
        ({"returns": (replace(ROW, stopped=("erp/inspect",)),)}, "erp/inspect stopped, and no case says so"),
    ],
)
def test_whatever_goes_twice_or_astray_is_noticed(changed: dict[str, object], said: str) -> None:
    assert said in words(**changed)


def test_what_did_not_come_as_allowed_is_in_exactly_one_case_until_a_person_ends_it() -> None:
    more = replace(ROW, status="CREDITED", lines=(replace(LINE, authorized=2),))
    assert "CREDITED, with the cases []" in words(returns=(more,))
    assert "should be over" not in words(returns=(replace(more, cases=("RETURN_DISCREPANCY",)),))
    closed = (*GOOD.rows, click(Deed.CLOSE, "close"))
    assert "should be over" in words(returns=(replace(more, cases=("RETURN_DISCREPANCY",)),), rows=closed)


def test_what_the_hub_has_given_up_is_judged_by_its_case_alone() -> None:
    stopped = replace(ROW, status="INSPECTED", stopped=("erp/return",), cases=("DEAD_LETTER",))
    assert words(returns=(stopped,), slips=(WMS,), memos=(), paybacks=(), bought=(replace(BOUGHT, back=()),)) == ""
