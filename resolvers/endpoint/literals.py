"""Values written into a document: bounded before anything coerces them."""

from __future__ import annotations

from collections.abc import Iterable

from graphql import (
    ArgumentNode,
    DirectiveNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
)

from resolvers.endpoint.ports import Limits
from resolvers.endpoint.refusal import refuse, refuse_size


def check_arguments(arguments: Iterable[ArgumentNode] | None, limits: Limits) -> None:
    """Refuse an argument whose value is out of bounds."""
    for argument in arguments or ():
        check_value(argument.value, limits)


def check_directives(directives: Iterable[DirectiveNode] | None, limits: Limits) -> int:
    """Refuse a directive argument that is out of bounds; return how many directives there are."""
    count = 0
    for directive in directives or ():
        count += 1
        check_arguments(directive.arguments, limits)
    return count


def check_value(value: ValueNode, limits: Limits, level: int = 0) -> None:
    """Refuse long numbers, long or deep lists and objects, and NUL, which PostgreSQL cannot hold."""
    if isinstance(value, IntValueNode | FloatValueNode):
        if len(value.value) > limits.digits:
            refuse_size(f"a number has {len(value.value)} characters; at most {limits.digits} are taken")
    elif isinstance(value, StringValueNode):
        if "\x00" in value.value:
            refuse("a string holds the character U+0000, which cannot be stored")
    elif isinstance(value, ListValueNode | ObjectValueNode):
        _check_members(value, limits, level)


def _check_members(value: ListValueNode | ObjectValueNode, limits: Limits, level: int) -> None:
    if level >= limits.json_nesting:
        refuse_size(f"a value is nested deeper than {limits.json_nesting}")
    inner = value.values if isinstance(value, ListValueNode) else tuple(field.value for field in value.fields)
    if len(inner) > limits.input_list:
        refuse_size(f"a value lists {len(inner)} items; at most {limits.input_list} are taken")
    for member in inner:
        check_value(member, limits, level + 1)
