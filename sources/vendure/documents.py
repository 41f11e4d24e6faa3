"""Every GraphQL document this adapter sends. The contract suite validates each against the server's own schema."""

from __future__ import annotations

from sources.vendure.mutations import EFFECTS

_ADDRESS = "fullName company streetLine1 streetLine2 city province postalCode countryCode phoneNumber"
_ORDER = f"""
  id code state active currencyCode updatedAt orderPlacedAt total totalWithTax customFields {{ hubRequestId }}
  customer {{ id emailAddress firstName lastName phoneNumber groups {{ id name }} }}
  shippingLines {{ shippingMethod {{ code }} }}
  shippingAddress {{ {_ADDRESS} }}
  billingAddress {{ {_ADDRESS} }}
  lines {{ id quantity orderPlacedQuantity proratedUnitPrice productVariant {{ sku name }} }}
  payments {{
    id state amount method transactionId errorMessage createdAt updatedAt
    refunds {{ id state total method transactionId reason createdAt updatedAt }}
  }}
  fulfillments {{ id state method trackingCode createdAt updatedAt lines {{ orderLineId quantity }} }}
"""

LOGIN = """
mutation HubLogin($user: String!, $password: String!) {
  login(username: $user, password: $password) {
    __typename
    ... on ErrorResult { errorCode message }
  }
}
"""

ORDERS = f"""
query HubOrders($options: OrderListOptions!) {{
  orders(options: $options) {{
    totalItems
    items {{ {_ORDER} }}
  }}
}}
"""

FIND = """
query HubFind($options: OrderListOptions!) {
  orders(options: $options) { totalItems items { id } }
}
"""

VARIANTS = """
query HubVariants($options: ProductVariantListOptions!) {
  productVariants(options: $options) {
    totalItems
    items {
      id createdAt sku name
      stockLevels { stockOnHand stockAllocated stockLocation { id name description } }
    }
  }
}
"""

LOCATIONS = """
query HubLocations($options: StockLocationListOptions!) {
  stockLocations(options: $options) { totalItems items { id createdAt name description } }
}
"""

CUSTOMERS = """
query HubCustomers($options: CustomerListOptions!) {
  customers(options: $options) { items { id } }
}
"""

QUOTES = """
query HubQuotes($order: ID!) {
  eligibleShippingMethodsForDraftOrder(orderId: $order) { id code name }
}
"""

HEALTH = """
query HubHealth {
  orders(options: { take: 1, filter: { hubRequestId: { eq: "-" } } }) { totalItems }
  activeChannel { code defaultCurrencyCode }
  globalSettings { serverConfig { moneyStrategyPrecision orderProcess { name } } }
}
"""

ALL = (LOGIN, ORDERS, FIND, VARIANTS, LOCATIONS, CUSTOMERS, QUOTES, HEALTH, *EFFECTS)
