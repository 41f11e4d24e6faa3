"""What customers read: `string.Template` files by tenant, language and milestone, with English ones built in.

A file is `TENANT/LANGUAGE/milestone.txt` in the folder of the settings; its first line is the subject.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from hub.errors import Misconfigured
from hub.model.notices import NoticeMilestone

BUILT_IN = Path(__file__).parent / "english"
ENGLISH = "en"
WORDS = frozenset({"customer", "order", "carrier", "tracking", "expected", "return_number"})
"""What a template may name."""
LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What goes out."""

    subject: str
    text: str


class Templates:
    """The templates of a folder (None: the built-in ones alone), read once. Raises Misconfigured with all mistakes."""

    def __init__(self, folder: Path | None = None) -> None:
        self._found = {
            ("", ENGLISH, one): (BUILT_IN / f"{one.value.lower()}.txt").read_text(encoding="utf-8")
            for one in NoticeMilestone
        }
        if folder is None:
            return
        mistakes: list[str] = []
        for path in sorted(folder.glob("*/*/*.txt")):
            self._take(path, mistakes)
        if not folder.is_dir():
            mistakes.append(f"notices: {folder} is no folder")
        if mistakes:
            raise Misconfigured("\n".join(mistakes))

    def write(self, tenant: str, language: str, milestone: NoticeMilestone, words: Mapping[str, str]) -> Letter:
        """The letter in *language*, else in the region's own (`de` for `de-AT`), else in English."""
        for known in _languages(tenant, language):
            text = self._found.get((*known, milestone))
            if text is not None:
                subject, _, body = Template(text).substitute(words).partition("\n")
                return Letter(subject=" ".join(subject.split()), text=body.strip() + "\n")
        message = f"no template for {milestone.value}"
        raise Misconfigured(message)

    def _take(self, path: Path, mistakes: list[str]) -> None:
        tenant, language = path.parent.parent.name, path.parent.name.lower()
        milestone = next((one for one in NoticeMilestone if one.value.lower() == path.stem), None)
        if milestone is None:
            mistakes.append(f"{path}: no milestone is called {path.stem}")
            return
        if path.stat().st_size > LARGEST:
            mistakes.append(f"{path}: larger than {LARGEST} bytes")
            return
        text = path.read_text(encoding="utf-8")
        template = Template(text)
        if not template.is_valid():
            mistakes.append(f"{path}: a $ that names nothing (write $$ for the sign)")
        elif strange := sorted(set(template.get_identifiers()) - WORDS):
            mistakes.append(f"{path}: names {', '.join(strange)}; known are {', '.join(sorted(WORDS))}")
        self._found[tenant, language, milestone] = text


def _languages(tenant: str, language: str) -> Iterator[tuple[str, str]]:
    asked = language.lower()
    for one in dict.fromkeys((asked, asked.partition("-")[0], ENGLISH)):
        yield tenant, one
    yield "", ENGLISH
