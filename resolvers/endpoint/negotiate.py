"""Which media type an answer takes: real negotiation by quality, not by looking for a word (faults F2, F4)."""

from __future__ import annotations

from dataclasses import dataclass

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
STREAM = "text/event-stream"
HTML = "text/html"

_ENTRIES = 32  # of one Accept header; what stands behind is not read
_NAMED = (GRAPHQL, JSON, STREAM, HTML)  # ours first, where a caller names several alike
_BY_WILDCARD = (JSON, GRAPHQL, HTML, STREAM)  # what a caller gets that takes anything


@dataclass(frozen=True, slots=True)
class _Range:
    """One entry of an Accept header."""

    kind: str
    part: str
    quality: float

    def precision(self, media: str) -> int:
        """2 when it names *media*, 1 for its family, 0 for anything, -1 when it does not cover it."""
        kind, _, part = media.partition("/")
        if self.kind == kind and self.part == part:
            return 2
        if self.part != "*":
            return -1
        if self.kind == kind:
            return 1
        return 0 if self.kind == "*" else -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What the caller takes."""

    single: str | None
    """For one answer: `GRAPHQL` or `JSON`; None when neither is taken."""
    named: bool
    """Whether the caller named that media type rather than taking anything."""
    prefers_stream: bool
    """Whether it rather has an event stream, even for a single answer."""
    takes_stream: bool
    """Whether it named the event stream at all: a subscription needs it."""
    prefers_html: bool
    """Whether it is a browser that wants a page."""


def accepted(header: str | None) -> Accepted:
    """What the Accept *header* asks for; None or blank takes anything."""
    ranges = _ranges(header) if header and header.strip() else [_Range("*", "*", 1.0)]
    scores = {media: _score(media, ranges) for media in _NAMED}
    taken = [media for media in _NAMED if scores[media][0] > 0]
    best = max(taken, key=lambda media: _rank(media, scores[media]), default=None)
    singles = [media for media in taken if media in (GRAPHQL, JSON)]
    single = max(singles, key=lambda media: _rank(media, scores[media]), default=None)
    stream_quality, stream_precision = scores[STREAM]
    return Accepted(
        single=single,
        named=single is not None and scores[single][1] == 2,
        prefers_stream=best == STREAM,
        takes_stream=stream_quality > 0 and stream_precision > 0,
        prefers_html=best == HTML,
    )


def _rank(media: str, score: tuple[float, int]) -> tuple[float, int, int]:
    quality, precision = score
    order = _NAMED if precision == 2 else _BY_WILDCARD
    return quality, precision, -order.index(media)


def _score(media: str, ranges: list[_Range]) -> tuple[float, int]:
    """Quality and precision of the most precise entry that covers *media*; quality 0 when none does."""
    best = max(ranges, key=lambda entry: entry.precision(media), default=None)
    if best is None or best.precision(media) < 0:
        return 0.0, -1
    return best.quality, best.precision(media)


def _ranges(header: str) -> list[_Range]:
    found = (_range(entry) for entry in header.split(",", _ENTRIES)[:_ENTRIES])
    return [entry for entry in found if entry is not None]


def _range(entry: str) -> _Range | None:
    media, *parameters = (part.strip().lower() for part in entry.split(";"))
    kind, slash, part = media.partition("/")
    if not (kind and slash and part):
        return None
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            quality = _quality(value.strip())
    return _Range(kind, part, quality)


def _quality(text: str) -> float:
    """A quality between 0 and 1; what is not one counts as 0."""
    digits = text.replace(".", "", 1)
    if not digits.isascii() or not digits.isdecimal() or len(text) > 5:
        return 0.0
    return min(float(text), 1.0)
