"""What the tests need in an empty Vendure, made through its own Admin API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.systems.vendure.admin import VendureApi

HUB_USER, HUB_PASSWORD = "hub@example.com", "hub-secret-1!"  # a server that lives for one test run
SUPER_USER, SUPER_PASSWORD = "superadmin", "superadmin-1!"
LANGUAGE = "en"
PERMISSIONS = [
    "ReadOrder", "CreateOrder", "UpdateOrder", "DeleteOrder", "ReadCatalog", "UpdateCatalog", "ReadProduct",
    "UpdateProduct", "ReadCustomer", "CreateCustomer", "UpdateCustomer", "ReadStockLocation", "UpdateStockLocation",
    "ReadShippingMethod", "ReadPaymentMethod", "ReadSettings", "ReadChannel",
]  # fmt: skip
CUSTOMERS = (("jan@example.com", "Jan", "Peeters"), ("ana@example.com", "Ana", "Silva"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product with one variant."""

    sku: str
    name: str
    price: int
    stock: tuple[int, int]
    """On hand in the first and the second warehouse."""


PRODUCTS = (
    Product(sku="TSHIRT-M", name="T-shirt M", price=1990, stock=(10_000, 200)),
    Product(sku="MUG", name="Mug", price=750, stock=(50_000, 0)),
    Product(sku="LAPTOP", name="Laptop", price=89_900, stock=(3, 2)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """The ids that Vendure gave to what was made."""

    variants: dict[str, str]
    shipping_method: str
    stock_locations: dict[str, str]
    registered: tuple[str, ...]
    user: str = HUB_USER
    password: str = field(default=HUB_PASSWORD, repr=False)


def seed(admin_url: str) -> Seeded:
    """Make zone, tax, shipping, payment, stock, products, customers and the hub's user; give their ids."""
    api = VendureApi(admin_url).login(SUPER_USER, SUPER_PASSWORD)
    channel, zone = _channel(api)
    tax = api.do('mutation{createTaxCategory(input:{name:"Standard",isDefault:true}){id}}')["id"]
    rate = {"name": "VAT 21%", "enabled": True, "value": 21, "categoryId": tax, "zoneId": zone}
    api.do("mutation($i:CreateTaxRateInput!){createTaxRate(input:$i){id}}", i=rate)
    shipping = _shipping(api)
    _payments(api)
    locations = _locations(api)
    variants = {product.sku: _variant(api, tax, locations, product) for product in PRODUCTS}
    for email, first, last in CUSTOMERS:
        _customer(api, email, first, last)
    _hub_user(api, channel)
    return Seeded(
        variants=variants, shipping_method=shipping, stock_locations=locations,
        registered=tuple(email for email, _, _ in CUSTOMERS),
    )  # fmt: skip


def _channel(api: VendureApi) -> tuple[str, str]:
    zone = api.do('mutation{createZone(input:{name:"EU"}){id}}')["id"]
    country = {"code": "BE", "enabled": True, "translations": [{"languageCode": LANGUAGE, "name": "Belgium"}]}
    belgium = api.do("mutation($i:CreateCountryInput!){createCountry(input:$i){id}}", i=country)["id"]
    api.do("mutation($z:ID!,$m:[ID!]!){addMembersToZone(zoneId:$z,memberIds:$m){id}}", z=zone, m=[belgium])
    channel: str = api.ask("{activeChannel{id}}")["activeChannel"]["id"]
    settings = {
        "id": channel, "defaultTaxZoneId": zone, "defaultShippingZoneId": zone, "pricesIncludeTax": False,
        "defaultCurrencyCode": "EUR", "availableCurrencyCodes": ["EUR"],
    }  # fmt: skip
    document = (
        "mutation($i:UpdateChannelInput!){updateChannel(input:$i){__typename ...on ErrorResult{errorCode message}}}"
    )
    api.do(document, i=settings)
    return channel, zone


def _shipping(api: VendureApi) -> str:
    calculator = [
        {"name": "rate", "value": "500"},
        {"name": "includesTax", "value": "exclude"},
        {"name": "taxRate", "value": "21"},
    ]
    method = {
        "code": "standard",
        "fulfillmentHandler": "manual-fulfillment",
        "checker": {
            "code": "default-shipping-eligibility-checker",
            "arguments": [{"name": "orderMinimum", "value": "0"}],
        },
        "calculator": {"code": "default-shipping-calculator", "arguments": calculator},
        "translations": [{"languageCode": LANGUAGE, "name": "Standard", "description": ""}],
    }
    made = api.do("mutation($i:CreateShippingMethodInput!){createShippingMethod(input:$i){id}}", i=method)
    return str(made["id"])


def _payments(api: VendureApi) -> None:
    for code, settle in (("dummy", "true"), ("dummy-auth", "false")):
        method = {
            "code": code,
            "enabled": True,
            "handler": {"code": "dummy-payment-handler", "arguments": [{"name": "automaticSettle", "value": settle}]},
            "translations": [{"languageCode": LANGUAGE, "name": code, "description": ""}],
        }
        api.do("mutation($i:CreatePaymentMethodInput!){createPaymentMethod(input:$i){id}}", i=method)


def _locations(api: VendureApi) -> dict[str, str]:
    main = api.ask("{stockLocations{items{id}}}")["stockLocations"]["items"][0]["id"]
    renamed = {"id": main, "name": "Main DC", "description": "WH"}
    api.do("mutation($i:UpdateStockLocationInput!){updateStockLocation(input:$i){id}}", i=renamed)
    added = {"name": "East DC", "description": "WH-EAST"}
    east = api.do("mutation($i:CreateStockLocationInput!){createStockLocation(input:$i){id}}", i=added)["id"]
    return {"WH": main, "WH-EAST": east}


def _variant(api: VendureApi, tax: str, locations: dict[str, str], product: Product) -> str:
    words: dict[str, Any] = {"languageCode": LANGUAGE, "name": product.name}
    page = {"enabled": True, "translations": [{**words, "slug": product.sku.lower(), "description": ""}]}
    made = api.do("mutation($i:CreateProductInput!){createProduct(input:$i){id}}", i=page)["id"]
    levels = [
        {"stockLocationId": at, "stockOnHand": n} for at, n in zip(locations.values(), product.stock, strict=True)
    ]
    variant = {
        "productId": made, "sku": product.sku, "price": product.price, "taxCategoryId": tax, "trackInventory": "TRUE",
        "stockLevels": levels, "translations": [words],
    }  # fmt: skip
    document = "mutation($i:[CreateProductVariantInput!]!){createProductVariants(input:$i){id}}"
    return str(api.do(document, i=[variant])[0]["id"])


def _customer(api: VendureApi, email: str, first: str, last: str) -> None:
    person = {"emailAddress": email, "firstName": first, "lastName": last}
    document = (
        "mutation($i:CreateCustomerInput!,$p:String){createCustomer(input:$i,password:$p)"
        "{__typename ...on ErrorResult{errorCode message}}}"
    )
    api.do(document, i=person, p="customer-1!")


def _hub_user(api: VendureApi, channel: str) -> None:
    role = {"code": "hub-integration", "description": "hub", "permissions": PERMISSIONS, "channelIds": [channel]}
    made = api.do("mutation($i:CreateRoleInput!){createRole(input:$i){id}}", i=role)["id"]
    user = {
        "emailAddress": HUB_USER,
        "firstName": "Hub",
        "lastName": "Robot",
        "password": HUB_PASSWORD,
        "roleIds": [made],
    }
    api.do("mutation($i:CreateAdministratorInput!){createAdministrator(input:$i){id}}", i=user)
