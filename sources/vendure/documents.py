"""Every GraphQL document this adapter sends. The contract suite validates each against the server's own schema."""

from __future__ import annotations

_ADDRESS = "fullName company streetLine1 streetLine2 city province postalCode countryCode phoneNumber"
_ORDER = f"""
  id code state active currencyCode updatedAt orderPlacedAt total totalWithTax
  customer {{ id emailAddress firstName lastName phoneNumber groups {{ id name }} }}
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

CANCEL = """
mutation HubCancel($input: CancelOrderInput!) {
  cancelOrder(input: $input) {
    __typename
    ... on Order { id }
    ... on ErrorResult { errorCode message }
    ... on OrderStateTransitionError { transitionError }
  }
}
"""

HEALTH = """
query HubHealth {
  activeChannel { code defaultCurrencyCode }
  globalSettings { serverConfig { moneyStrategyPrecision orderProcess { name } } }
}
"""

ALL = (LOGIN, ORDERS, FIND, VARIANTS, LOCATIONS, CANCEL, HEALTH)
