"""Any number of rows in one statement: they travel as one JSON text, whatever the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from sqlalchemy import text

from hub.codec import written
from hub.store.tx import Tx

Row = TypeVar("Row")


class Batch(Generic[Row]):
    """A statement over `(values)`: the given rows, by the column names and types of `columns`.

    `columns` reads as in `json_to_recordset(...) as x(columns)`: each is a field of the row's dataclass. In the
    statement `$rows` stands for those rows, the table `x`, `$columns` for the columns' names, `:tenant` for the tenant.
    """

    def __init__(self, columns: str, sql: str) -> None:
        source = f"json_to_recordset(cast(:rows as json)) as x({columns})"
        names = ", ".join(column.split()[0] for column in columns.split(","))
        self._sql = text(sql.replace("$rows", source).replace("$columns", names))

    async def write(self, tx: Tx, tenant: str, rows: Sequence[Row]) -> None:
        """Send *rows* in one statement; none where there are none."""
        if rows:
            await tx.execute(self._sql, {"tenant": tenant, "rows": written(rows)})

    async def ask(self, tx: Tx, tenant: str, rows: Sequence[Row]) -> Sequence[str]:
        """The first column of what the statement returns, as texts; nothing is asked for no rows."""
        if not rows:
            return ()
        found: Sequence[str] = await tx.scalars(self._sql, {"tenant": tenant, "rows": written(rows)})
        return found
