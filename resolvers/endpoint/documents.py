"""Documents parsed, measured and validated once, then kept by their hash; refusals are kept as well (fault F1)."""

from __future__ import annotations

import gc
import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Source,
    validate,
)
from graphql.language.parser import Parser

from resolvers.endpoint.limits import Profile, profile
from resolvers.endpoint.measure import Shape
from resolvers.endpoint.pages import sizes_of
from resolvers.endpoint.ports import Limits
from resolvers.endpoint.refusal import Refusal, RefusedError, graphql_refusal, refuse_size

_ERRORS = 10  # validation errors told at most; finding more only costs time
_REFUSAL_WEIGHT = 50  # tokens that a kept refusal counts for


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One operation of a document that is valid and within its limits."""

    document: DocumentNode
    operation: OperationDefinitionNode
    shape: Shape

    @property
    def name(self) -> str | None:
        """The operation's name, if it has one."""
        return self.operation.name.value if self.operation.name else None

    @property
    def kind(self) -> str:
        """`query`, `mutation` or `subscription`."""
        return str(self.operation.operation.value)

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the root fields, in order, fragments written out."""
        parts = (part for part in self.document.definitions if isinstance(part, FragmentDefinitionNode))
        return tuple(_root_fields(self.operation.selection_set, {part.name.value: part for part in parts}))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    document: DocumentNode
    profile: Profile


class Documents:
    """The cache, bounded by tokens."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._schema = schema
        self._limits = limits
        self._kept: OrderedDict[bytes, _Kept | Refusal] = OrderedDict()
        self._weight = 0

    def prepare(self, text: str, variables: Mapping[str, object], name: str | None) -> Prepared:
        """The operation *name* of document *text*, ready to run. Raises RefusedError."""
        kept = self._find(text, variables)
        operation = _operation(kept.document, name)
        return Prepared(
            document=kept.document,
            operation=operation,
            shape=kept.profile.shapes[operation.name.value if operation.name else ""],
        )

    def _find(self, text: str, variables: Mapping[str, object]) -> _Kept:
        if len(text) > self._limits.document:
            refuse_size(f"the document has {len(text)} characters; at most {self._limits.document} are taken")
        key = hashlib.sha256(text.encode()).digest()
        kept = self._kept.get(key)
        if kept is None:
            return self._learn(key, text, variables)
        self._kept.move_to_end(key)
        if isinstance(kept, Refusal):
            raise RefusedError(kept)
        if kept.profile.sized_by:
            # Other page sizes are another cost; nothing else of the document depends on variables.
            sized = profile(self._schema, kept.document, self._limits, _sizes(kept.document, variables))
            return _Kept(document=kept.document, profile=sized)
        return kept

    def _learn(self, key: bytes, text: str, variables: Mapping[str, object]) -> _Kept:
        found, is_lasting = self._judged(text, variables)
        if is_lasting:
            self._keep(key, found)
        if isinstance(found, Refusal):
            # Tokens and nodes are rings that only a collection frees: who sent them pays for it, not who comes next.
            gc.collect(0)
            raise RefusedError(found)
        return found

    def _judged(self, text: str, variables: Mapping[str, object]) -> tuple[_Kept | Refusal, bool]:
        """What to make of a document never seen, and whether that is so whatever the variables are."""
        try:
            document = _parsed(text, self._limits)
            sizes = _sizes(document, variables)
        except RefusedError as error:
            return error.refusal, True
        try:
            known = profile(self._schema, document, self._limits, sizes)
        except RefusedError as error:
            return error.refusal, False
        errors = validate(self._schema, document, max_errors=_ERRORS, hide_suggestions=True)
        if errors:
            return graphql_refusal(errors[:_ERRORS], "GRAPHQL_VALIDATION_FAILED"), True
        return _Kept(document=document, profile=known), True

    def _keep(self, key: bytes, entry: _Kept | Refusal) -> None:
        self._kept[key] = entry
        self._weight += _weight_of(entry)
        while self._weight > self._limits.cached_tokens:
            _, oldest = self._kept.popitem(last=False)
            self._weight -= _weight_of(oldest)


def _weight_of(entry: _Kept | Refusal) -> int:
    return _REFUSAL_WEIGHT if isinstance(entry, Refusal) else entry.document.token_count or 1


def _parsed(text: str, limits: Limits) -> DocumentNode:
    parser = Parser(Source(text), max_tokens=limits.tokens)
    try:
        return parser.parse_document()
    except GraphQLSyntaxError as error:
        if (
            f"more than {limits.tokens} tokens" in error.message
        ):  # comments are counted, but not by a number we can read
            refuse_size(f"the document has more than {limits.tokens} tokens")
        raise RefusedError(graphql_refusal([error], "GRAPHQL_PARSE_FAILED")) from None
    except RecursionError:
        refuse_size("the document is nested too deeply")


def _sizes(document: DocumentNode, variables: Mapping[str, object]) -> dict[str, int]:
    """Page sizes by variable: what was given, else the greatest default any operation declares."""
    sizes: dict[str, int] = {}
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            for variable in definition.variable_definitions or ():
                default = variable.default_value
                if isinstance(default, IntValueNode) and len(default.value) < 12:
                    name = variable.variable.name.value
                    sizes[name] = max(sizes.get(name, 0), abs(int(default.value)))
    return sizes | sizes_of(variables)


def _root_fields(selected: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[str]:
    for selection in selected.selections:
        if isinstance(selection, FieldNode):
            yield selection.name.value
        elif isinstance(selection, FragmentSpreadNode):
            yield from _root_fields(fragments[selection.name.value].selection_set, fragments)
        elif isinstance(selection, InlineFragmentNode):
            yield from _root_fields(selection.selection_set, fragments)


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [part for part in document.definitions if isinstance(part, OperationDefinitionNode)]
    if name is None and len(operations) == 1:
        return operations[0]
    for operation in operations:
        if name is not None and operation.name is not None and operation.name.value == name:
            return operation
    message = "name one operation of the document in `operationName`"
    if operations and name is not None:
        message = "the document has no operation of the name asked for"
    raise RefusedError(graphql_refusal([GraphQLError(message)], "OPERATION_RESOLUTION_FAILURE"))
