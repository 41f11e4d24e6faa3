"""A worker answers Prometheus where it is told to, and only there."""

from __future__ import annotations

import socket

import httpx
import pytest

from hub.errors import Misconfigured
from hub.measures.exposed import exposed
from hub.settings import MetricsSettings


def test_a_worker_tells_what_it_does() -> None:
    with exposed(MetricsSettings(port=0)) as port:
        answer = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False)
        assert "opshub_crossing_seconds" in answer.text
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False)


def test_without_a_port_it_does_not_answer() -> None:
    with exposed(MetricsSettings()) as port:
        assert port is None


def test_a_port_that_is_taken_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(Misconfigured, match=f"metrics.port: 127.0.0.1:{port}: "),
            exposed(MetricsSettings(port=port)),
        ):
            pass
