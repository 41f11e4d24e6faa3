"""HTTP manners: 200 for nearly everything, 400 where the document itself is wrong."""

import pytest

from sources.vendure.rehearsal.server import schema_of
from tests.sources.vendure.conftest import House


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"query":"{nope}"}', "GRAPHQL_VALIDATION_FAILED"),
        (b'{"query":"{orders{totalItems}"}', "GRAPHQL_PARSE_FAILED"),
        (
            b'{"query":"{orders(options:{filter:{orderPlacedAt:{after:\\"x\\"}}}){totalItems}}"}',
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (b"{}", "BAD_REQUEST"),
        (b"[]", "BAD_REQUEST"),
    ],
)
async def test_a_wrong_document_is_400_with_a_code(house: House, body: bytes, code: str) -> None:
    answer = await house.http.post("/admin-api", content=body)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, code)


async def test_what_is_no_json_is_400_in_another_shape(house: House) -> None:
    answer = await house.http.post("/admin-api", content=b"{bad json")
    assert (answer.status_code, answer.json()["statusCode"], answer.json()["path"]) == (400, 400, "/admin-api")


async def test_a_variable_that_does_not_fit_is_200_without_data(house: House) -> None:
    answer = await house.http.post("/admin-api", json={"query": "query($id:ID!){order(id:$id){id}}"})
    assert answer.status_code == 200
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_health_needs_no_session(house: House) -> None:
    assert (await house.http.get("/health")).json()["status"] == "ok"


def test_both_schemas_are_whole() -> None:
    for file, field in (("admin.graphql", "cancelOrder"), ("shop.graphql", "addPaymentToOrder")):
        mutation = schema_of(file).mutation_type
        assert mutation is not None
        assert field in mutation.fields
