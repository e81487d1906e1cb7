"""Bodies that adopt resolutions (data/bodies.toml): names in six languages and their meetings.

A meeting is named by a code whose figures need not be the year in which it met: WTSA-20 met and
adopted in 2022.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from corpus.clauses import LANGUAGES
from corpus.folding import fold, folded
from corpus.scripts import script_of, scripts_of
from corpus.tables import read_table

_DATA = Path(__file__).parent / "data" / "bodies.toml"
_CYRILLIC = re.compile(r"[а-я]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_ARABIC = re.compile(r"[\u0621-\u064a]")
_LATIN = re.compile(r"[a-z]")

OTHER = "doc"  # the body of what an organization beside ours adopted


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting of a body: the year in which it met and adopted its texts, and where."""

    body: str
    year: int
    place: str
    code: str  # "WTSA-20"; of the General Conference on Weights and Measures its ordinal: "26"


@dataclass(frozen=True, slots=True)
class Mention:
    """A body named in a text: half-open range of characters and its key; `OTHER` if not ours."""

    start: int
    end: int
    body: str


@dataclass(frozen=True, slots=True)
class MeetingMention:
    """A meeting named by its code in a text ("WTSA-20", "АМНТ-16", "C-2011")."""

    start: int
    end: int
    meeting: Meeting


def name(body: str, language: str, *, short: bool = False) -> str:
    """The body's name in `language`; raises KeyError for "doc", which has none."""
    names = _data()["bodies"][body][language]
    return str(names["short" if short else "long"])


def possessive(body: str, language: str) -> str:
    """What a citation says the resolution is of: "of the Plenipotentiary Conference"."""
    return str(_data()["bodies"][body][language]["of"])


def find(text: str) -> tuple[Mention, ...]:
    """Every body named in `text` by a long or short name of any language, the longest name first.

    A bare "Council", "PP" or 大会 is a mention too: what stands beside it must tell whether the
    body is meant as the author of a resolution.
    """
    view = fold(text)
    found = []
    for match in _pattern(scripts_of(view.text)).finditer(view.text):
        start, end = view.span(*match.span())
        body = match.lastgroup or ""
        if match.group() in _shouted() and not text[start:end].isupper():
            continue
        found.append(Mention(start, end, body.partition("_")[0]))
    return tuple(found)


def find_meetings(text: str) -> tuple[MeetingMention, ...]:
    """Every meeting named by a code in any language: WTSA-20, AMNT-16, ВКР-19, PP-18, C-2011, C19.

    A year that no meeting of that body had is given as the code tells it, without a place.
    """
    view = fold(text)
    found = []
    for match in _code_pattern().finditer(view.text):
        meeting = _meeting_of(match)
        if meeting is not None:
            start, end = view.span(*match.span())
            found.append(MeetingMention(start, end, meeting))
    return tuple(found)


def meeting(code: str) -> Meeting | None:
    """The meeting that a code names ("WTSA-16"), in any language; None for anything else."""
    match = _code_pattern().fullmatch(folded(code).strip())
    return _meeting_of(match) if match else None


@cache
def meetings(body: str) -> tuple[Meeting, ...]:
    """The meetings of a body in the calendar, oldest first; none for a body without one."""
    short = name(body, "en", short=True) if body in _data()["bodies"] else ""
    calendar = []
    for year, place, *codes in _data()["meetings"].get(body, ()):
        figures = codes[0] if codes else f"{year % 100:02d}"
        plain = body == "cgpm" or not figures.isdigit()
        calendar.append(Meeting(body, year, place, figures if plain else f"{short}-{figures}"))
    return tuple(calendar)


def meeting_in(body: str, year: int) -> Meeting | None:
    """The meeting of `body` that adopted texts in `year`, or None when the calendar has none."""
    return next((held for held in meetings(body) if held.year == year), None)


@cache
def _data() -> Mapping[str, Any]:
    return read_table(_DATA)


@cache
def _shouted() -> frozenset[str]:
    """Short names that are words or parts of words in lower case."""
    return frozenset({"pp", "ra", "ar", "ap", "пк", "ар"})


@cache
def _pattern(scripts: frozenset[str]) -> re.Pattern[str]:
    """The names that a text with letters of these scripts may have."""
    named: list[tuple[str, str]] = [(other, OTHER) for other in _data()["others"]["names"]]
    for body, names in _data()["bodies"].items():
        for language in LANGUAGES:
            entry = names[language]
            named += [(spelling, body) for spelling in (entry["long"], entry["short"])]
            named += [(spelling, body) for spelling in entry["also"]]
    unique = {folded(spelling): body for spelling, body in named}
    ordered = sorted(unique.items(), key=lambda item: (-len(item[0]), item[0]))
    alternatives = [
        f"(?P<{body}_{number}>{_loose(spelling)})"
        for number, (spelling, body) in enumerate(ordered)
        if script_of(spelling) in scripts
    ]
    return re.compile("|".join(alternatives) if alternatives else "(?!)")


def _loose(spelling: str) -> str:
    words = spelling.split(" ")
    if _HAN.search(spelling):
        return re.escape(spelling)
    if _CYRILLIC.search(spelling):
        joined = r"[ \n]+".join(map(_russian_word, words))
        return rf"(?<![а-я]){joined}(?![а-я])"
    joined = r"[ \n]+".join(map(re.escape, words))
    if _ARABIC.search(spelling):
        bare = joined.removeprefix("ال")
        article = "" if bare == joined else "(?:ال|لل)"
        before = r"(?:(?<![\u0621-\u064a])|(?<=\b[وبلفك])|(?<=\b[وف][بلك]))"
        return rf"{before}{article}{bare}(?![\u0621-\u064a])"
    return rf"(?<![a-z0-9]){joined}(?![a-z0-9])"


def _russian_word(word: str) -> str:
    if len(word) < 4:
        return re.escape(word)
    stem = re.sub(r"(?:ая|ое|ый|ий|ых|ия|ия|ея|[аяеиоуыьй])$", "", word) if len(word) > 4 else word
    return rf"{re.escape(stem)}[а-я]{{0,3}}"


@cache
def _code_bodies() -> Mapping[str, str]:
    """Folded short name in any language -> body: "wtsa", "amnt", "вкр", "c"."""
    shorts: dict[str, str] = {"c": "council", "warc": "wrc", "camr": "wrc", "варк": "wrc"}
    shorts |= {"вакр": "wrc", "mob": "wrc", "orb": "wrc", "hfbc": "wrc", "sat": "wrc"}
    for body in ("wtsa", "pp", "wtdc", "wrc", "ra"):
        for language in LANGUAGES:
            shorts.setdefault(folded(name(body, language, short=True)), body)
    shorts["ка"] = "ra"  # seen in Russian texts beside АР
    return shorts


@cache
def _code_pattern() -> re.Pattern[str]:
    shorts = "|".join(sorted(map(re.escape, _code_bodies()), key=len, reverse=True))
    return re.compile(
        rf"(?<![a-zа-я0-9-])(?P<short>{shorts})(?P<gap>[ ]?[-–][ ]?|(?<=\bc))"
        r"(?P<year>(?:19|20)[0-9]{2}|[0-9]{2})(?![0-9a-zа-я])"
    )


def _meeting_of(match: re.Match[str]) -> Meeting | None:
    short, figures = match.group("short"), match.group("year")
    body = _code_bodies()[short]
    year = int(figures)
    if len(figures) == 2:
        for year, _, *codes in _data()["meetings"].get(body, ()):
            named = [folded(code) for code in codes] or [f"{year % 100:02d}"]
            if figures in named or f"{short}-{figures}" in named:
                return meeting_in(body, year)
        if body != "council":
            return None  # "WTSA-75" is a resolution, not a meeting
        year = int(figures)
        year += 1900 if year >= 47 else 2000
    known = meeting_in(body, year)
    if known is not None:
        return known
    label = "C" if body == "council" else name(body, "en", short=True)
    return Meeting(body, year, "", f"{label}-{figures}")
