"""Seed an empty Tryton 8.2, inside its own virtual environment: `python seed.py CONFIG DATABASE` prints JSON.

One company in EUR and Brussels, VAT 21 %, five goods and a service, two warehouses with stock, three customers, and the
hub's user with an application key.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import sys
import time
from decimal import Decimal
from typing import Any

from proteus import Model
from proteus import config as proteus_config
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, create_tax, get_accounts
from trytond.modules.account_invoice.tests.tools import create_payment_term, set_fiscalyear_invoice_sequences
from trytond.modules.company.tests.tools import create_company, get_company
from trytond.modules.currency.tests.tools import get_currency

USER = "hub"
GOODS = (("TSHIRT-M", "T-shirt M", "u", "19.90"), ("MUG", "Mug", "u", "7.50"), ("LAPTOP", "Laptop", "u", "899.00"),
         ("FLOUR", "Flour (bulk)", "kg", "1.2345"))  # fmt: skip
STOCK = {"WH": (("TSHIRT-M", 10_000), ("MUG", 50_000), ("LAPTOP", 3), ("FLOUR", "250.5")),
         "WH-EAST": (("TSHIRT-M", 20), ("LAPTOP", 2))}  # fmt: skip
GROUPS = ("Sales", "Sales Administrator", "Stock", "Stock Administration", "Stock Force Assignment",
          "Stock Cancellation", "Accounting", "Party Administration", "Product Administration", "Sale Amendment",
          "Payment")  # fmt: skip


class Seed:
    """One company, made step by step."""

    def __init__(self, config: str, database: str) -> None:
        self.config = proteus_config.set_trytond(database, config_file=config)
        self.user = Model.get("res.user")
        self.products: dict[str, Any] = {}  # Any: proteus makes its classes as it goes
        self.warehouses: dict[str, Any] = {}
        self.category: Any = None
        self.term: Any = None

    def company(self) -> Any:
        """The company, and an employee that the administrator is."""
        party = make("party.party", name="Hub Test Company", code="COMPANY")
        create_company(party=party, currency=get_currency("EUR"))
        company = get_company()
        company.timezone = "Europe/Brussels"
        company.save()
        employee = make("company.employee", party=make("party.party", name="Hub Robot"), company=company)
        admin = self.user(self.config.user)
        admin.employees.append(Model.get("company.employee")(employee.id))
        admin.employee = employee
        admin.save()
        context_only = True
        self.config._context = self.user.get_preferences(context_only, {})  # noqa: SLF001 - how proteus is told
        return company

    def accounting(self, company: Any) -> None:
        """Chart, fiscal years, VAT, the accounts of goods, a payment term and cash."""
        create_chart(company)
        year = time.gmtime().tm_year
        days = (dt.date(year, 1, 1), dt.date(year + 1, 12, 31))
        set_fiscalyear_invoice_sequences(create_fiscalyear(company, days)).click("create_period")
        accounts = get_accounts(company)
        tax = create_tax(Decimal("0.21"), company)
        tax.name = tax.description = "VAT 21%"
        tax.save()
        category = Model.get("product.category")(name="Goods", accounting=True)
        category.account_expense, category.account_revenue = accounts["expense"], accounts["revenue"]
        category.customer_taxes.append(tax)
        category.save()
        self.category = category
        self.term = create_payment_term()
        self.term.name = "Immediate"
        self.term.save()
        (journal,) = Model.get("account.journal").find([("type", "=", "cash")], limit=1)
        cash = {"credit_account": accounts["cash"], "debit_account": accounts["cash"]}
        make("account.invoice.payment.method", name="Cash", journal=journal, **cash)

    def goods(self) -> None:
        """What is sold, and a carrier with its own service."""
        found = Model.get("product.uom").find([("symbol", "in", ["u", "kg"])])
        units = {unit.symbol: unit for unit in found}
        for code, name, symbol, price in GOODS:
            self._product(code, name, units[symbol], price, "goods")
        cost = self._product("CARRIER-COST", "Carrier cost", units["u"], "5.00", "service")
        make("carrier", party=make("party.party", name="Test Carrier", code="CARRIER"), carrier_product=cost)
        make("stock.package.type", name="Box")

    def stock(self) -> None:
        """Two warehouses, and what lies in them."""
        location = Model.get("stock.location")
        (main,) = location.find([("code", "=", "WH")])
        main.name = "Main DC"
        main.waste_locations.append(location(main.lost_found_location.id))  # where scrap may go
        main.save()
        parts = {
            f"{part}_location": make(
                "stock.location", name=f"East {part}", code=f"E-{part[:3].upper()}", type="storage"
            )
            for part in ("input", "output", "storage")
        }
        parts["lost_found_location"] = main.lost_found_location  # without it no inventory can be confirmed
        east = make("stock.location", name="East DC", code="WH-EAST", type="warehouse", **parts)
        self.warehouses = {"WH": main, "WH-EAST": east}
        for code, rows in STOCK.items():
            inventory = Model.get("stock.inventory")(location=self.warehouses[code].storage_location)
            for sku, units in rows:
                line = inventory.lines.new(product=self.products[sku])
                line.quantity, line.expected_quantity = float(units), 0.0
            inventory.click("confirm")

    def customers(self) -> None:
        """One with a credit limit, one with prices of its own, one that stands for all web buyers."""
        country = make("country.country", name="Belgium", code="BE", code3="BEL", code_numeric="056")
        acme, beta, _ = (
            self._customer(code, name, country)
            for code, name in (("ACME", "Acme NV"), ("BETA", "Beta SA"), ("WEB", "Web customers"))
        )
        acme.credit_limit_amount = Decimal("1000.00")
        acme.save()
        prices = Model.get("product.price_list")(name="Wholesale", price="list_price")
        prices.lines.new().formula = "unit_price * 0.9"
        prices.save()
        beta.sale_price_list = prices
        beta.save()
        settings = Model.get("sale.configuration")(1)
        settings.sale_invoice_method = settings.sale_shipment_method = "order"
        settings.save()

    def access(self, company: Any) -> dict[str, str]:
        """The hub's user and its validated key."""
        password = secrets.token_urlsafe(18)
        hub = self.user(name="Hub integration", login=USER, password=password, email="hub@example.com")
        for group in Model.get("res.group").find([("name", "in", list(GROUPS))]):
            hub.groups.append(group)
        hub.companies.append(Model.get("company.company")(company.id))
        hub.company = Model.get("company.company")(company.id)
        hub.save()
        application = Model.get("res.user.application")
        key = application(user=hub, application="rest")
        key.save()
        if key.state == "requested":
            application.validate_([key.id], {})
        key.reload()
        return {"user": USER, "password": password, "key": key.key}

    def _product(self, code: str, name: str, unit: Any, price: str, kind: str) -> Any:
        template = Model.get("product.template")(name=name, code=code, type=kind, salable=True)
        template.default_uom = template.sale_uom = unit
        template.list_price = Decimal(price)
        template.account_category = self.category
        template.save()
        self.products[code] = template.products[0]
        return self.products[code]

    def _customer(self, code: str, name: str, country: Any) -> Any:
        party = Model.get("party.party")(name=name, code=code)
        address = party.addresses[0] if party.addresses else party.addresses.new()
        address.street_unstructured, address.postal_code, address.city = "Rue de la Loi 16", "1000", "Brussels"
        address.country, address.delivery, address.invoice = country, True, True
        party.contact_mechanisms.new(type="email", value=f"{code.lower()}@example.com")
        party.customer_payment_term = self.term
        party.save()
        return party


def make(model: str, **values: Any) -> Any:
    """A saved record."""
    record = Model.get(model)(**values)
    record.save()
    return record


def main() -> None:
    """Seed the database named on the command line."""
    seed = Seed(*sys.argv[1:])
    company = seed.company()
    seed.accounting(company)
    seed.goods()
    seed.stock()
    seed.customers()
    sys.stdout.write(json.dumps(seed.access(company)) + "\n")


if __name__ == "__main__":
    main()
