"""What kind of particular a question wants to be told, and whether a clause states such a thing.

A question for a number, a sum of money, a person's name, an address, a date to come, a company,
the course of a vote, a penalty, a physical or technical value, a page, a picture, travel
practicalities, a court, an opinion or a comparison with texts of other bodies is near to every
clause that speaks of its subject; only the kind of its answer tells that none of them answers it
(the expected answer type of question answering; Li and Roth 2002). A clause in which the kind of
thing occurs counts as telling it, since an answerable question refused is worse than an
unanswerable one let through. The words are in data/particulars.toml.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from corpus.references import find_internal, find_references
from corpus.tables import read_table
from corpus.terms import load_termbank

_DATA = Path(__file__).parent / "data" / "particulars.toml"
_ALIKE = str.maketrans("ىةؤئ'\u2019\u02bc", "يهوي   ")
# Kinds whose answer is a number of its own sort: where one is asked for, no mere number will do.
_COUNTED = frozenset({"money", "votes", "measure"})
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")
# A number that counts something: no year, no part of a name ("C2", "WSIS+10"), no ordinal.
_QUANTITY = re.compile(
    r"(?<![A-Za-z0-9./+#№-])(?<!第)(?!(?:1[89]|20)\d\d(?!\d))"
    r"(?:\d[\d.,]*(?=\s+[^\W\d]|\s*[%％])|\d+(?=[个名位人次天日周月小分页票种家倍份轮亿万]))"
    r"|(?<![第十])[三四五六七八九十百千]+(?=[个名位人次天日周种家倍份轮]|年[内期]|分之)"
)
_NUMERALS = re.compile(
    r"\b(?:three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|hundred|thousand|million|trois|quatre"
    r"|cinq|sept|huit|neuf|dix|douze|vingt|trente|cent|mille|tres|cuatro|cinco|seis|siete|ocho|nueve"
    r"|diez|doce|veinte|treinta|cien|mil|три|трех|четыре\w*|пят[ьи]|шест[ьи]|сем[ьи]|десят[ьи]"
    r"|двадцат[ьи]|тридцат[ьи]|сто|тысяч\w*)\b"
    r"|\b(?:ثلاث|اربع|خمس|ست|سبع|ثمان|تسع|عشر|عشرين|مايه|الف)[هة]?\b"
)


@dataclass(frozen=True, slots=True)
class _Particular:
    asked: Mapping[str, re.Pattern[str]]  # by language
    told: re.Pattern[str]


def asked_for(question: str, language: str) -> frozenset[str]:
    """The kinds of particulars that a question asks for, by names of data/particulars.toml."""
    plain = _folded(question)
    found = frozenset(
        kind
        for kind, particular in _particulars().items()
        if particular.asked[language].search(plain)
    )
    return found - {"quantity"} if found & _COUNTED else found


@lru_cache(maxsize=4096)
def told_by(text: str) -> frozenset[str]:
    """The kinds of particulars that a clause may state; generous, in any language."""
    plain = _folded(text)
    found = {kind for kind, part in _particulars().items() if part.told.search(plain)}
    nameless = _without_names(text)
    if _NUMERALS.search(plain) or _QUANTITY.search(nameless):
        found.add("quantity")
    if _YEAR.search(nameless):
        found.add("date")
    return frozenset(found)


def _without_names(text: str) -> str:
    """The text less its references and names, whose numbers count nothing."""
    spans = [(found.start, found.end) for found in find_references(text)]
    spans += [(found.start, found.end) for found in find_internal(text)]
    spans += [(found.start, found.end) for found in load_termbank().find(text)]
    for start, end in spans:
        text = text[:start] + "\u2026" * (end - start) + text[end:]
    return text


def _folded(text: str) -> str:
    """Case, width, accents and Arabic spellings folded, blanks for apostrophes."""
    decomposed = unicodedata.normalize("NFKD", text).casefold().translate(_ALIKE)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@cache
def _particulars() -> Mapping[str, _Particular]:
    return {
        kind: _Particular(
            asked={
                language: re.compile(_folded(pattern))
                for language, pattern in entry["asked"].items()
            },
            told=re.compile(_folded(entry["told"])),
        )
        for kind, entry in read_table(_DATA).items()
    }
