"""How questions are put (data/questions.toml), and the form in which words are compared."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from corpus.tables import read_table

_DATA = Path(__file__).parent / "data" / "questions.toml"
ARABIC_MARKS = r"\u064b-\u065f\u0670\u0640"  # as a range of characters


@cache
def questions() -> Mapping[str, Any]:
    """The lists of words by language, and under "sections" what is done by language and action."""
    return read_table(_DATA)


def folded(text: str) -> str:
    """For matching only: compatibility forms and case folded; offsets are not kept."""
    return unicodedata.normalize("NFKC", text).casefold()


def aligned(text: str) -> str:
    """Folded as far as every character stays in its place: "№" and "…" are left as they are."""
    return "".join(character if len(fold := folded(character)) != 1 else fold for character in text)


def unvowelled(text: str) -> str:
    """Folded, without the vowel signs that Arabic may be written with."""
    return re.sub(f"[{ARABIC_MARKS}]", "", folded(text))


def alternation(words: Iterable[str]) -> str:
    """A regular expression for any of these words, the longest first.

    "адресован*" is any word that begins so.
    """
    longest_first = sorted({folded(word) for word in words}, key=lambda word: (-len(word), word))
    return "|".join(
        re.escape(word.removesuffix("*")) + r"\w*" * word.endswith("*") for word in longest_first
    )
