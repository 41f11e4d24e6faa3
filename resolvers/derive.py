"""GraphQL types derived from frozen dataclasses: one definition of an entity (design D1, house.md 10).

Docstrings under classes, fields and enum values are the descriptions. Field groups are flattened, internal fields
hidden, ids shown as global ids. A resolver takes its arguments as one dataclass, described in the same way.
"""

from __future__ import annotations

import ast
import inspect
import operator
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise
from types import NoneType, UnionType, new_class
from typing import Annotated, Any, TypeVar, Union, dataclass_transform, get_args, get_origin, get_type_hints

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver
from strawberry.types.unset import UNSET

from hub.model.ids import global_id
from hub.model.values import group_fields
from resolvers.scalars import ID_FIELDS, SCALAR_FIELDS
from resolvers.watch import Watch

ENUM_NAMES: Mapping[str, str] = {"Kind": "EntityKind"}
"""Enums whose name in the graph is not the class's."""

PLAIN = "is_plain"
"""Attribute of a resolver of (parent, info), without arguments, to which `info` is no more than its `context`."""

T = TypeVar("T")
Resolver = Callable[..., Any]  # Any: a resolver returns what its annotation says
_LISTS = (tuple, list, Sequence)
_LATER = (Awaitable, Watch)


def hidden() -> Any:  # Any: dataclasses.field is typed as its value
    """A field of a shown dataclass that is for resolvers only."""
    return field(metadata={"internal": True})


@cache
def told(kind: type) -> Mapping[str, str]:
    """The strings under the fields (or enum members) of *kind* and of the classes it inherits from, by name.

    A class that is made at run time says them in `__told__`.
    """
    found: dict[str, str] = {}
    for owner in reversed(kind.__mro__):
        if owner.__module__ in ("builtins", "enum", "typing"):
            continue
        if "__told__" in vars(owner):
            found |= vars(owner)["__told__"]
            continue
        for named, said in pairwise(_bodies(owner.__module__).get(owner.__qualname__, ())):
            target = named.target if isinstance(named, ast.AnnAssign) else _target(named)
            if isinstance(target, ast.Name) and isinstance(said, ast.Expr) and isinstance(said.value, ast.Constant):
                found[target.id] = inspect.cleandoc(str(said.value.value))
    return found


@cache
def _bodies(module: str) -> Mapping[str, Sequence[ast.stmt]]:
    """The statements of each class of a module, by its qualified name: parsed once, however many classes ask."""
    return dict(_classes(ast.parse(inspect.getsource(sys.modules[module])).body, ""))


def _classes(statements: Sequence[ast.stmt], above: str) -> Iterator[tuple[str, Sequence[ast.stmt]]]:
    for one in statements:
        if isinstance(one, ast.ClassDef):
            yield above + one.name, one.body
            yield from _classes(one.body, f"{above}{one.name}.")
        elif isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _classes(one.body, f"{above}{one.name}.<locals>.")


def told_names(kind: type) -> frozenset[str]:
    """Names in the graph of what the dataclass *kind* says itself, its groups flattened."""
    shown = [hint for hint in get_type_hints(kind).values() if isinstance(hint, type) and is_dataclass(hint)]
    holders = [hint for hint in shown if group_fields(hint)]
    parts = [get_args(hint)[0] for holder in holders for hint in get_type_hints(holder).values()]
    return frozenset(camel(spec.name) for one in (kind, *parts) for spec in fields(one))


def _target(statement: ast.stmt) -> ast.expr | None:
    return statement.targets[0] if isinstance(statement, ast.Assign) else None


def camel(name: str) -> str:
    """`line_no` as `lineNo`; a trailing underscore, which dodges a Python keyword, is dropped."""
    first, *rest = name.strip("_").split("_")
    return first + "".join(part.capitalize() for part in rest)


class Read(StrawberryField):
    """A field that reads one value off its parent, without arguments and without Strawberry's machinery."""

    read: Callable[[Any], Any]

    def get_result(self, source: Any, info: Any, args: Any, kwargs: Any) -> Any:
        """The value read."""
        return self.read(source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Anything with a global id."""

    id: str
    """Stable, opaque; finds the same thing again through `node`."""


class Types:
    """All derived types of one schema. Declare them in any order, then `finish`."""

    def __init__(self) -> None:
        self._classes: dict[type, type] = {}
        self._names: dict[type, str] = {}
        self._interfaces: list[type] = []
        self._nodes: list[type] = []
        self._related: dict[type, Mapping[str, Resolver]] = {}

    def declare(self, kind: type, name: str | None = None, /, **related: Resolver) -> None:
        """Show the dataclass *kind*, with the fields of *related* that functions answer."""
        self._names[kind] = name or kind.__name__
        self._related[kind] = related

    def interface(self, kind: type) -> None:
        """Show *kind* as an interface; dataclasses that inherit from it implement it."""
        self._interfaces.append(kind)
        self.declare(kind)

    def node(self, kind: type, name: str | None = None, /, **related: Resolver) -> None:
        """As `declare`, for what has a global id of its own and is found again by it."""
        self._nodes.append(kind)
        self.declare(kind, name, **related)

    def finish(self) -> None:
        """Make every declared type. Raises KeyError, naming it, for a dataclass that is used and not declared."""
        order = sorted(self._names, key=lambda kind: kind not in self._interfaces)
        for kind in order:
            bases = tuple(self._classes[parent] for parent in self._parents(kind))
            self._classes[kind] = new_class(self._names[kind], bases, exec_body=_empty)
        for kind in order:
            self._fill(kind)

    @property
    def made(self) -> list[type]:
        """Every type, also those that no field leads to but an interface."""
        return list(self._classes.values())

    def _parents(self, kind: type) -> list[type]:
        above = [one for one in self._interfaces if issubclass(kind, one) and one is not kind]
        return [*above, Node] if kind in self._nodes else above

    def _fill(self, kind: type) -> None:
        made = self._classes[kind]
        for name, shown in (self._told_fields(kind) | self._answered_fields(self._related[kind])).items():
            setattr(made, name, shown)
        said = inspect.cleandoc(kind.__doc__ or "")
        if kind in self._interfaces:
            strawberry.interface(made, name=self._names[kind], description=said)
            return
        made.is_type_of = staticmethod(lambda value, _info: isinstance(value, kind))  # type: ignore[attr-defined]  # ours
        strawberry.type(made, name=self._names[kind], description=said)

    def root(self, name: str, said: str, **answered: Resolver) -> type:
        """A root type: every field is answered by a function. Call after `finish`."""
        made = new_class(name, exec_body=_empty)
        for key, shown in self._answered_fields(answered).items():
            setattr(made, key, shown)
        return strawberry.type(made, name=name, description=said)

    def _told_fields(self, kind: type) -> dict[str, StrawberryField]:
        hints = get_type_hints(kind, include_extras=True)
        shown: dict[str, StrawberryField] = {}
        grouped: dict[str, StrawberryField] = {}
        for spec in fields(kind):
            hint = hints[spec.name]
            if spec.metadata.get("internal"):
                continue
            if is_dataclass(hint) and isinstance(hint, type) and group_fields(hint):
                grouped |= self._flattened(spec.name, hint)
            else:
                shown[spec.name] = self._told_field(kind, spec, hint)
        return grouped | shown  # what the hub derives itself stands above what a group says

    def _flattened(self, holder: str, groups: type) -> dict[str, StrawberryField]:
        shown: dict[str, StrawberryField] = {}
        for name, hint in get_type_hints(groups).items():
            (inner,) = (part for part in get_args(hint) if part is not NoneType)
            hints = get_type_hints(inner, include_extras=True)
            for spec in fields(inner):
                if not spec.metadata.get("internal"):
                    made = self._told_field(inner, spec, hints[spec.name] | None)
                    made.read = _through(holder, name, spec.name)
                    shown[spec.name] = made
        return shown

    def _told_field(self, kind: type, spec: Field[Any], hint: Any) -> Read:
        scalar = SCALAR_FIELDS.get(spec.name, str)
        refers = self._names.get(kind) if spec.name == "id" else ID_FIELDS.get(spec.name)
        if refers is not None:
            scalar = strawberry.ID
        shown = Read(
            python_name=spec.name,
            graphql_name=camel(spec.name),
            type_annotation=StrawberryAnnotation(self._translated(hint, scalar)),
            description=told(kind).get(spec.name),
        )
        shown.read = operator.attrgetter(spec.name) if refers is None else _global(spec.name, refers)
        return shown

    def _answered_fields(self, answered: Mapping[str, Resolver]) -> dict[str, StrawberryField]:
        return {name: self._answered_field(name, function) for name, function in answered.items()}

    def _answered_field(self, name: str, function: Resolver) -> StrawberryField:
        hints = get_type_hints(function, include_extras=True)
        function.__annotations__ = {**hints}  # else Strawberry parses and evaluates each of them on its own
        answer = hints.pop("return")
        shown = StrawberryField(
            python_name=name,
            graphql_name=camel(name),
            type_annotation=StrawberryAnnotation(self._translated(answer, str)),
            base_resolver=StrawberryResolver(function),
            description=inspect.cleandoc(function.__doc__ or ""),
            is_subscription=get_origin(answer) is Watch,
        )
        for key, hint in hints.items():
            if is_dataclass(hint) and isinstance(hint, type) and not issubclass(hint, strawberry.Info):
                shown.base_resolver = StrawberryResolver(_unpacked(function, key, hint))
                shown.arguments = _arguments(hint)
        return shown

    def _translated(self, hint: Any, scalar: Any) -> Any:
        """The Strawberry type of an annotation. Raises LookupError for a dataclass that nobody declared."""
        origin = get_origin(hint)
        if origin in (Union, UnionType):
            (inner,) = (part for part in get_args(hint) if part is not NoneType)
            return StrawberryOptional(self._translated(inner, scalar))
        if origin in _LISTS:
            return StrawberryList(self._translated(get_args(hint)[0], scalar))
        if origin in _LATER or origin is Annotated:
            return self._translated(get_args(hint)[0], scalar)
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            return shown_enum(hint)
        if is_dataclass(hint) and isinstance(hint, type):
            return self._classes[hint]
        return scalar if hint is str else hint


def _unpacked(function: Resolver, key: str, pack: type) -> Resolver:
    """*function* as Strawberry calls it: with the arguments one by one instead of as the dataclass *pack*."""
    names = {spec.name for spec in fields(pack)}

    def call(*args: Any, **given: Any) -> Any:
        said = {name: given.pop(name) for name in names & given.keys()}
        return function(*args, **given, **{key: pack(**said)})

    signature = inspect.signature(function, eval_str=True)
    kept = [one for one in signature.parameters.values() if one.name != key]
    call.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]  # what Strawberry reads
    call.__annotations__ = {one.name: one.annotation for one in kept}
    call.__name__, call.__module__ = function.__name__, function.__module__
    return call


def _arguments(pack: type) -> list[StrawberryArgument]:
    hints = get_type_hints(pack)
    made = []
    own = vars(pack).get("__annotations__", {})
    for spec in sorted(fields(pack), key=lambda one: one.name not in own):  # what is inherited comes last
        _describe(hints[spec.name])
        default = UNSET if spec.default is MISSING or spec.default is None else spec.default
        made.append(
            StrawberryArgument(
                python_name=spec.name,
                graphql_name=camel(spec.name),
                type_annotation=StrawberryAnnotation(hints[spec.name]),
                description=told(pack).get(spec.name),
                default=default,
            )
        )
    return made


def _describe(hint: Any) -> None:
    """Describe the enums of an argument before Strawberry takes them as they are."""
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        shown_enum(hint)
    for inner in get_args(hint):
        _describe(inner)


def _empty(body: dict[str, Any]) -> None:
    body.update(__annotations__={}, __module__=__name__)


def _through(holder: str, group: str, name: str) -> Callable[[Any], Any]:
    groups = operator.attrgetter(f"{holder}.{group}")

    def read(value: Any) -> Any:
        part = groups(value)
        return None if part is None else getattr(part, name)

    return read


def _global(name: str, kind: str) -> Callable[[Any], Any]:
    def read(value: Any) -> str | None:
        local = getattr(value, name)
        return None if local is None else global_id(kind, local)

    return read


def shown_enum(kind: type[StrEnum]) -> StrawberryEnumDefinition:
    """The GraphQL enum of *kind*; a value without a string under it is described by its own name in words."""
    strawberry.enum(kind, name=ENUM_NAMES.get(kind.__name__), description=inspect.cleandoc(kind.__doc__ or ""))
    definition: StrawberryEnumDefinition = kind.__strawberry_definition__  # type: ignore[attr-defined]  # just set
    said = told(kind)
    for value in definition.values:
        value.description = said.get(value.name) or value.name.replace("_", " ").capitalize() + "."
    return definition


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def input_type(kind: type[T]) -> type[T]:
    """Make *kind* an input; the strings under its fields are their descriptions, its docstring its own."""
    return _input(kind, one_of=False)


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def choice(kind: type[T]) -> type[T]:
    """Make *kind* an input of which exactly one field is given."""
    return _input(kind, one_of=True)


def _input(kind: type[T], *, one_of: bool) -> type[T]:
    for hint in get_type_hints(kind).values():
        _describe(hint)
    made: type[T] = strawberry.input(kind, one_of=one_of, description=inspect.cleandoc(kind.__doc__ or ""))
    owner: type = kind
    said = told(owner)
    for shown in made.__strawberry_definition__.fields:  # type: ignore[attr-defined]  # just made
        shown.description = said.get(shown.python_name)
        shown.graphql_name = camel(shown.python_name)
        if shown.default_value is None:
            shown.default_value = UNSET  # left out means null; the graph need not say so
    return made
