"""`opshub trace`: a story drawn as a waterfall, in the terminal however wide, or as SVG or HTML for others to look at.

Time runs from left to right and long silences are squeezed, so that a call of 20 ms is seen beside a wait of a week.
"""

from __future__ import annotations

import io
import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Column, Table
from rich.text import Text

from hub.asking import Where, ask, under
from hub.errors import InvalidInput
from hub.read.age import how_long

WIDE = 100  # columns from which name and bar stand side by side
DRAWN = 140  # columns of a picture
SUFFIXES = (".svg", ".html")
STYLES = {"OK": "green", "RETRY": "yellow", "FAILED": "red", "UNKNOWN": "magenta", "RUNNING": "cyan"}
_FACES = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)

TRACE = """
query Trace($id: String!) {
  trace(by: {identifier: $id}) {
    state durationMs waitingMs missing correlationIds identifiers { scheme value source }
    blocker { rootCause source text since attempt nextAttemptAt exceptionCase { id code status assignee } }
    slowest { kind operation source durationMs }
    hops { depth kind system source operation outcome attempt startedAt durationMs waitingMs error }
  }
}
"""

Told = Mapping[str, Any]  # Any: JSON of a trace, or of a hop


async def trace(hub: Where, identifier: str, out: Console, picture: Path | None = None) -> None:
    """Print a waterfall of every crossing, the slowest named, and what it waits for; or draw it into *picture*.

    Raises InvalidInput for a picture of another sort.
    """
    if picture is not None and picture.suffix not in SUFFIXES:
        message = f"a picture is {' or '.join(SUFFIXES)}: {picture.name} is neither"
        raise InvalidInput(message)
    told = (await ask(hub, TRACE, {"id": identifier}))["trace"]
    if told is None:
        out.print(f"Nothing is known by {identifier}.", markup=False)
        return
    if picture is None:
        show(told, out)
        return
    _keep(picture, drawn(told, identifier, picture.suffix))
    out.print(str(picture), markup=False, highlight=False, soft_wrap=True)


def _keep(picture: Path, text: str) -> None:
    picture.write_text(text, encoding="utf-8")


def drawn(told: Told, title: str, suffix: str) -> str:
    """The waterfall as the text of a file; it loads nothing from anywhere."""
    paper = Console(record=True, width=DRAWN, file=io.StringIO(), force_terminal=True, legacy_windows=False)
    show(told, paper)
    if suffix == ".svg":
        return _FACES.sub("", paper.export_svg(title=title))
    return paper.export_html(inline_styles=True)


def show(told: Told, out: Console) -> None:
    """Print a trace as the graph tells it."""
    for part in shown(told, out.width):
        out.print(part)


def shown(told: Told, width: int) -> Iterator[RenderableType]:
    """What is printed of a trace on a terminal of *width* columns."""
    names = dict.fromkeys(f"{one['scheme']} {one['value']}" for one in told["identifiers"])
    if names:
        yield Text(" · ".join(names), style="bold")
    if told["hops"]:
        yield from [_table(told["hops"], width)] if width >= WIDE else _lines(told["hops"], width)
    yield Text.assemble(
        (told["state"], "bold"), f" in {_long(told['durationMs'])}, waiting {_long(told['waitingMs'])}."
    )
    if (slowest := told["slowest"]) is not None and slowest["durationMs"]:
        where = f" at {slowest['source']}" if slowest["source"] else ""
        yield Text(f"Slowest: {slowest['kind']} {slowest['operation']}{where}, {_long(slowest['durationMs'])}.")
    if told["blocker"] is not None:
        yield from _blocker(told["blocker"])
    yield from (Text(f"Left no hop: {lost}", style="yellow") for lost in told["missing"])
    yield Text("Correlation ids: " + " ".join(told["correlationIds"]), style="dim")


class Scale:
    """Where an instant stands, from 0 to 1: the logarithm of each stretch between two events counts."""

    def __init__(self, hops: Sequence[Told]) -> None:
        self._at = sorted({moment for hop in hops for moment in span_of(hop)})
        self._share = [0.0]
        for earlier, later in zip(self._at, self._at[1:], strict=False):
            self._share.append(self._share[-1] + math.log1p((later - earlier) / timedelta(milliseconds=1)))

    def column(self, moment: datetime, width: int) -> int:
        """The column of *width* in which an instant stands that some hop begins or ends at."""
        share = self._share[bisect_right(self._at, moment) - 1]
        return round(share / (self._share[-1] or 1.0) * width)


def span_of(hop: Told) -> tuple[datetime, datetime, datetime]:
    """When a hop came to stand in line, began and ended."""
    began = datetime.fromisoformat(hop["startedAt"])
    waited, took = timedelta(milliseconds=hop["waitingMs"] or 0), timedelta(milliseconds=hop["durationMs"] or 0)
    if hop["kind"] == "CHANGE":  # it waits in the outbox from its recording on
        return began, began + took, began + took
    return began - waited, began, began + took


def bar(hop: Told, scale: Scale, width: int) -> Text:
    """A hop's wait and work on a line of *width* columns."""
    came, began, ended = (min(scale.column(moment, width), width) for moment in span_of(hop))
    came, began = min(came, width - 1), min(began, width - 1)
    line = Text(" " * came)
    line.append("░" * (began - came), style="dim")
    line.append("█" * max(1, ended - began), style=STYLES.get(hop["outcome"], ""))
    return line


def _table(hops: Sequence[Told], width: int) -> Table:
    room = max(20, width // 3)
    scale = Scale(hops)
    columns = (Column("ms", justify="right", no_wrap=True), Column("waited", justify="right", no_wrap=True))
    table = Table(Column("crossing", overflow="fold"), "at", "outcome", *columns, Column("", width=room), box=None)
    for hop in hops:
        outcome = Text(hop["outcome"], style=STYLES.get(hop["outcome"], ""))
        waited = str(hop["waitingMs"]) if hop["waitingMs"] else ""
        table.add_row(_name(hop), _where(hop), outcome, str(hop["durationMs"] or 0), waited, bar(hop, scale, room))
        if hop["error"]:
            table.add_row(Text(f"{'  ' * (hop['depth'] + 1)}{hop['error']}", style="red"))
    return table


def _lines(hops: Sequence[Told], width: int) -> Iterator[RenderableType]:
    scale = Scale(hops)
    for hop in hops:
        waited = f", waited {_long(hop['waitingMs'])}" if hop["waitingMs"] else ""
        facts = f" {_where(hop)} {hop['outcome']} {_long(hop['durationMs'] or 0)}{waited}"
        yield Text.assemble((_name(hop).plain.strip(), "bold"), facts)
        if hop["error"]:
            yield under(hop["error"], "red")
        yield bar(hop, scale, max(10, width - 1))


def _name(hop: Told) -> Text:
    attempt = f" #{hop['attempt']}" if (hop["attempt"] or 1) > 1 else ""
    return Text(f"{'  ' * hop['depth']}{hop['kind']} {hop['operation']}{attempt}")


def _where(hop: Told) -> Text:
    return Text(hop["source"] or hop["system"])


def _blocker(told: Told) -> Iterator[Text]:
    yield Text.assemble(("Waits for ", "bold"), (told["rootCause"], "bold red"), f": {told['text']}")
    facts = [f"since {_moment(told['since'])}"]
    if told["attempt"]:
        facts.append(f"attempt {told['attempt']} made")
    if told["nextAttemptAt"]:
        facts.append(f"next at {_moment(told['nextAttemptAt'])}")
    if (case := told["exceptionCase"]) is not None:
        whose = f", {case['assignee']} has it" if case["assignee"] else ""
        facts.append(f"case {case['code']} {case['status']}{whose}: opshub cases show {case['id']}")
    yield Text("  " + "; ".join(facts))


def _moment(said: str) -> str:
    return f"{datetime.fromisoformat(said):%Y-%m-%d %H:%M:%S} UTC"


def _long(millis: int) -> str:
    return f"{millis} ms" if millis < 10_000 else how_long(timedelta(milliseconds=millis))
