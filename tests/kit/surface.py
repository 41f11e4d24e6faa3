"""The documents of the surface as they stand, and sent with identifiers that a rehearsal gave out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graphql import FragmentDefinitionNode, OperationDefinitionNode, parse
from graphql.utilities import separate_operations

_FLOWS = Path(__file__).parents[1] / "flows"
SDL = (_FLOWS / "surface.graphql").read_text(encoding="utf-8")
"""The target SDL of the core."""
TEXT = (_FLOWS / "operations.graphql").read_text(encoding="utf-8")
"""The documents, all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """An identifier of the demo's story that stands in a document, and what a rehearsal has instead."""

    document: str
    literal: str
    replacement: str
    is_what: str

    @property
    def line(self) -> str:
        """A line of the table."""
        return f"{self.document:16} {self.literal:22} -> {self.replacement:30} {self.is_what}"


def document(name: str) -> str:
    """One operation with the fragments it spreads, letter by letter as the file has it."""
    parts = separate_operations(parse(TEXT))[name].definitions
    named = [part for part in parts if isinstance(part, OperationDefinitionNode | FragmentDefinitionNode)]
    return "\n\n".join(TEXT[part.loc.start : part.loc.end] for part in named if part.loc is not None)


def said(literal: Literal) -> str:
    """The document with its literal replaced, and nothing else. Raises AssertionError unless it stands there once."""
    text = document(literal.document)
    assert text.count(f'"{literal.literal}"') == 1, literal
    return text.replace(f'"{literal.literal}"', f'"{literal.replacement}"')
