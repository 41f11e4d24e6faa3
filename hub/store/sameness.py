"""Keys that decide sameness, and references from record to record (Id-1, Id-2)."""

from __future__ import annotations

from dataclasses import dataclass

from hub.model.vocabulary import Kind
from hub.store.rows import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRow:
    """A row of `identity`: `source` is the one whose object bears the key."""

    scheme: str
    source: str
    value: str
    birth: str
    kind: Kind
    entity_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityGone:
    """A key that no record of the source bears any more."""

    scheme: str
    source: str
    value: str
    birth: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """A row of `link`: what a record refers to. `target_id` None: not seen yet, joins nothing."""

    source: str
    kind: Kind
    source_id: str
    birth: str
    scheme: str
    value: str
    entity_id: str
    target_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkGone:
    """A reference that the record no longer has."""

    source: str
    kind: Kind
    source_id: str
    birth: str
    scheme: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """An entity that became a redirect."""

    survivor: str
    loser: str


_RECORD = "source text, kind text, source_id text, birth text"

PUT_IDENTITIES: Batch[IdentityRow] = Batch(
    "scheme text, source text, value text, birth text, kind text, entity_id text",
    """
insert into identity as kept (tenant, scheme, source, value, birth, kind, entity_id)
select :tenant, scheme, source, value, birth, kind, entity_id from $rows
on conflict (tenant, scheme, source, value, birth) do update set entity_id = excluded.entity_id, kind = excluded.kind
where kept.entity_id <> excluded.entity_id
""",
)

DROP_IDENTITIES: Batch[IdentityGone] = Batch(
    "scheme text, source text, value text, birth text",
    """
delete from identity as kept using $rows
where kept.tenant = :tenant and kept.scheme = x.scheme and kept.source = x.source and kept.value = x.value
  and kept.birth = x.birth
""",
)

PUT_LINKS: Batch[LinkRow] = Batch(
    f"{_RECORD}, scheme text, value text, entity_id text, target_id text",
    """
insert into link as kept (tenant, source, kind, source_id, birth, scheme, value, entity_id, target_id)
select :tenant, source, kind, source_id, birth, scheme, value, entity_id, target_id from $rows
on conflict (tenant, source, kind, source_id, birth, scheme, value) do update
set entity_id = excluded.entity_id, target_id = excluded.target_id
""",
)

DROP_LINKS: Batch[LinkGone] = Batch(
    f"{_RECORD}, scheme text, value text",
    """
delete from link as kept using $rows
where kept.tenant = :tenant and kept.source = x.source and kept.kind = x.kind and kept.source_id = x.source_id
  and kept.birth = x.birth and kept.scheme = x.scheme and kept.value = x.value
""",
)

MERGE_IDENTITIES: Batch[Merged] = Batch(
    "survivor text, loser text",
    """
update identity as kept set entity_id = x.survivor from $rows where kept.tenant = :tenant and kept.entity_id = x.loser
""",
)
