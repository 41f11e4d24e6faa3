"""Has the hub look once more at everything, with nothing new: what stands must stand (Flow-2, step 7)."""

from __future__ import annotations

from tests.crash.admin import Admin
from tests.crash.quiet import until

MOST = 300  # looks

_STAND = "select tenant || ' ' || kind || ' ' || id as name, version from hub.entity where redirect_to is null"
_WAKE = "update hub.root set wake_at = clock_timestamp() where kind not in ('SOURCE', 'INVENTORY')"
_ASLEEP = """
select not exists (select from hub.root where wake_at <= clock_timestamp()) and not exists (select from hub.outbox)
"""

_WHAT = """
select payload ->> 'changed_fields' from hub.change_log
where tenant || ' ' || upper(aggregatetype) || ' ' || aggregateid = $1 order by position desc limit 1
"""


async def stirred(admin: Admin) -> tuple[str, ...]:
    """Entities whose version moved."""
    before = {row["name"]: row["version"] for row in await admin.rows(_STAND) or ()}
    await admin.rows(_WAKE)
    looks = iter(range(MOST))

    async def is_over() -> bool:
        return bool(await admin.value(_ASLEEP)) or next(looks, None) is None

    await until(is_over)
    after = {row["name"]: row["version"] for row in await admin.rows(_STAND) or ()}
    moved = sorted(name for name, now in after.items() if before.get(name) != now)
    return tuple([f"{name}, from v{before.get(name)}: {await admin.value(_WHAT, name)}" for name in moved])
