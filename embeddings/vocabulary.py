"""The general drafting vocabulary in six languages: words a question and a clause share in meaning.

The termbank (`corpus.terms`) holds names, and matches them strictly; this holds ordinary words of
resolutions and of those who ask about them ("submit", "annual", "village"), and matches them by
their stems, so that "presentarán" meets 提交. It only helps to find clauses: nothing is cited or
claimed on its strength. Written from the language of resolutions, in data/vocabulary-*.toml.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from corpus.tables import read_table

LONGEST_NAME = 6  # words
# Named one by one, so that an index tells when they change (see corpus.fingerprint).
FILES = (
    "vocabulary-actions-1.toml",
    "vocabulary-actions-2.toml",
    "vocabulary-actions-3.toml",
    "vocabulary-things.toml",
    "vocabulary-things-2.toml",
    "vocabulary-qualities.toml",
)
RECENT = 4  # texts: each step of answering looks the same question up again

_ALGORITHMS = {
    "ar": "arabic",
    "en": "english",
    "fr": "french",
    "es": "spanish",
    "ru": "russian",
}
_WORD = re.compile(r"[^\W\d_]+")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_ARABIC_MARKS = re.compile(r"[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]")
# Words that stand between the words of a name and tell nothing: "mise en œuvre", "put into effect".
_IGNORED = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "for",
        "and",
        "or",
        "by",
        "with",
        "at",
        "de",
        "la",
        "le",
        "les",
        "du",
        "des",
        "d",
        "l",
        "en",
        "et",
        "à",
        "au",
        "aux",
        "un",
        "une",
        "el",
        "los",
        "las",
        "del",
        "y",
        "al",
        "para",
        "por",
        "con",
        "и",
        "в",
        "на",
        "по",
        "для",
        "о",
        "с",
        "к",
        "из",
    ]
)


@dataclass(frozen=True, slots=True)
class Word:
    """A concept of the vocabulary that a text uses; `text[start:end]` of its words."""

    concept: str
    start: int
    end: int


@lru_cache(maxsize=RECENT)
def find_words(text: str, language: str) -> tuple[Word, ...]:
    """The concepts that a text uses, in order, longest match first, without overlap.

    Words in Latin letters inside a Chinese, Arabic or Russian text are read as English.
    """
    found = list(_find_han(text)) if language == "zh" else []
    stems = [
        (match.start(), match.end(), stem(match.group(), language))
        for match in _WORD.finditer(text)
        if not _HAN.match(match.group())
    ]
    stems = [entry for entry in stems if entry[2]]
    at = 0
    while at < len(stems):
        match = _longest(stems, at, language)
        if match is None:
            at += 1
            continue
        concept, length = match
        found.append(Word(concept, stems[at][0], stems[at + length - 1][1]))
        at += length
    return tuple(sorted(found, key=lambda word: word.start))


def all_names(language: str) -> tuple[str, ...]:
    """Every name of the vocabulary in a language."""
    return tuple(name for entry in _entries() for name in entry["names"].get(language, ()))


def name_of(concept: str, language: str) -> str:
    """The first name of a concept in a language."""
    return _first_names()[concept][language]


def _longest(stems: list[tuple[int, int, str]], at: int, language: str) -> tuple[str, int] | None:
    for length in range(min(LONGEST_NAME, len(stems) - at), 0, -1):
        key = " ".join(stem for _, _, stem in stems[at : at + length])
        latin = key[0] < "\u0250"
        names = _names("en" if latin and language in ("zh", "ar", "ru") else language)
        if key in names:
            return names[key], length
    return None


def _find_han(text: str) -> Iterator[Word]:
    names = _names("zh")
    longest = _longest_han()
    for run in _HAN.finditer(text):
        at = run.start()
        while at < run.end():
            for length in range(min(longest, run.end() - at), 1, -1):
                concept = names.get(text[at : at + length])
                if concept is not None:
                    yield Word(concept, at, at + length)
                    at += length
                    break
            else:
                at += 1


@cache
def _names(language: str) -> Mapping[str, str]:
    """Stems of every name in a language, joined by blanks -> its concept; the first entry wins."""
    names: dict[str, str] = {}
    for entry in _entries():
        for name in entry["names"].get(language, ()):
            if language == "zh":
                key = unicodedata.normalize("NFKC", name)
            else:
                stems = (stem(word, language) for word in _WORD.findall(name))
                key = " ".join(stem for stem in stems if stem)
            if key:
                names.setdefault(key, entry["id"])
    return names


@cache
def _longest_han() -> int:
    return max(map(len, _names("zh")), default=0)


@cache
def _first_names() -> Mapping[str, Mapping[str, str]]:
    """Concept -> language -> name; of a concept with several entries the first has the say."""
    names: dict[str, dict[str, str]] = {}
    for entry in _entries():
        for language, of_language in entry["names"].items():
            names.setdefault(entry["id"], {}).setdefault(language, of_language[0])
    return names


@cache
def _entries() -> tuple[Mapping[str, Any], ...]:
    files = [Path(__file__).parent / "data" / name for name in FILES]
    return tuple(entry for file in files for entry in read_table(file).get("concept", ()))


@cache
def _stemmer(language: str) -> Any:
    import Stemmer  # noqa: PLC0415

    return Stemmer.Stemmer(_ALGORITHMS[language])


@cache
def stem(word: str, language: str) -> str:
    """The stem of one word for matching, "" for a word that tells nothing."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    if folded in _IGNORED:
        return ""
    if "\u0400" <= folded[0] <= "\u04ff":
        return str(_stemmer("ru").stemWord(folded.replace("ё", "е")))
    if "\u0600" <= folded[0] <= "\u06ff":
        return str(_stemmer("ar").stemWord(without_article(_ARABIC_MARKS.sub("", folded))))
    latin = language if language in ("en", "fr", "es") else "en"
    stem = str(_stemmer(latin).stemWord(folded))
    # Accents are what users leave out first.
    return "".join(c for c in unicodedata.normalize("NFKD", stem) if not unicodedata.combining(c))


def without_article(word: str) -> str:
    """An Arabic word without its article and the particles written on to it, if enough is left."""
    for prefix in ("وبال", "وال", "بال", "كال", "فال", "لل", "ال", "و"):
        if word.startswith(prefix) and len(word) - len(prefix) >= 3:
            return word[len(prefix) :]
    return word
