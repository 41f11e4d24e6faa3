"""Structured logs: one JSON object a line, with the correlation id, and only declared fields (threat S24)."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from contextlib import AbstractContextManager
from typing import Any, Final, TextIO

import orjson
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor

from hub.call import Call
from hub.clock import Clock
from hub.settings import LogSettings

_DECLARED: Final = """
    account actor adapter address asked attempt attempts bytes case code command correlation_id count cursor
    delivery dropped epoch error follower form found frames holder hook host intent kept key kind lag_ms level limit
    logger loop method mistakes ms name operation path pid point port position reason role root schema shard signal
    size source source_id state status subscribers system table tenant term timestamp topic until verb version
    waited_ms
"""
FIELDS: Final = frozenset(_DECLARED.split())
"""The only fields a line may hold beside its event; a house test holds every log call to it."""

_CHATTY: Final = ("alembic.runtime.plugins",)
"""Libraries whose INFO tells an operator nothing."""

_LONGEST = 400
_HIDDEN: Final = (
    (re.compile(r"(?i)\b(bearer|basic)\s+\S+"), r"\1 ••••"),
    (re.compile(r"(?i)\b(password|passwd|secret|token|api[-_]?key|signature)\b(\"?\s*[=:]\s*)\S+"), r"\1\2••••"),
    (re.compile(r"://[^/\s:@]*:[^/\s@]*@"), "://••••@"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "••••@••••"),
    (re.compile(r"[A-Za-z0-9+/_-]{48,}={0,2}"), "••••"),
)


def logger(name: str) -> FilteringBoundLogger:
    """The logger of one module. The event is a fixed name such as `read.answered`; what varies goes into fields."""
    made: FilteringBoundLogger = structlog.get_logger(name)
    return made


def bound(call: Call) -> AbstractContextManager[Any]:
    """Within this context every line bears the call's correlation id, tenant and actor."""
    return structlog.contextvars.bound_contextvars(
        correlation_id=call.correlation_id, tenant=call.tenant, actor=call.actor
    )


def configure(settings: LogSettings, clock: Clock, out: TextIO) -> None:
    """Send our lines and those of every library to *out*, all through the same filter. Called once by the CLI."""

    def stamped(_: object, __: str, event: EventDict) -> EventDict:
        event["timestamp"] = clock.now().isoformat(timespec="milliseconds")
        return event

    level = logging.getLevelNamesMapping()[settings.level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        stamped,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, told, declared, _renderer(settings)],
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )


def told(_: object, __: str, event: EventDict) -> EventDict:
    """Replace `exc_info` by the error's class, its first line without secrets, and where it passed; never a value."""
    wrong = event.pop("exc_info", None)
    if isinstance(wrong, tuple):
        wrong = wrong[1]
    elif wrong is True:
        wrong = sys.exception()
    if isinstance(wrong, BaseException):
        first = (str(wrong).splitlines() or [""])[0]
        event["error"] = f"{type(wrong).__name__}: {first}".removesuffix(": ")
        steps = traceback.extract_tb(wrong.__traceback__)[-8:]
        event["frames"] = " < ".join(f"{step.name}:{step.lineno}" for step in reversed(steps))
    return event


def declared(_: object, __: str, event: EventDict) -> MutableMapping[str, Any]:
    """Keep declared fields with plain values, hide what looks like a secret, and name what was withheld."""
    kept: dict[str, Any] = {"event": hidden(str(event.pop("event", "")))}
    withheld = sorted(key for key in event if key not in FIELDS)
    for key in event:
        if key in FIELDS:
            value = event[key]
            kept[key] = value if isinstance(value, int | float) or value is None else hidden(str(value))
    if withheld:
        kept["withheld"] = withheld
    return kept


def hidden(text: str) -> str:
    """The text without credentials, addresses of people and long opaque values, at most 400 characters."""
    for pattern, dots in _HIDDEN:
        text = pattern.sub(dots, text)
    return text[:_LONGEST]


def _renderer(settings: LogSettings) -> Processor:
    if settings.form == "console":
        return structlog.dev.ConsoleRenderer(colors=False)
    return structlog.processors.JSONRenderer(serializer=_json)


def _json(value: object, **_: object) -> str:
    return orjson.dumps(value, default=str).decode()
