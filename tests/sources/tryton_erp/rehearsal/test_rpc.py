"""JSON-RPC of the rehearsal."""

import pytest

from sources.tryton_erp.rehearsal.desk import Desk
from sources.tryton_erp.rehearsal.erp import Erp
from sources.tryton_erp.rehearsal.query import Unknown
from sources.tryton_erp.rehearsal.rpc import Rpc
from sources.tryton_erp.rehearsal.stand import Stand


@pytest.fixture
def rpc(stand: Stand) -> Rpc:
    return Rpc(stand.erp, stand.door, Desk(stand.erp))


def test_preferences_fields_counts_and_searches(rpc: Rpc, erp: Erp) -> None:
    erp.sell("CODE", [("MUG", 1, "1")])
    assert rpc.call("model.res.user.get_preferences", [True, {}])["company"] == 1
    assert rpc.call("model.sale.sale.search_count", [[], {}]) == 1
    assert rpc.call("model.sale.sale.search", [[["state", "=", "draft"]], 0, None, None, {}]) == [1]
    assert "packages" in rpc.call("model.stock.shipment.out.fields_get", [[], {}])
    assert rpc.call("model.sale.sale.fields_get", [["state"], {}])["state"]["selection"][0] == ["draft", "Draft"]


def test_what_lies_beneath_is_shown_under_a_name_with_a_dot(rpc: Rpc) -> None:
    (company,) = rpc.call("model.company.company.search_read", [[], 0, 1, None, ["currency.code", "timezone"], {}])
    assert company == {"id": 1, "currency": 1, "currency.": {"id": 1, "code": "EUR"}, "timezone": "Europe/Brussels"}


def test_buttons_are_pressed_for_many(rpc: Rpc, erp: Erp) -> None:
    sales = [erp.sell("A", [("MUG", 1, "1")]), erp.sell("B", [("MUG", 1, "1")])]
    assert rpc.call("model.sale.sale.quote", [[1, 2], {}]) is None
    assert [sale.state for sale in sales] == ["quotation", "quotation"]


@pytest.mark.parametrize("method", ["model.sale.sale.teleport", "wizard.x.create", "model", "common.db.list"])
def test_strange_methods_are_unknown(rpc: Rpc, method: str) -> None:
    with pytest.raises(Unknown):
        rpc.call(method, [[1], {}])


def test_the_last_parameter_is_the_context(rpc: Rpc) -> None:
    with pytest.raises(ValueError, match="context"):
        rpc.call("model.sale.sale.search_count", [[]])


def test_a_wizard_is_made_gone_through_and_deleted_and_only_its_last_state_acts(rpc: Rpc, erp: Erp) -> None:
    sale = erp.process(erp.sell("A", [("MUG", 1, "1")]))
    erp.bill(sale)
    context = {"active_model": "account.invoice", "active_id": 1}
    session, start, _ = rpc.call("wizard.account.invoice.credit.create", [{}])
    rpc.call("wizard.account.invoice.credit.execute", [session, {}, start, context])
    assert sale.invoices[0].state == "posted"
    rpc.call("wizard.account.invoice.credit.execute", [session, {"start": {}}, "credit", context])
    assert rpc.call("wizard.account.invoice.credit.delete", [session, {}]) == {}
    assert sale.invoices[0].state == "cancelled"
