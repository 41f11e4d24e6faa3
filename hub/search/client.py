"""OpenSearch behind `hub.search.wire`, by opensearch-py. Loaded only where `[search]` names a url."""

from __future__ import annotations

import logging
from typing import Any

from opensearchpy import AsyncOpenSearch
from opensearchpy.exceptions import ConnectionError as NoConnection
from opensearchpy.exceptions import OpenSearchException, TransportError

from hub.errors import SearchAway
from hub.search.wire import SearchRefused
from hub.settings import SearchSettings

logging.getLogger("opensearch").setLevel(logging.CRITICAL)  # what goes wrong is raised, and said once by who meets it

PATIENCE = 30.0  # seconds for an answer that nobody waits for at a screen
BUSY = frozenset({429, 502, 503, 504})
LINES = {"content-type": "application/x-ndjson"}
JSON = {"content-type": "application/json"}


class Client:
    """An engine by its settings. Nothing is asked twice here: whoever asks knows what may be repeated."""

    def __init__(self, settings: SearchSettings) -> None:
        given: dict[str, Any] = {}  # Any: what the client takes
        if settings.password is not None:
            given["http_auth"] = (settings.user, settings.password.reveal())
        if settings.authorities is not None:
            given["ca_certs"] = str(settings.authorities)
        self._client = AsyncOpenSearch(
            hosts=[settings.url],
            max_retries=0,
            retry_on_timeout=False,
            http_compress=False,
            timeout=PATIENCE,
            **given,
        )

    async def ask(
        self, method: str, path: str, body: object = None, *, patience: float | None = None
    ) -> Any:  # Any: JSON
        """As `Wire` says."""
        wanted: dict[str, Any] = {} if patience is None else {"request_timeout": patience}  # Any: as above
        headers = LINES if isinstance(body, bytes) else JSON
        try:
            return await self._client.transport.perform_request(method, path, wanted, body, headers=headers)
        except NoConnection as wrong:  # also what took too long
            message = f"OpenSearch: {type(wrong).__name__}"
            raise SearchAway(message) from wrong
        except TransportError as wrong:
            raise _said(wrong) from wrong
        except OpenSearchException as wrong:
            message = f"OpenSearch: {type(wrong).__name__}: {wrong}"[:300]
            raise SearchAway(message) from wrong

    async def close(self) -> None:
        """Give connections back."""
        await self._client.close()


def _said(wrong: TransportError) -> Exception:
    status, words = int(wrong.status_code), f"OpenSearch: {wrong.status_code} {wrong.error}"[:300]
    return SearchAway(words, status=status) if status in BUSY else SearchRefused(words, status=status)
