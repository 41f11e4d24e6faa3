"""Whether a parsed document is small enough to validate and to run (reliability.md 2.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import DocumentNode, FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode, OperationType

from resolvers.endpoint.measure import Measure, Shape
from resolvers.endpoint.overlap import Overlaps
from resolvers.endpoint.ports import Limits
from resolvers.endpoint.refusal import refuse_size


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the pass learned of a document that is within its limits."""

    shapes: Mapping[str, Shape]
    """By name of the operation; the anonymous one under the empty string."""
    sized_by: frozenset[str]
    """Variables that decide page sizes: other values mean another cost."""


def profile(schema: GraphQLSchema, document: DocumentNode, limits: Limits, sizes: Mapping[str, int]) -> Profile:
    """Measure *document* under the variables' *sizes*; raise RefusedError where a limit is passed."""
    operations = [part for part in document.definitions if isinstance(part, OperationDefinitionNode)]
    fragments = [part for part in document.definitions if isinstance(part, FragmentDefinitionNode)]
    _check("operations", len(operations), limits.operations)
    _check("fragments", len(fragments), limits.fragments)
    measure = Measure(schema, document, limits, sizes)
    shapes: dict[str, Shape] = {}
    for operation in operations:
        shape = measure.operation(operation)
        _check_operation(operation, shape, limits)
        shapes[operation.name.value if operation.name else ""] = shape
    for fragment in fragments:
        _check_text(measure.fragment(fragment.name.value), limits)
    _check_overlaps(operations, fragments, limits)
    return Profile(shapes=shapes, sized_by=frozenset(measure.pages.asked))


def _check_text(shape: Shape, limits: Limits) -> None:
    """What bounds validation, for fragments that nothing spreads as well."""
    _check("levels of selections", shape.nesting, limits.nesting)
    _check("selections", shape.selections, limits.selections)
    _check("directives", shape.directives, limits.directives)


def _check_operation(operation: OperationDefinitionNode, shape: Shape, limits: Limits) -> None:
    _check_text(shape, limits)
    _check("levels of fields", shape.depth, limits.depth)
    _check("aliases", shape.aliases, limits.aliases)
    _check("root fields", shape.fields, limits.root_fields)
    if operation.operation is OperationType.MUTATION:
        _check("mutations", shape.fields, limits.mutations)
    if shape.cost > limits.cost:
        refuse_size(f"the operation may ask for {shape.cost} objects, more than {limits.cost}; take smaller pages")


def _check_overlaps(
    operations: list[OperationDefinitionNode], fragments: list[FragmentDefinitionNode], limits: Limits
) -> None:
    overlaps = Overlaps({fragment.name.value: fragment for fragment in fragments}, limits.overlaps)
    for operation in operations:
        overlaps.count([operation.selection_set])
    for fragment in fragments:
        if fragment.name.value not in overlaps.reached:
            overlaps.count([fragment.selection_set])
    if overlaps.pairs > limits.overlaps:
        refuse_size("the same response names are selected too often; select each field once")


def _check(what: str, found: int, limit: int) -> None:
    if found > limit:
        refuse_size(f"the document has {_about(found)} {what}; at most {limit} are allowed")


def _about(found: int) -> str:
    return str(found) if found < 1_000_000 else "more than a million"
