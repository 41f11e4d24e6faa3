"""The document of one return."""

from __future__ import annotations

from hub.flow.facts import HUB, KeptRecord
from hub.merge.ground import ground_of
from hub.merge.returns import AssembledReturn, PaidFor, assembled_return
from hub.model.billing import BillingLine, CreditMemo, CreditMemoStatus
from hub.model.cases import ExceptionCode
from hub.model.observation import Content
from hub.model.returns import (
    ReturnFinancialState,
    ReturnInitiator,
    ReturnPhysicalState,
    ReturnRequestFacts,
    ReturnStatus,
)
from hub.model.vocabulary import Kind
from tests.kit.facts import ERP, WMS, d, facts, line, link, record


def back(source: str, said: Content, **more: object) -> KeptRecord:
    links = (link("o1", Kind.ORDER), link("w1", Kind.WAREHOUSE))
    return record(source, Kind.RETURN, said, (0, 1), entity_id="r1", source_id=f"{source}-1", links=links, **more)


ALLOWED = back(ERP, Content(status="AUTHORIZED", number="C0-R1", lines=(line("e1", 3), line("e2", 1, sku="CUP"))))


def assembled(
    *records: KeptRecord, known: dict[str, int] | None = None, paid: PaidFor | None = None
) -> AssembledReturn:
    return assembled_return(ground_of(facts(*records)), "r1", {("r1", "e1"): "o1/1"}, known or {}, paid or PaidFor())


def came(status: str = "INSPECTED", **units: int) -> KeptRecord:
    lines = tuple(line(f"w{sku}", units[sku], sku=sku, returned=units[sku]) for sku in units)
    return back(WMS, Content(status=status, number="9", lines=lines))


def test_what_was_allowed_and_what_came_stand_on_one_line() -> None:
    found = assembled(ALLOWED, came(MUG=3, CUP=1)).return_
    assert (found.number, found.status, found.order_ids, found.warehouse_id) == (
        "C0-R1",
        ReturnStatus.INSPECTED,
        ("o1",),
        "w1",
    )
    assert [(one.line_no, one.sku, one.authorized, one.received, one.inspected) for one in found.lines] == [
        (1, "MUG", d(3), d(3), d(3)),
        (2, "CUP", d(1), d(1), d(1)),
    ]
    assert [one.order_line_id for one in found.lines] == ["o1/1", None]
    assert found.physical_state is ReturnPhysicalState.RECEIVED


def test_three_allowed_and_two_received_is_a_discrepancy_once_nothing_more_is_expected() -> None:
    early = assembled(ALLOWED, came("RECEIVED", MUG=2, CUP=1))
    assert (early.cases, early.return_.lines[0].missing) == ((), d(0))
    late = assembled(ALLOWED, came(MUG=2, CUP=1))
    (case,) = late.cases
    assert (case.code, case.title) == (ExceptionCode.RETURN_DISCREPANCY, "return C0-R1: 1 missing")
    assert (late.return_.physical_state, late.return_.lines[0].missing) == (ReturnPhysicalState.PARTIAL, d(1))


def test_what_nobody_allowed_is_a_line_of_its_own_and_too_many() -> None:
    found = assembled(ALLOWED, came("RECEIVED", MUG=4, CUP=1, HAT=1))
    assert [(one.sku, one.extra) for one in found.return_.lines] == [("MUG", d(1)), ("CUP", d(0)), ("HAT", d(0))]
    assert [case.title for case in found.cases] == ["return C0-R1: 1 too many"]


def test_goods_that_only_the_dock_knows_were_asked_for_by_nobody() -> None:
    found = assembled(came("RECEIVED", MUG=1))
    said = found.return_
    assert (said.number, said.status, said.lines[0].requested) == ("9", ReturnStatus.REQUESTED, d(1))
    assert (said.physical_state, said.lines[0].authorized) == (ReturnPhysicalState.RECEIVED, d(0))
    assert said.groups.request == ReturnRequestFacts(initiated_via=ReturnInitiator.WAREHOUSE_BLIND)
    assert [case.title for case in found.cases] == ["return 9: 1 came unasked"]


def test_lines_keep_their_numbers_whatever_came_first_and_count_for_themselves() -> None:
    first = assembled(came(CUP=1), known={"shop|s|a": 7})
    assert first.line_numbers == {"RETURN|wms|wms-1|wCUP": 1}
    then = assembled(ALLOWED, came(CUP=1), known=dict(first.line_numbers))
    assert [(one.line_no, one.sku) for one in then.return_.lines] == [(1, "CUP"), (2, "MUG")]


def test_posted_credit_memos_of_the_return_credit_its_lines() -> None:
    posted = CreditMemo(
        id="c1",
        version=1,
        status=CreditMemoStatus.POSTED,
        return_id="r1",
        lines=(BillingLine(sku="MUG", quantity=d(3)), BillingLine(sku="CUP", quantity=d(1))),
    )
    found = assembled(ALLOWED, came(MUG=3, CUP=1), paid=PaidFor(memos=(posted,))).return_
    assert [one.credited for one in found.lines] == [d(3), d(1)]
    assert found.financial_state is ReturnFinancialState.CREDITED


def test_more_than_was_asked_for_is_too_many_though_the_dock_expects_it_before_the_erp_has_it() -> None:
    asked = back(HUB, Content(status="RECEIVED", number="RMA-1", lines=(line("1", 3, returned=4),)))
    found = assembled(asked, came("RECEIVED", MUG=4)).return_
    assert [(one.requested, one.authorized, one.received, one.extra) for one in found.lines] == [
        (d(3), d(3), d(4), d(1))
    ]
