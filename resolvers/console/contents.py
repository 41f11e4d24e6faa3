"""The console's table of contents."""

from __future__ import annotations

from collections.abc import Mapping

from hub.model.letters import DeadLetter, DeadLetterGroup
from hub.model.notices import Notice, NoticePreference
from hub.model.partners import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from resolvers.console import approving, cases, decisions, holding, letters, mapping, notices, webhooks
from resolvers.derive import Resolver, Types

QUERIES: Mapping[str, Resolver] = {
    "exception_cases": cases.exception_cases,
    "dead_letter_groups": letters.dead_letter_groups,
    "dead_letters": letters.dead_letters,
    "notices": notices.notices,
    "notice_preferences": notices.notice_preferences,
    "webhook_endpoints": webhooks.webhook_endpoints,
    "webhook_deliveries": webhooks.webhook_deliveries,
}
"""What operators look at, by field."""
CONSOLE: Mapping[str, Resolver] = {
    "sku_mapping_set": mapping.sku_mapping_set,
    "exception_case_assign": cases.exception_case_assign,
    "exception_case_resolve": cases.exception_case_resolve,
    "dead_letter_replay": decisions.dead_letter_replay,
    "dead_letter_discard": decisions.dead_letter_discard,
    "dead_letter_resolve": decisions.dead_letter_resolve,
    "operation_approve": approving.operation_approve,
    "operation_refuse": approving.operation_refuse,
}
"""What they decide, by field."""


ON_ORDERS: Mapping[str, Resolver] = {
    "order_hold_place": holding.order_hold_place,
    "order_hold_release": holding.order_hold_release,
    "order_note_add": holding.order_note_add,
}
"""What is decided about one order, by field."""

OF_PARTNERS: Mapping[str, Resolver] = {
    "notice_preference_set": notices.notice_preference_set,
    "notice_resend": notices.notice_resend,
    "webhook_endpoint_set": webhooks.webhook_endpoint_set,
    "webhook_secret_rotate": webhooks.webhook_secret_rotate,
    "webhook_endpoint_remove": webhooks.webhook_endpoint_remove,
    "webhook_endpoint_disable": webhooks.webhook_endpoint_disable,
    "webhook_endpoint_enable": webhooks.webhook_endpoint_enable,
    "webhook_delivery_replay": webhooks.webhook_delivery_replay,
    "webhook_delivery_discard": webhooks.webhook_delivery_discard,
}
"""What partners and customers decide about being told, by field."""


def declare_console(types: Types) -> None:
    """Show what these answer."""
    types.declare(mapping.SkuMappingSetPayload)
    types.declare(DeadLetterGroup)
    types.declare(DeadLetter, order=letters.order_of_letter)
    types.declare(letters.DeadLetterEdge)
    types.declare(letters.DeadLetterConnection, total_count=letters.count_of_letters)
    types.declare(decisions.SkipReason)
    for held in (holding.OrderHoldPlacePayload, holding.OrderHoldReleasePayload, holding.OrderNoteAddPayload):
        types.declare(held)
    types.declare(approving.OperationApprovePayload)
    types.declare(approving.OperationRefusePayload)
    types.declare(cases.ExceptionCaseEdge)
    types.declare(cases.ExceptionCaseConnection, total_count=cases.count_of_cases)
    types.declare(cases.ExceptionCaseAssignPayload)
    types.declare(cases.ExceptionCaseResolvePayload)
    for shown in (
        Notice, NoticePreference, notices.NoticePreferenceSetPayload, notices.NoticeResendPayload,
        WebhookAttempt, WebhookDelivery, WebhookEndpoint, webhooks.WebhookDeliveryConnection,
        webhooks.WebhookEndpointSetPayload, webhooks.WebhookSecretRotatePayload,
        webhooks.WebhookEndpointRemovePayload, webhooks.WebhookEndpointDisablePayload,
        webhooks.WebhookEndpointEnablePayload, webhooks.WebhookDeliveryReplayPayload,
        webhooks.WebhookDeliveryDiscardPayload,
    ):  # fmt: skip
        types.declare(shown)
    for payload in (
        decisions.DeadLetterReplayPayload, decisions.DeadLetterDiscardPayload, decisions.DeadLetterResolvePayload,
    ):  # fmt: skip
        types.declare(payload)
