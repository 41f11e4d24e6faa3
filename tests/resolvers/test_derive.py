from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, cast

import pytest
import strawberry
from graphql import GraphQLSchema, execute_sync, parse
from strawberry.schema.config import StrawberryConfig

from hub.model.ids import global_id
from hub.model.values import group, internal
from hub.model.vocabulary import FieldGroup
from resolvers.derive import Node, Types, camel, choice, hidden, input_type, told
from resolvers.scalars import SCALARS
from resolvers.watch import Watch


class Colour(StrEnum):
    """What it looks like."""

    RED = "RED"
    """Like blood."""
    DARK_BLUE = "DARK_BLUE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What it costs."""

    amount: Decimal
    """Exact."""
    currency_code: str
    """ISO 4217."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the shop says."""

    price: Price | None = None
    """For one."""
    tags: tuple[str, ...] = ()
    """Words."""
    secret: str | None = internal(None)
    """Never shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Groups of a thing."""

    head: Head | None = group(FieldGroup.COMMERCIAL)
    """The head."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A thing."""

    id: str
    """Stable."""
    colour: Colour
    """How it looks."""
    return_: int = 0
    """Named as Python may not."""
    groups: Groups = Groups()
    """Groups."""
    parts: tuple["Part", ...] = ()
    """What it is made of."""
    order_id: str | None = None
    """The order it is of."""
    note: str | None = hidden()
    """For resolvers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a thing."""

    name: str
    """Its name."""


@input_type
class Wish:
    """A wish."""

    colour: Colour | None = None
    """Which colour."""
    in_: list[str] | None = None
    """One of these."""


@choice
class Pointer:
    """Points at one thing."""

    id: strawberry.ID | None = None
    """By id."""
    name: str | None = None
    """By name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingArguments:
    """Arguments of `thing`."""

    by: Pointer
    """Which one."""
    wish: Wish | None = None
    """What it should be like."""
    first: int | None = 7
    """How many."""


async def never(info: strawberry.Info) -> Watch[Thing]:
    """Nothing comes."""
    del info
    raise AssertionError


def made(**said: Any) -> Thing:
    return Thing(**({"id": "1", "colour": Colour.DARK_BLUE, "note": None} | said))


ASKED: list[ThingArguments] = []


def thing(info: strawberry.Info, asked: ThingArguments) -> Thing | None:
    """One thing."""
    del info
    ASKED.append(asked)
    price = Price(amount=Decimal("1E+1"), currency_code="EUR")
    return made(groups=Groups(head=Head(price=price, tags=("a",))), parts=(Part(name="wheel"),), order_id="9")


def bare(info: strawberry.Info) -> Sequence[Node]:
    """A thing without a head."""
    del info
    return [cast("Node", made())]


def neighbours(parent: strawberry.Parent[Thing]) -> Sequence[Thing] | None:
    """Things beside it."""
    return [parent]


@pytest.fixture(scope="module")
def schema() -> strawberry.Schema:
    types = Types()
    types.interface(Node)
    types.node(Thing, "Gadget", neighbours=neighbours)
    types.declare(Part)
    types.declare(Price)
    types.finish()
    query = types.root("Query", "Everything.", thing=thing, bare=bare)
    feed = types.root("Subscription", "Changes.", never=never)
    config = StrawberryConfig(scalar_map=SCALARS)
    return strawberry.Schema(query=query, subscription=feed, types=types.made, config=config)


def run(schema: strawberry.Schema, query: str) -> Any:
    core: GraphQLSchema = schema._schema  # noqa: SLF001  Strawberry has no public name for it
    said = execute_sync(core, parse(query))
    assert said.errors is None, said.errors
    return said.data


def test_the_schema_says_what_the_dataclasses_say(schema: strawberry.Schema) -> None:
    said = str(schema)
    for part in (
        '"""A thing."""\ntype Gadget implements Node {',
        '  """For one."""\n  price: Price\n',
        '  """Words."""\n  tags: [String!]\n',
        '  """Named as Python may not."""\n  return: Int!\n',
        '  """What it is made of."""\n  parts: [Part!]!\n',
        '  """The order it is of."""\n  orderId: ID\n',
        '  """Things beside it."""\n  neighbours: [Gadget!]\n',
        '  """ISO 4217."""\n  currencyCode: CurrencyCode!\n',
        '"""What it looks like."""\nenum Colour {\n  """Like blood."""\n  RED\n\n  """Dark blue."""\n  DARK_BLUE\n}',
        '"""A wish."""\ninput Wish {\n  """Which colour."""\n  colour: Colour\n\n',
        '  """One of these."""\n  in: [String!]\n}',
        "input Pointer @oneOf {",
        '    """How many."""\n    first: Int = 7\n',
        '  """Nothing comes."""\n  never: Gadget!\n',
    ):
        assert part in said, part
    assert "secret" not in said
    assert "note" not in said


def test_values_are_read_through_groups_and_ids_made_global(schema: strawberry.Schema) -> None:
    query = (
        '{thing(by: {name: "x"}, wish: {colour: RED, in: ["a"]}) {id return colour orderId price {amount currencyCode}'
    )
    said = run(schema, query + " tags parts {name} neighbours {__typename}}}")["thing"]
    assert said == {
        "id": global_id("Gadget", "1"),
        "return": 0,
        "colour": "DARK_BLUE",
        "orderId": global_id("Order", "9"),
        "price": {"amount": "10", "currencyCode": "EUR"},
        "tags": ["a"],
        "parts": [{"name": "wheel"}],
        "neighbours": [{"__typename": "Gadget"}],
    }
    asked = ASKED[-1]
    assert (asked.by.name, asked.by.id, asked.first) == ("x", None, 7)
    assert asked.wish is not None
    assert (asked.wish.colour, asked.wish.in_) == (Colour.RED, ["a"])


def test_a_missing_group_makes_its_fields_null(schema: strawberry.Schema) -> None:
    said = run(schema, "{bare {__typename id ... on Gadget {price {amount} tags orderId}}}")["bare"]
    assert said == [
        {"__typename": "Gadget", "id": global_id("Gadget", "1"), "price": None, "tags": None, "orderId": None}
    ]


def test_a_type_that_nobody_declared_is_named() -> None:
    types = Types()
    types.interface(Node)
    types.node(Thing, neighbours=neighbours)
    with pytest.raises(KeyError, match="Price"):
        types.finish()


def test_strings_under_fields_are_read_from_the_source() -> None:
    assert told(Part) == {"name": "Its name."}
    assert told(Colour) == {"RED": "Like blood."}


@pytest.mark.parametrize(("python", "graph"), [("line_no", "lineNo"), ("return_", "return"), ("sku", "sku")])
def test_names_are_camel_case(python: str, graph: str) -> None:
    assert camel(python) == graph
