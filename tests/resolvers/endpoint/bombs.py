"""Documents and bodies made to cost far more than they look like: each must be refused with a 4xx, cheaply."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Names of the schema under attack: a root field, one that leads on, a leaf, a paged one, the type of all three."""

    root: str
    child: str
    leaf: str
    paged: str
    kind: str


SAMPLE = Words(root="orders", child="parent", leaf="number", paged="related", kind="Order")
SURFACE = Words(root='order(by: {identifier: "317"})', child="trace", leaf="number", paged="timeline", kind="Order")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bomb:
    """One request body."""

    name: str
    body: bytes


def bombs(words: Words = SAMPLE, salt: str = "") -> list[Bomb]:
    """The corpus; another *salt* makes it unseen again to any cache."""
    documents = [
        *_fragments(words),
        *_repetitions(words),
        *_nestings(words),
        *_floods(words),
        *_values(words),
        *_pages(words),
        *_introspection(),
    ]
    salted = [Bomb(name=name, body=_body(f"{text}#{salt}" if salt else text)) for name, text in documents]
    return [*salted, *_bodies(words, salt)]


def _body(query: str, **members: object) -> bytes:
    return json.dumps({"query": query, **members}).encode()


Named = Iterator[tuple[str, str]]


def _fragments(w: Words) -> Named:
    for depth in (10, 14, 20, 40, 60, 90, 120, 180):
        yield f"fragments doubling {depth}", _doubling(w, depth, "SPREAD SPREAD")
    behind = f"a: {w.child} {{ SPREAD }} b: {w.child} {{ SPREAD }}"
    yield "fragments doubling behind fields", _doubling(w, 30, behind)
    yield "fragments tripling", _doubling(w, 20, "SPREAD SPREAD SPREAD")
    yield "fragments doubling into nothing", _doubling(w, 25, "SPREAD SPREAD", leaf="")
    yield "fragment of itself", f"{{ {w.root} {{ ...A }} }} fragment A on {w.kind} {{ ...A }}"
    yield "fragments in a ring", _ring(w, 2)
    yield "fragments in a long ring", _ring(w, 55)
    yield "fragments in a ring unused", _ring(w, 30).replace("...F0 }", w.leaf + " }", 1)
    yield "fragment chain", _chain(w, 59)
    yield "fragment chain too long", _chain(w, 190)
    beside = " ".join(f"...F{n}" for n in range(150))
    definitions = " ".join(f"fragment F{n} on {w.kind} {{ {w.leaf} }}" for n in range(150))
    yield "fragments beside each other", f"{{ {w.root} {{ {beside} }} }} {definitions}"
    twice = f"fragment F on {w.kind} {{ {w.leaf} {w.child} {{ {w.leaf} }} }}"
    yield "a fragment spread often", f"{{ {w.root} {{ {'...F ' * 600} }} }} {twice}"


def _doubling(w: Words, depth: int, shape: str, leaf: str | None = None) -> str:
    parts = [f"{{ {w.root} {{ ...F0 }} }}"]
    parts += [f"fragment F{n} on {w.kind} {{ {shape.replace('SPREAD', f'...F{n + 1}')} }}" for n in range(depth)]
    parts.append(f"fragment F{depth} on {w.kind} {{ {w.leaf if leaf is None else leaf} }}")
    return " ".join(parts)


def _ring(w: Words, length: int) -> str:
    ring = " ".join(f"fragment F{n} on {w.kind} {{ ...F{(n + 1) % length} }}" for n in range(length))
    return f"{{ {w.root} {{ ...F0 }} }} {ring}"


def _chain(w: Words, length: int) -> str:
    chain = " ".join(f"fragment F{n} on {w.kind} {{ {w.leaf} ...F{n + 1} }}" for n in range(length))
    return f"{{ {w.root} {{ ...F0 }} }} {chain} fragment F{length} on {w.kind} {{ {w.leaf} }}"


def _repetitions(w: Words) -> Named:
    child = f"{w.child} {{ {w.leaf} }}"
    yield "the same field 4,000 times", f"{{ {w.root} {{ {f'{w.leaf} ' * 4_000} }} }}"
    yield "the same field 900 times", f"{{ {w.root} {{ {f'{w.leaf} ' * 900} }} }}"
    yield "the same field with children 300 times", f"{{ {w.root} {{ {f'{child} ' * 300} }} }}"
    yield "the same field two levels deep", f"{{ {w.root} {{ {f'{w.child} {{ {child} {w.leaf} }} ' * 150} }} }}"
    yield "inline fragments 300 times", f"{{ {w.root} {{ {f'... on {w.kind} {{ {w.leaf} }} ' * 300} }} }}"
    yield "inline fragments with children", f"{{ {w.root} {{ {f'... on {w.kind} {{ {child} }} ' * 200} }} }}"
    yield "inline fragments without type", f"{{ {w.root} {{ {f'... {{ {w.leaf} }} ' * 450} }} }}"
    yield "the root field 200 times", "{ " + f"{w.root} {{ {w.leaf} }} " * 200 + "}"
    yield "__typename 1,900 times", f"{{ {w.root} {{ {'__typename ' * 1_900} }} }}"
    yield "leaves with other children", f"{{ {w.root} {{ {' '.join(f'{w.child} {{ f{n} }}' for n in range(350))} }} }}"


def _nestings(w: Words) -> Named:
    for depth in (11, 50, 300, 900):
        yield (
            f"{depth} levels of fields",
            f"{{ {w.root} " + f"{{ {w.child} " * depth + f"{{ {w.leaf} }} " + "}" * depth + " }",
        )
    yield "inline fragments inside each other", f"{{ {w.root} {{ " + "... { " * 200 + w.leaf + " }" * 200 + " } }"
    yield (
        "typed inline fragments inside each other",
        (f"{{ {w.root} {{ " + f"... on {w.kind} {{ " * 100 + w.leaf + " }" * 100 + " } }"),
    )
    yield "braces never closed", "{ a " * 5_000
    yield "braces only", "{" * 60_000
    yield "a list in lists", f"{{ {w.root} {{ {w.leaf}(a: {'[' * 500}1{']' * 500}) }} }}"
    yield "an object in objects", f"{{ {w.root} {{ {w.leaf}(a: {'{a: ' * 300}1{'}' * 300}) }} }}"
    yield "a type in lists", f"query ($a: {'[' * 900}Int{']' * 900}) {{ {w.root} {{ {w.leaf} }} }}"


def _floods(w: Words) -> Named:
    inner = f"{{ {w.root} {{ {w.leaf} }} }}"
    yield "31 aliases", f"{{ {w.root} {{ {' '.join(f'a{n}: {w.leaf}' for n in range(31))} }} }}"
    yield "600 aliases", f"{{ {w.root} {{ {' '.join(f'a{n}: {w.leaf}' for n in range(600))} }} }}"
    yield "root aliases", "{ " + " ".join(f"a{n}: {w.root} {{ {w.leaf} }}" for n in range(200)) + " }"
    yield "directives on one field", f"{{ {w.root} {{ {w.leaf} {'@include(if: true) ' * 280} }} }}"
    yield "directives on many fields", f"{{ {w.root} {{ {f'{w.leaf} @skip(if: false) ' * 200} }} }}"
    yield "unknown directives", f"{{ {w.root} {{ {w.leaf} {' '.join(f'@d{n}' for n in range(900))} }} }}"
    yield "directives on an operation", f"query {'@a ' * 800} {inner}"
    yield "5,000 variables", f"query ({' '.join(f'$v{n}: Int' for n in range(5_000))}) {inner}"
    yield "400 variables", f"query ({' '.join(f'$v{n}: Int = 1' for n in range(330))}) {inner}"
    yield "150 operations", " ".join(f"query Q{n} {inner}" for n in range(150))
    yield "150 mutations", "mutation { " + " ".join(f"m{n}: bump" for n in range(150)) + " }"
    yield "6 mutations", "mutation { " + " ".join(f"m{n}: bump" for n in range(6)) + " }"
    yield "unknown fields", f"{{ {w.root} {{ {' '.join(f'field{n}' for n in range(990))} }} }}"
    yield "nearly known fields", f"{{ {w.root} {{ {' '.join(f'{w.leaf}{n}' for n in range(990))} }} }}"
    yield "comments", "#\n" * 30_000 + inner
    yield "blank lines", "\n" * 250_000 + inner
    yield "commas", "," * 250_000 + inner
    yield "fragment definitions", inner + " ".join(f" fragment F{n} on {w.kind} {{ {w.leaf} }}" for n in range(200))
    yield "type definitions", inner + " ".join(f" type T{n} {{ a: Int }}" for n in range(200))


def _values(w: Words) -> Named:
    def given(value: str) -> str:
        return f"{{ {w.root} {{ {w.paged}(first: {value}) {{ {w.leaf} }} }} }}"

    yield "an integer of 60,000 digits", given("9" * 60_000)
    yield "a float of 60,000 digits", given("0." + "1" * 60_000)
    yield "a float with a huge exponent", given("1e999999999")
    yield "a list of 1,900 items", given("[" + "1 " * 1_900 + "]")
    yield "an object of 600 fields", given("{" + " ".join(f"a{n}: 1" for n in range(600)) + "}")
    yield "a string of 200,000 characters", given('"' + "x" * 200_000 + '"')
    yield "a block string of 60,000 lines", given('"""' + "x\n" * 30_000 + '"""')
    yield "a string of escapes", given('"' + "\\u0041" * 10_000 + '"')
    yield "a string with U+0000", given('"\\u0000"')
    yield "a name of 60,000 characters", f"{{ {w.root} {{ {'n' * 60_000} }} }}"
    yield "500 arguments", f"{{ {w.root} {{ {w.leaf}({' '.join(f'a{n}: 1' for n in range(500))}) }} }}"


def _pages(w: Words) -> Named:
    page = f"{w.paged}(first: 100) {{ "
    yield "pages in pages", f"{{ {w.root} {{ " + page * 4 + w.leaf + " }" * 4 + " } }"
    yield "one page of a million", f"{{ {w.root} {{ {w.paged}(first: 1000000) {{ {w.leaf} }} }} }}"
    yield "one negative page", f"{{ {w.root} {{ {w.paged}(first: -2000000) {{ {w.leaf} }} }} }}"
    yield (
        "pages by a default",
        (f"query ($n: Int = 1000) {{ {w.root} {{ {w.paged}(first: $n) {{ {w.paged}(last: $n) {{ {w.leaf} }} }} }} }}"),
    )
    yield "pages never said", f"{{ {w.root} {{ " + f"{w.paged} {{ " * 5 + w.leaf + " }" * 5 + " } }"


def _introspection() -> Named:
    for depth in (2, 4, 6):
        inner = "fields { type { " * depth + "name" + " } }" * depth
        yield f"introspection looping {depth} times", f"{{ __schema {{ types {{ {inner} }} }} }}"
    yield (
        "introspection by interfaces",
        "{ __schema { types { interfaces { possibleTypes { interfaces { name } } } } } }",
    )
    yield (
        "introspection in fragments",
        (
            "{ __schema { types { ...A } } } fragment A on __Type { fields { type { ...B } } } "
            "fragment B on __Type { fields { type { ...C } } } fragment C on __Type { fields { name } }"
        ),
    )
    yield "introspection twice", "{ a: __schema { types { name } } b: __schema { types { name } } }"
    yield "types 25 times", "{ " + " ".join(f't{n}: __type(name: "Order") {{ name }}' for n in range(25)) + " }"
    yield "a type of types without end", '{ __type(name: "Order") ' + "{ ofType " * 40 + "{ name }" + "}" * 40 + " }"


def _bodies(w: Words, salt: str) -> Iterator[Bomb]:
    small = f"{{ {w.root} {{ {w.leaf} }} }}#{salt}"
    paged = f"query ($n: Int) {{ {w.root} {{ {w.paged}(first: $n) {{ {w.leaf} }} }} }}#{salt}"
    yield Bomb(name="a page by variable", body=_body(paged, variables={"n": 10**9}))
    yield Bomb(name="a body of half a megabyte", body=_body(small + " " * 500_000))
    yield Bomb(name="JSON 100,000 deep", body=b"[" * 100_000 + b"]" * 100_000)
    yield Bomb(name="JSON of 80,000 objects", body=b'{"query":"{a}","variables":{"a":[' + b"{}," * 80_000 + b"{}]}}")
    yield Bomb(name="variables 40 deep", body=_body(small, variables=_deep(40)))
    yield Bomb(name="a variable of 100,000 digits", body=b'{"query":"{a}","variables":{"n":' + b"9" * 100_000 + b"}}")
    yield Bomb(name="a variable list of 100,000", body=_body(small, variables={"n": [1] * 80_000}))
    yield Bomb(name="20,000 variables given", body=_body(small, variables={f"v{n}": 1 for n in range(15_000)}))
    yield Bomb(name="a batch of 100", body=json.dumps([{"query": small}] * 100).encode())
    yield Bomb(name="quotes escaped for ever", body=b'"' + b'\\"' * 120_000)
    yield Bomb(name="quotes", body=b'"' * 250_000)
    yield Bomb(name="half a character", body=b'{"query":"{ hello(name: \\"\\ud800\\") }"}')


def _deep(levels: int) -> dict[str, object]:
    made: dict[str, object] = {"a": 1}
    for _ in range(levels):
        made = {"a": made}
    return made
