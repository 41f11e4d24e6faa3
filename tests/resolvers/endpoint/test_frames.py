from __future__ import annotations

import json

import pytest

from resolvers.endpoint.frames import CloseSocketError, Complete, Init, Ping, Pong, Subscribe, frame_of
from resolvers.endpoint.ports import Limits


def _frame(**message: object) -> object:
    return frame_of(json.dumps(message), Limits())


def test_an_init_brings_headers_in_its_payload_or_one_level_down() -> None:
    assert _frame(type="connection_init") == Init(headers={})
    payload = {"Authorization": "Bearer a", "n": 7, "headers": {"X-Hub": "b", "AUTHORIZATION": "Bearer c"}}
    assert _frame(type="connection_init", payload=payload) == Init(headers={"authorization": "Bearer c", "x-hub": "b"})


def test_frames_of_a_client_are_told_apart() -> None:
    assert _frame(type="ping", payload={}) == Ping()
    assert _frame(type="pong") == Pong()
    assert _frame(type="complete", id="a") == Complete(id="a")


def test_a_request_that_cannot_be_read_is_a_fault_of_its_operation_and_not_of_the_socket() -> None:
    good = _frame(type="subscribe", id="a", payload={"query": "{a}", "operationName": "A"})
    assert isinstance(good, Subscribe)
    assert good.request is not None
    assert (good.request.query, good.request.operation_name, good.fault) == ("{a}", "A", None)
    bad = _frame(type="subscribe", id="a", payload={"query": 7})
    assert isinstance(bad, Subscribe)
    assert bad.request is None
    assert "`query`" in str(bad.fault)


def test_half_a_character_is_refused_as_text_and_as_escape() -> None:
    for text in ('{"type":"\ud800"}', '{"type":"ping","payload":{"a":"\\ud800"}}'):
        with pytest.raises(CloseSocketError) as closed:
            frame_of(text, Limits())
        assert closed.value.code == 4400


def test_a_reason_fits_into_a_close_frame() -> None:
    assert len(CloseSocketError(4400, "ü" * 100).reason.encode()) == 122
