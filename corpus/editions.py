"""What stands in brackets behind a number: "(Rev. Geneva, 2022)", "(2022年，日内瓦，修订版)".

One reader for title lines, adoption histories and citations, in six languages and in any order.
"""

import re
from dataclasses import dataclass

from corpus import bodies, places
from corpus.folding import folded
from corpus.numerals import CHINESE_NUMBER, chinese_number, roman_number


@dataclass(frozen=True, slots=True)
class Entry:
    """One adoption named in brackets."""

    year: int | None
    place: str  # English name; as printed where the place is unknown; "" if none is printed, as
    # beside the code of a meeting
    body: str | None = None  # told by the code of a meeting: "WRC-19"
    series: str = ""  # that code in English: "WTSA-20"


@dataclass(frozen=True, slots=True)
class Edition:
    """The content of a bracket: adoptions, oldest first, and whether it says "revised"."""

    entries: tuple[Entry, ...]
    revised: bool = False
    session: int | None = None  # Roman session of the General Assembly: 15 for (XV)

    @property
    def year(self) -> int | None:
        """Of the last adoption."""
        return self.entries[-1].year if self.entries else None

    @property
    def place(self) -> str:
        return self.entries[-1].place if self.entries else ""

    @property
    def body(self) -> str | None:
        return self.entries[-1].body if self.entries else None


_YEAR = re.compile(r"(?<![0-9])(?:18|19|20)[0-9]{2}(?![0-9])")
_REVISED = re.compile(
    r"""
    (?<![a-z])rev(?:ised|isee|isada|\.)?(?=[ .,\n]|wrc|cmr|orb|mob|$)\.?
    | (?<![а-я])(?:пересм|пересмотр)[а-я]*\.?
    | 修订版 | 修正版 | 修订本 | 修訂版 | 修订
    | (?<![\u0621-\u064a])(?:ال)?مراجع(?:[هي]|ان|ين|ات|تان|تين)?(?![\u0621-\u064a])
    """,
    re.VERBOSE,
)
_AMENDED = re.compile(
    r"""
    (?:as[ ])?(?:last|lastly|most[ ]recently)[ ](?:amended|modified|revised)(?:[ ](?:in|at|by))?
    | (?:amended|modified)(?:[ ](?:in|at|by))?
    | (?:derniere|dernierement)[ ](?:modification|modifiee?)(?:[ ]en)? | modifiee?(?:[ ]en)?
    | (?:ultima|ultimo)[ ](?:modificacion|enmienda)(?:[ ]en)? | modificada(?:[ ]en)?
    | (?:с[ ])?последн[а-я]+[ ](?:изменени|поправк|пересмотр)[а-я]*(?:[ ](?:в|от))?
    | (?:последний[ ]раз[ ])?измен[а-я]+(?:[ ]в)?
    | 最[后近新](?:一次)?(?:修[改订正])(?:于|在)? | 上次修[改订](?:于)?
    | (?:ال)?معدل[هي]?(?:[ ]في)? | اخر[ ]تعديل(?:[ ]في)? | المعدل[هي]?[ ]اخر[ ]مره(?:[ ]في)?
    """,
    re.VERBOSE,
)
_FILLERS = re.compile(
    r"(?<![а-я])г(?:од[а-я]*)?\.?(?![а-я])|年|(?<![a-z])(?:in|en|at|a|session|sesion)(?![a-z])"
    r"|(?<![а-я])(?:в|сессия)(?![а-я])|(?<![\u0621-\u064a])(?:في|عام|سنه|دوره)(?![\u0621-\u064a])"
    r"|会议|届|[,.;:*'\"\s–-]"
)
_UNKNOWN_PLACE = re.compile(r"[^\W\d_]{2,}(?:[ -][^\W\d_]{1,}){0,3}")


def read_edition(content: str) -> Edition | None:
    """The edition that the content of a bracket (without the brackets) names, else None.

    None unless every part of the content is understood: "Vienna, 12 May" and "figures for 2018"
    are no editions. A place that is not in the table is taken only beside a year.
    """
    plain = folded(content).strip().strip("()").strip()
    if not plain or len(plain) > 1500:
        return None
    session = roman_number(plain) if re.fullmatch(r"[ivxlcdm]+", plain) else None
    if session is None and re.fullmatch(CHINESE_NUMBER, plain):
        number = chinese_number(plain)
        if number is not None and 1900 <= number <= 2200:
            return Edition((Entry(number, ""),))
        session = number
    if session is not None:
        return Edition((), session=session)
    revised = False
    entries: list[Entry] = []
    for part in _parts(content):
        read = _read_part(part)
        if read is None:
            return None
        found, part_revised = read
        revised = revised or part_revised
        entries += found
    if not entries and not revised:
        return None
    return Edition(tuple(entries), revised)


def _parts(content: str) -> list[str]:
    """The adoptions of a history, apart: by semicolons, or years alone by dashes."""
    if re.fullmatch(r"\s*(?:[0-9]{4}年?\s*[-–—]\s*)+[0-9]{4}年?\s*", content):
        return re.split(r"\s*[-–—]\s*", content.strip())
    return [part for part in re.split(r"[;；؛]|、(?=\s*[0-9]{4})", content) if part.strip()]


def _read_part(part: str) -> tuple[list[Entry], bool] | None:
    """The adoptions in one part ("Rev. Dubai, 2018"; "2016, last amended 2019") and "revised"."""
    mentions = bodies.find_meetings(part)
    rest = part
    for mention in reversed(mentions):
        rest = rest[: mention.start] + " " + rest[mention.end :]
    cities = places.find(rest)
    for city in reversed(cities):
        rest = rest[: city.start] + " " + rest[city.end :]
    plain = folded(rest)
    amended = _AMENDED.search(plain) is not None
    plain = _AMENDED.sub(" ", plain)
    revised = _REVISED.search(plain) is not None
    plain = _REVISED.sub(" ", plain)
    years = [int(year) for year in _YEAR.findall(plain)]
    rest = _FILLERS.sub(" ", _YEAR.sub(" ", plain)).strip()
    place = cities[0].place if len(cities) == 1 else ""
    if len(cities) > 1 or (rest and (cities or mentions or not years)):
        return None
    if rest:
        printed = _unknown_place(part)
        if printed is None:
            return None
        place = printed
    if mentions:
        if years or len(mentions) > 1 + amended:
            return None
        met = [mention.meeting for mention in mentions]
        entries = [Entry(m.year, place, m.body, m.code) for m in met]
        return entries, revised or len(entries) > 1
    if len(years) > 1 and not amended:
        return None
    if not years and not revised and not (cities and not rest):
        return None
    if not years:
        return [Entry(None, place)] if place else [], revised
    return [Entry(year, place) for year in years], revised or (amended and len(years) > 1)


def _unknown_place(part: str) -> str | None:
    """The place as printed beside the year, where it is in no table."""
    kept = _YEAR.sub(" ", part)
    for piece in re.split(r"[,，،\s]*(?:年|г\.|г\b)?[,，،]\s*|\s*年\s*", kept):
        bare = re.sub(r"(?i)^\s*(?:rev\.?|rév\.?|пересм\.?)\s*", "", piece).strip(" .,年г")
        bare = re.sub(r"^المراج[عـَ]+[ة]?\s*(?:في)?\s*", "", bare).strip()
        if bare and bare not in ("修订版", "修訂版"):
            capital = bare[0].isupper() or not bare[0].islower()
            return bare if capital and _UNKNOWN_PLACE.fullmatch(bare) else None
    return None
