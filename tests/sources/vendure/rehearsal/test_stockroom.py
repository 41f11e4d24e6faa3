"""Stock written at the rehearsed desk."""

from tests.sources.vendure.conftest import House

WRITE = "mutation($i:UpdateProductVariantInput!){updateProductVariant(input:$i){sku stockLevels{stockOnHand}}}"


async def test_a_level_is_absolute_and_of_one_place_alone(house: House) -> None:
    desk = await house.desk()
    wanted = {"id": "2", "stockLevels": [{"stockLocationId": "2", "stockOnHand": 30}]}
    for _ in range(2):
        said = (await desk.ask(WRITE, i=wanted))["data"]["updateProductVariant"]
        assert said == {"sku": "MUG", "stockLevels": [{"stockOnHand": 50_000}, {"stockOnHand": 30}]}
    below = {"id": "2", "stockLevels": [{"stockLocationId": "1", "stockOnHand": -4}]}
    said = (await desk.ask(WRITE, i=below))["data"]["updateProductVariant"]
    assert [level["stockOnHand"] for level in said["stockLevels"]] == [-4, 30]


async def test_an_unknown_place_fails_in_the_databases_words_and_an_unknown_item_in_the_shops(house: House) -> None:
    desk = await house.desk()
    nowhere = {"id": "2", "stockLevels": [{"stockLocationId": "77", "stockOnHand": 4}]}
    assert "violates foreign key constraint" in (await desk.ask(WRITE, i=nowhere))["errors"][0]["message"]
    (unknown,) = (await desk.ask(WRITE, i={"id": "93"}))["errors"]
    assert unknown["extensions"]["code"] == "ENTITY_NOT_FOUND"
