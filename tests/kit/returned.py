"""A return in values: an order that was shipped, people who say what comes back, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hub.flow.cancel import Verdict
from hub.flow.facts import HUB, KeptCommand, KeptRecord, RootFacts
from hub.flow.order import flow
from hub.flow.returns.judging import judge_return
from hub.merge.assemble import assemble
from hub.model.billing import CreditMemoFacts, CreditMemoGroups, PaymentFacts, PaymentGroups, PaymentKind
from hub.model.cases import ExceptionCode
from hub.model.command import UserErrorCode
from hub.model.effects import (
    CREATE_RETURN,
    INSPECT_RETURN,
    POST_INVOICE,
    RECEIVE_RETURN,
    REFUND,
    TAKE_BACK,
)
from hub.model.intents import DeliveryState
from hub.model.manifest import Landscape
from hub.model.observation import Content, NaturalKey
from hub.model.order import OrderCommercial, OrderGroups, OrderParties
from hub.model.policy import NamedReturns
from hub.model.returning import (
    AnyReturnCommand,
    BackLine,
    CameLine,
    LookedAtLine,
    ReturnCloseCommand,
    ReturnInspectCommand,
    ReturnReceiveCommand,
    ReturnRefundCommand,
    ReturnRequestCommand,
)
from hub.model.returns import Disposition, ExchangeLine, Return, ReturnCondition, ReturnGroups, ReturnReason, ReturnType
from hub.model.schemes import RETURN_CODE
from hub.model.values import Address
from hub.model.vocabulary import Kind
from tests.kit.facts import ERP, SHOP, WMS, at, binding, d, eur, facts, landscape, line, link, order_record, record
from tests.kit.flows import apply, moved, order_of, pictured, seen
from tests.kit.managed import CODE, offering

BACK = "r1"
REFERENCE = f"{CODE}-R1"
PLACES: Landscape = landscape(
    binding(SHOP, writes=offering(TAKE_BACK, REFUND)),
    binding(ERP, writes=offering(CREATE_RETURN, RECEIVE_RETURN, INSPECT_RETURN, POST_INVOICE)),
    binding(WMS, writes=offering(CREATE_RETURN, RECEIVE_RETURN, INSPECT_RETURN)),
)
ERP_RETURN, WMS_RETURN = f"erp/return:{REFERENCE}", f"wms/return:{REFERENCE}"
WMS_RECEIVE, WMS_INSPECT = f"wms/receive:{REFERENCE}", f"wms/inspect:{REFERENCE}"
ERP_RECEIVE, ERP_INSPECT = f"erp/receive:{REFERENCE}", f"erp/inspect:{REFERENCE}"
SHOP_RETURN, CREDIT, PAID = f"shop/return:{REFERENCE}", "erp/credit:66", f"shop/refund:{REFERENCE}/1"
HOME = Address(name="Kim", lines=("Rue Haute 1",), city="Brussels", country="BE")
FULL = eur("121.00")
"""What the order costs: ten mugs of ten euros and 21 % tax."""


def shipped(*records: KeptRecord, units: int = 10, **more: Any) -> RootFacts:  # Any: of RootFacts
    """The facts of an order of mugs that has left and was paid; only mirrored."""
    head = OrderGroups(
        commercial=OrderCommercial(
            placed_at=at(5), channel="web", currency_code="EUR", total=FULL, net=eur("100.00"), tax=eur("21.00")
        ),
        parties=OrderParties(ship_to=HOME),
    )
    told: dict[str, Any] = {"order": head, "number": CODE, "bears": (NaturalKey(scheme="order.code", value=CODE),)}
    sold = Content(lines=(line("a", units, price=10, shipped=units),), status="SHIPPED", **told)
    booked: dict[str, Any] = {"order": head, "number": "317", "refers": (NaturalKey(scheme="order.code", value=CODE),)}
    sale = Content(lines=(line("70", units, price=10, shipped=units),), status="VALIDATED", **booked)
    more = {"landscape": PLACES, "now": at(3600), **more}
    buyer = (link("c9", Kind.CUSTOMER),)
    known = (order_record(SHOP, sold, links=buyer), order_record(ERP, sale), payment())
    return pictured(facts(*known, *records, **more))


def payment(name: str = "p1", kind: PaymentKind = PaymentKind.CAPTURE, amount: str = "121.00", **more: Any) -> (
    KeptRecord
):  # fmt: skip
    """Money that moved in the shop."""  # Any: of PaymentFacts
    told = PaymentGroups(facts=PaymentFacts(kind=kind, amount=eur(amount), **more))
    said = Content(payment=told, status="SUCCEEDED")
    return record(SHOP, Kind.PAYMENT, said, (0, 1), entity_id=name, source_id=name, links=(link("o1", Kind.ORDER),))


def begun(name: str = BACK) -> KeptRecord:
    """The hub's own record of a return that has just been asked for, before it is judged."""
    reference = f"{CODE}-R{name.removeprefix('r')}"
    said = Content(
        return_=ReturnGroups(),
        number="RMA-H1",
        status="REQUESTED",
        bears=(NaturalKey(scheme=RETURN_CODE, value=reference),),
    )
    return record(HUB, Kind.RETURN, said, (0, 1), entity_id=name, source_id=name, links=(link("o1", Kind.ORDER),))


def at_source(source: str, status: str, units: Mapping[str, tuple[int, int]], **more: Any) -> KeptRecord:
    """A source's own return: by item what was asked and what came; *number* where it has several."""
    number: int = more.pop("number", 9)  # Any: of KeptRecord
    name = "" if number == 9 else str(number)
    lines = tuple(line(f"{source}{sku}{name}", n, sku=sku, returned=came) for sku, (n, came) in units.items())
    key = NaturalKey(scheme=RETURN_CODE, value=REFERENCE)
    keys: dict[str, Any] = {"bears": (key,)} if source == ERP else {"refers": (key,)}
    said = Content(return_=ReturnGroups(), number=f"{source}-R", status=status, lines=lines, **keys)
    place = {"entity_id": BACK, "source_id": f"{source}-{number}", "links": (link("o1", Kind.ORDER),)}
    return record(source, Kind.RETURN, said, more.pop("seen", (4000, 4001)), **place, **more)


def ask(units: int | str = 3, **more: Any) -> ReturnRequestCommand:  # Any: of the command
    """Ask for mugs to come back, allowed at once."""
    one = BackLine(line_no=1, quantity=d(units), reason=more.pop("reason", ReturnReason.DEFECTIVE))
    more = {"lines": (one,), "authorize": True, **more}
    return ReturnRequestCommand(order_id="o1", return_id=BACK, **more)


def came(units: int | str, condition: ReturnCondition = ReturnCondition.OPENED, **more: Any) -> ReturnReceiveCommand:
    """So many came."""  # Any: of CameLine
    one = CameLine(line_no=more.pop("line_no", 1), quantity=d(units), condition=condition, **more)
    return ReturnReceiveCommand(order_id="o1", return_id=BACK, warehouse="WH", lines=(one,))


def looked(units: int | str, disposition: Disposition = Disposition.SCRAP, line_no: int = 1) -> ReturnInspectCommand:
    """That becomes of so many."""
    one = LookedAtLine(line_no=line_no, quantity=d(units), disposition_taken=disposition)
    return ReturnInspectCommand(order_id="o1", return_id=BACK, lines=(one,))


def pay(amount: str | None = None, **more: Any) -> ReturnRefundCommand:  # Any: of the command
    """Give money back."""
    given = None if amount is None else eur(amount)
    return ReturnRefundCommand(order_id="o1", return_id=BACK, **{"amount": given, **more})


def exchange(units: int | str = 3, out: tuple[str, int, str | None] = ("CUP", 2, "12.00"), **more: Any) -> (
    ReturnRequestCommand
):  # fmt: skip
    """Exchange mugs for cups."""  # Any: of the command
    sku, quantity, price = out
    line = ExchangeLine(sku=sku, quantity=d(quantity), unit_price=None if price is None else eur(price))
    return ask(units, type=ReturnType.EXCHANGE, exchange_lines=(line,), **more)


def close() -> ReturnCloseCommand:
    """End it as it stands."""
    return ReturnCloseCommand(order_id="o1", return_id=BACK)


def told(known: RootFacts, command: AnyReturnCommand, *policies: NamedReturns) -> RootFacts:
    """The facts once a command about a return was accepted and flow has run. Fails where it is refused."""
    known = _with_begun(known, command)
    name = f"k{len(known.commands) + 1}"
    verdict = _verdict(known, command, name, policies)
    assert verdict.user_errors == ()
    assert verdict.own_return is not None
    return_id, said = verdict.own_return
    own = next((one for one in known.records if (one.source, one.entity_id) == (HUB, return_id)), begun())
    others = [one for one in known.records if (one.source, one.entity_id) != (HUB, return_id)]
    kept = KeptCommand(
        id=name, operation="return", actor="rep", command=command, accepted_at=at(100 + len(known.commands))
    )
    records = (*others, replace(own, entity_id=return_id, content=said))
    return apply(replace(known, records=records, commands=(*known.commands, kept)))


def refused(known: RootFacts, command: AnyReturnCommand, *policies: NamedReturns) -> list[UserErrorCode]:
    """Why a command would be refused."""
    known = _with_begun(known, command)
    return [error.code for error in _verdict(known, command, "k", policies).user_errors]


def after(*commands: AnyReturnCommand, known: RootFacts | None = None) -> RootFacts:
    """The facts after these commands."""
    known = shipped() if known is None else known
    for command in commands:
        known = told(known, command)
    return known


def returned(known: RootFacts) -> Return:
    """The return as it stands."""
    found = assemble(known).documents[BACK]
    assert isinstance(found, Return)
    return found


def _with_begun(known: RootFacts, command: AnyReturnCommand) -> RootFacts:
    if isinstance(command, ReturnRequestCommand):
        known = replace(known, records=(*known.records, begun(command.return_id)))
    return pictured(known)


def cases_of(known: RootFacts) -> list[ExceptionCode]:
    """What people must look at now."""
    picture = assemble(known)
    return [case.code for case in (*picture.cases, *flow(known, picture).cases)]


def _verdict(known: RootFacts, command: AnyReturnCommand, name: str, policies: tuple[NamedReturns, ...]) -> Verdict:
    return judge_return(order_of(known), known, known.documents, command, (name, policies))


def memo(status: str, units: int = 3) -> KeptRecord:
    """The ERP's credit memo of the return."""
    said = Content(
        credit_memo=CreditMemoGroups(facts=CreditMemoFacts(total=eur("36.30"))),
        status=status,
        lines=(line("m", units, price=10),),
    )
    links = (link("r1", Kind.RETURN), link("o1", Kind.ORDER))
    return record(ERP, Kind.CREDIT_MEMO, said, (5000, 5001), entity_id="c1", source_id="66", links=links)


def allowed(**more: Any) -> RootFacts:  # Any: of the request
    """A return that ERP and warehouse have."""
    known = moved(moved(after(ask(3, **more)), ERP_RETURN, DeliveryState.DONE), WMS_RETURN, DeliveryState.DONE)
    known = seen(known, at_source(ERP, "AUTHORIZED", {"MUG": (3, 0)}))
    return seen(known, at_source(WMS, "AUTHORIZED", {"MUG": (3, 0)}))


def booked(known: RootFacts, units: int = 3) -> RootFacts:
    """The same once both have booked what came and what becomes of it."""
    for key in (WMS_RECEIVE, WMS_INSPECT, ERP_RECEIVE, ERP_INSPECT, SHOP_RETURN):
        known = moved(known, key, DeliveryState.DONE)
    known = seen(known, at_source(WMS, "INSPECTED", {"MUG": (3, units)}))
    return seen(known, at_source(ERP, "INSPECTED", {"MUG": (3, units)}))
