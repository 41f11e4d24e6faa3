"""The documents that change something in a shop; `documents` holds those that ask."""

from __future__ import annotations

_REFUSED = "__typename ... on ErrorResult { errorCode message } "
_STUCK = "... on OrderStateTransitionError { transitionError } "
_MOVED = "... on Order { id state }"

CANCEL = f"""
mutation HubCancel($input: CancelOrderInput!) {{
  cancelOrder(input: $input) {{ {_REFUSED} {_STUCK} ... on Order {{ id }} }}
}}
"""

BEGIN = """
mutation HubBegin { createDraftOrder { __typename id currencyCode } }
"""

CLAIM = """
mutation HubClaim($order: ID!, $input: UpdateOrderInput!) {
  setDraftOrderCustomFields(orderId: $order, input: $input) { __typename id }
}
"""

DROP = """
mutation HubDrop($order: ID!) { deleteDraftOrder(orderId: $order) { __typename result message } }
"""

ADD = f"""
mutation HubAdd($order: ID!, $input: AddItemToDraftOrderInput!) {{
  addItemToDraftOrder(orderId: $order, input: $input) {{ {_REFUSED} {_MOVED} }}
}}
"""

BUYER = f"""
mutation HubBuyer($order: ID!, $customer: ID, $input: CreateCustomerInput) {{
  setCustomerForDraftOrder(orderId: $order, customerId: $customer, input: $input) {{ {_REFUSED} {_MOVED} }}
}}
"""

SHIP_TO = """
mutation HubShipTo($order: ID!, $input: CreateAddressInput!) {
  setDraftOrderShippingAddress(orderId: $order, input: $input) { __typename id }
}
"""

BILL_TO = """
mutation HubBillTo($order: ID!, $input: CreateAddressInput!) {
  setDraftOrderBillingAddress(orderId: $order, input: $input) { __typename id }
}
"""

METHOD = f"""
mutation HubMethod($order: ID!, $method: ID!) {{
  setDraftOrderShippingMethod(orderId: $order, shippingMethodId: $method) {{ {_REFUSED} {_MOVED} }}
}}
"""

MOVE = f"""
mutation HubMove($order: ID!, $state: String!) {{
  transitionOrderToState(id: $order, state: $state) {{ {_REFUSED} {_STUCK} {_MOVED} }}
}}
"""

PAY = f"""
mutation HubPay($input: ManualPaymentInput!) {{
  addManualPaymentToOrder(input: $input) {{ {_REFUSED} {_MOVED} }}
}}
"""

PACK = f"""
mutation HubPack($input: FulfillOrderInput!) {{
  addFulfillmentToOrder(input: $input) {{ {_REFUSED} ... on Fulfillment {{ id }} }}
}}
"""

MOVE_PARCEL = f"""
mutation HubMoveParcel($parcel: ID!, $state: String!) {{
  transitionFulfillmentToState(id: $parcel, state: $state) {{
    {_REFUSED} ... on FulfillmentStateTransitionError {{ transitionError }} ... on Fulfillment {{ id }}
  }}
}}
"""

STOCK = """
mutation HubStock($input: UpdateProductVariantInput!) {
  updateProductVariant(input: $input) {
    __typename id sku name
    stockLevels { stockOnHand stockAllocated stockLocation { id name description } }
  }
}
"""

GIVE_BACK = f"""
mutation HubGiveBack($input: RefundOrderInput!) {{
  refundOrder(input: $input) {{ {_REFUSED} ... on Refund {{ id }} }}
}}
"""

SETTLE_REFUND = f"""
mutation HubSettleRefund($input: SettleRefundInput!) {{
  settleRefund(input: $input) {{
    {_REFUSED} ... on RefundStateTransitionError {{ transitionError }} ... on Refund {{ id }}
  }}
}}
"""

EFFECTS = (
    GIVE_BACK,
    SETTLE_REFUND,
    CANCEL,
    BEGIN,
    CLAIM,
    DROP,
    ADD,
    BUYER,
    SHIP_TO,
    BILL_TO,
    METHOD,
    MOVE,
    PAY,
    PACK,
    MOVE_PARCEL,
    STOCK,
)
