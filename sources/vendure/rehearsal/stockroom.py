"""The Admin API's field that writes stock: an absolute number per place, no compare-and-set."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError

from sources.vendure.rehearsal.session import Door, Fields, Visit
from sources.vendure.rehearsal.shop import Shop
from sources.vendure.rehearsal.views import View, variant_view


class Stockroom:
    """Who counts; `fields` names its methods."""

    def __init__(self, shop: Shop, door: Door) -> None:
        self._shop, self._door = shop, door

    def fields(self) -> Fields:
        """Every field by the vendor's name."""
        return {"updateProductVariant": self.update}

    def update(self, visit: Visit, args: dict[str, Any]) -> View:  # Any: GraphQL input
        """Write what is on hand; below nothing is allowed too. An unknown place fails with the database's own words."""
        self._door.require(visit)
        given = args["input"]
        number = given["id"]
        variant = self._shop.variants.get(int(number) if number.isascii() and number.isdigit() else 0)
        if variant is None:
            self._shop.lost("ProductVariant", number)
        for level in given.get("stockLevels") or ():
            place = level["stockLocationId"]
            if not place.isdigit() or int(place) not in self._shop.locations:
                message = (
                    'insert or update on table "stock_level" violates foreign key constraint '
                    '"FK_984c48572468c69661a0b7b0494"'
                )
                raise GraphQLError(message)
            self._shop.count(variant, int(place), int(level["stockOnHand"]))
        return variant_view(self._shop, variant)
