"""Vendure 3.7, a headless shop: Admin API (GraphQL) read and cancelled; its webhooks come from a small plugin.

Known limits (systems.md 5): `updatedAt` does not move on payment, fulfilment, delivery or refund, so open orders are
swept and their contents compared; a refund of a closed order is noticed by webhook only; a cancel does not refund.
"""
