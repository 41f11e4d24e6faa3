"""The rehearsed ERP says no, in words alone (trap 10)."""


class Refusal(Exception):
    """A UserError: HTTP 400 over REST, 200 with `error` over JSON-RPC."""
