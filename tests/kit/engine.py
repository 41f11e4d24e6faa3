"""A search engine in memory, for what is proven without a real one: indices, aliases and writes; hardly any search."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.search.wire import SearchRefused

Document = Mapping[str, Any]  # Any: JSON


@dataclass(slots=True, kw_only=True)
class ListEngine:
    """Keeps what it is given, and fails as `failures` say, first to last."""

    indices: dict[str, dict[str, Document]] = field(default_factory=dict)
    aliases: dict[str, set[str]] = field(default_factory=dict)
    versions: dict[tuple[str, str], int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    failures: list[Exception | None] = field(default_factory=list)
    """One for each bulk request; None: that one goes well."""
    items: list[dict[str, Any]] = field(default_factory=list)
    """Answers to the next items, instead of its own; an empty one: its own."""
    hits: list[dict[str, Any]] = field(default_factory=list)
    """What every search for hits finds."""

    async def ask(self, method: str, path: str, body: object = None, *, patience: float | None = None) -> Any:
        """As `Wire` says."""
        del patience
        self.asked.append(f"{method} {path}")
        parts = path.strip("/").split("/")
        if parts[0] in ("_bulk", "_aliases"):
            return self._bulk(body) if parts[0] == "_bulk" else self._swap(body)
        if parts[0] == "_index_template" or parts[-1] in ("_settings", "_refresh"):
            return {}
        if parts[0] == "_alias" or parts[-1] == "_alias":
            return self._names(parts)
        if "_doc" in parts:
            return self._place(method, parts, body)
        if parts[-1] == "_search":
            return self._search(parts[0], body)
        return self._index(method, parts[0], body)

    async def close(self) -> None:
        """Nothing is open."""

    def documents(self, name: str) -> dict[str, Document]:
        """What an alias or index holds."""
        behind = self.aliases.get(name, {name})
        return {key: one for index in behind for key, one in self.indices.get(index, {}).items()}

    def _index(self, method: str, name: str, body: Any) -> Any:
        if method == "DELETE":
            if name not in self.indices:
                raise _no(404, "index_not_found_exception")
            self._drop(name)
            return {}
        if name in self.indices:
            raise _no(400, "resource_already_exists_exception")
        self.indices[name] = {}
        for alias in body.get("aliases", {}):
            self.aliases.setdefault(alias, set()).add(name)
        return {}

    def _drop(self, name: str) -> None:
        del self.indices[name]
        self.aliases = {alias: rest for alias, names in self.aliases.items() if (rest := names - {name})}

    def _names(self, parts: list[str]) -> Any:
        if parts[0] == "_alias":
            found = {name for alias in parts[1].split(",") for name in self.aliases.get(alias, ())}
            if not found:
                raise _no(404, "alias missing")
            return {name: {} for name in found}
        return {name: {} for name in self.indices if name.startswith(parts[0].rstrip("*"))}

    def _swap(self, body: Any) -> Any:
        for action in body["actions"]:
            ((step, said),) = action.items()
            names = self.aliases.setdefault(said["alias"], set())
            (names.add if step == "add" else names.discard)(said["index"])
        return {}

    def _place(self, method: str, parts: list[str], body: Any) -> Any:
        kept = self.indices.setdefault(parts[0], {})
        if method == "PUT":
            kept[parts[2]] = body
        elif parts[2] not in kept:
            raise _no(404, "not found")
        return {"_source": kept[parts[2]]}

    def _bulk(self, body: Any) -> Any:
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        lines, said = [json.loads(line) for line in body.splitlines()], []
        while lines:
            ((act, head),) = lines.pop(0).items()
            document = None if act == "delete" else lines.pop(0)
            own = self.items.pop(0) if self.items else {}
            said.append({act: own or self._write(head, document)})
        return {"items": said}

    def _write(self, head: Any, document: Document | None) -> dict[str, Any]:
        behind = self.aliases.get(head["_index"])
        if head.get("require_alias") and not behind:
            return {"status": 404, "error": {"type": "index_not_found_exception"}}
        (index,) = behind or {head["_index"]}
        key, version = (index, head["_id"]), head.get("version", 0)
        if self.versions.get(key, 0) > version:
            return {"status": 409, "error": {"type": "version_conflict_engine_exception"}}
        self.versions[key] = version
        if document is None:
            return {"status": 200 if self.indices[index].pop(head["_id"], None) else 404, "result": "not_found"}
        self.indices.setdefault(index, {})[head["_id"]] = document
        return {"status": 201}

    def _search(self, name: str, body: Any) -> Any:
        if name not in self.aliases:
            raise _no(404, "index_not_found_exception")
        found = self.documents(name)
        if "ids" in body.get("query", {}):
            found = {key: one for key, one in found.items() if key in body["query"]["ids"]["values"]}
            return {"hits": {"hits": [{"_id": key, "_source": one} for key, one in found.items()]}}
        if "tenant" not in body.get("aggs", {}):
            return {"hits": {"hits": self.hits}, "aggregations": {name: {"buckets": []} for name in body["aggs"]}}
        before = next((one["range"]["id"]["lt"] for one in _filters(body) if "id" in one["range"]), None)
        within = [one for one in found.values() if before is None or one["id"] < before]
        return {"aggregations": {"tenant": {"buckets": _buckets(within)}}}


def _no(status: int, words: str) -> SearchRefused:
    return SearchRefused(f"{status} {words}", status=status)


def _filters(body: Any) -> list[Any]:
    return list(body["query"].get("bool", {}).get("filter", []))


def _buckets(documents: list[Document]) -> list[dict[str, Any]]:
    kinds = Counter((one["tenant"], one["kind"]) for one in documents)
    return [
        {
            "key": tenant,
            "doc_count": sum(count for (whose, _), count in kinds.items() if whose == tenant),
            "kind": {
                "buckets": [{"key": kind, "doc_count": n} for (whose, kind), n in kinds.items() if whose == tenant]
            },
        }
        for tenant in {tenant for tenant, _ in kinds}
    ]
