from __future__ import annotations

import json
from decimal import Decimal

from graphql import ExecutionResult, GraphQLError
from structlog.testing import capture_logs

from hub.call import Call
from hub.errors import HubFault, NotFound
from resolvers.endpoint.answer import failure_answer, refusal_answer, result_answer
from resolvers.endpoint.ports import Limits
from resolvers.endpoint.refusal import Fault, Refusal
from resolvers.errors import Shown

CALL = Call(actor="rep", tenant="acme", correlation_id="corr-1234")


def test_a_result_without_errors_has_no_member_errors() -> None:
    answer = result_answer(ExecutionResult({"a": 1}, None), CALL, "q", Limits())
    assert (answer.body, answer.codes, answer.is_last) == (b'{"data":{"a":1}}', (), False)


def test_the_cursor_of_an_event_is_that_of_its_only_root_field() -> None:
    def cursor(data: dict[str, object] | None) -> str | None:
        return result_answer(ExecutionResult(data, None), CALL, "q", Limits()).cursor

    assert cursor({"changed": {"cursor": "c1", "value": 1}}) == "c1"
    assert cursor({"changed": {"value": 1}}) is None
    assert cursor({"changed": {"cursor": 7}}) is None
    assert cursor({"a": {"cursor": "c1"}, "b": None}) is None
    assert cursor({"changed": None}) is None
    assert cursor(None) is None


def test_a_value_that_json_cannot_hold_is_a_fault_of_the_hub() -> None:
    with capture_logs() as lines:
        answer = result_answer(ExecutionResult({"a": Decimal(1)}, None), CALL, "q", Limits())
    assert (json.loads(answer.body)["data"], answer.codes, len(lines)) == (None, ("INTERNAL",), 1)


def test_the_first_error_of_the_hub_behind_graphql_errors_is_told() -> None:
    inner = GraphQLError("x", original_error=NotFound("no such order"))
    error = GraphQLError("y", path=["order"], original_error=inner)
    answer = result_answer(ExecutionResult(None, [error]), CALL, "q", Limits())
    (entry,) = json.loads(answer.body)["errors"]
    assert (entry["message"], entry["path"], entry["extensions"]["code"]) == ("no such order", ["order"], "NOT_FOUND")


def test_a_failure_stands_in_place_of_all_data() -> None:
    with capture_logs() as lines:
        answer = failure_answer(HubFault("secret row"), CALL, "orderChanged")
    assert answer.is_last
    assert b"secret row" not in answer.body
    assert [(line["operation"], line["correlation_id"]) for line in lines] == [("orderChanged", "corr-1234")]


def test_a_refusal_has_no_member_data() -> None:
    fault = Fault(shown=Shown(code="FORBIDDEN", message="no"), locations=((1, 2),))
    answer = refusal_answer(Refusal(faults=(fault,)), "corr-1234")
    assert json.loads(answer.body) == {
        "errors": [
            {
                "message": "no",
                "extensions": {"code": "FORBIDDEN", "retryable": False, "correlationId": "corr-1234"},
                "locations": [{"line": 1, "column": 2}],
            }
        ]
    }
