"""Places of conferences in six languages (data/places.toml): recognised, named, made English."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.clauses import LANGUAGES
from corpus.folding import fold, folded
from corpus.scripts import script_of, scripts_of
from corpus.tables import read_table

_DATA = Path(__file__).parent / "data" / "places.toml"
_CYRILLIC = re.compile(r"[а-я]")
_NOTHING = re.compile(r"(?P<name>(?!))")
_HAN = re.compile(r"[\u3400-\u9fff]")
_ARABIC = re.compile(r"[\u0621-\u064a]")


@dataclass(frozen=True, slots=True)
class Mention:
    """A place named in a text: half-open range of characters and the English name."""

    start: int
    end: int
    place: str


def find(text: str) -> tuple[Mention, ...]:
    """Every place named in `text`, in any of the six languages, in order; the longest name wins."""
    view = fold(text)
    found = []
    for match in _pattern(scripts_of(view.text)).finditer(view.text):
        name = match.group("name")
        english = _known_as().get(_key(name))
        start, end = view.span(match.start("name"), match.end("name"))
        if english is not None and not _is_word(text, start, end):
            found.append(Mention(start, end, english))
    return tuple(found)


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether a short name in small letters is a word: "nice" is a place only beside a year."""
    if end - start > 5 or not text[start].islower():
        return False
    return re.match(r"[\s,]{1,3}(?:18|19|20)[0-9]{2}", text[end:]) is None


def canonical(text: str) -> str | None:
    """The English name of the place that `text` names and nothing else, or None."""
    view = folded(text).strip(" .,;:()")
    match = _pattern(scripts_of(view)).fullmatch(view)
    return _known_as().get(_key(match.group("name"))) if match else None


def name(english: str, language: str) -> str:
    """How `language` prints the place; `english` itself when the place is not in the table."""
    names = _table().get(english)
    return names[language][0] if names else english


def all_places() -> tuple[str, ...]:
    """The English names of all places in the table."""
    return tuple(_table())


@cache
def _table() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    raw = read_table(_DATA)
    table: dict[str, dict[str, tuple[str, ...]]] = {}
    for english, given in raw["places"].items():
        names = {
            language: (given[language],)
            if isinstance(given[language], str)
            else tuple(given[language])
            for language in LANGUAGES
            if language != "en"
        }
        names["en"] = (english, *given.get("also", ()))
        table[english] = names
    return table


@cache
def _known_as() -> Mapping[str, str]:
    known: dict[str, str] = {}
    for english, names in _table().items():
        for spellings in names.values():
            for spelling in spellings:
                known.setdefault(_key(folded(spelling)), english)
    return known


def _key(name: str) -> str:
    """What is the same in every spelling: letters without hyphens, spaces and Russian endings."""
    if _CYRILLIC.search(name):
        name = _russian_stem(name)
    return re.sub(r"[ \n–.-]+", "", name)


def _russian_stem(name: str) -> str:
    # A stem of three letters at least: "Рим", "Баку", "Осло" and "Доха" must stay apart.
    if len(name) <= 3:
        return name
    return re.sub(r"(?<=[а-я]{3})(?:ою|ои|ом|ем|[аеиоуыьяю])$", "", name)


@cache
def _pattern(scripts: frozenset[str]) -> re.Pattern[str]:
    """The names that a text with letters of these scripts may have."""
    spellings = {
        folded(spelling)
        for names in _table().values()
        for some in names.values()
        for spelling in some
        if script_of(folded(spelling)) in scripts
    }
    if not spellings:
        return _NOTHING
    alternatives = [_alternative(spelling) for spelling in sorted(spellings, key=_by_length)]
    return re.compile("|".join(("(?P<name>" + "|".join(alternatives) + ")",)))


def _by_length(spelling: str) -> tuple[int, str]:
    return -len(spelling), spelling


def _alternative(spelling: str) -> str:
    loose = r"[ \n–-]{1,3}".join(map(re.escape, re.split(r"[ –-]+", spelling)))
    if _HAN.search(spelling):
        return loose
    if _CYRILLIC.search(spelling):
        stem = _russian_stem(spelling)
        loose = r"[ \n–-]{1,3}".join(map(re.escape, re.split(r"[ –-]+", stem)))
        return rf"(?<![а-я]){loose}(?:ою|ои|ом|ем|[аеиоуыьяю])?(?![а-я])"
    if _ARABIC.search(spelling):
        return (
            rf"(?:(?<![\u0621-\u064a])|(?<=\b[وبلفك])|(?<=\b[وف][بلك])){loose}(?![\u0621-\u064a])"
        )
    return rf"(?<![a-z0-9]){loose}(?![a-z0-9])"
