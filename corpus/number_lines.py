"""Number lines: "RESOLUTION 101 (REV. DUBAI, 2018)", 第75号决议, "52/31. Title".

One reader per family of forms; each says what the line tells and how much of it the number takes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from corpus import bodies
from corpus.editions import Edition, read_edition
from corpus.numerals import CHINESE_NUMBER, chinese_number
from corpus.search_text import SearchText


@dataclass(frozen=True, slots=True)
class NumberLine:
    """What a number line says; offsets in the text that it was read from."""

    start: int
    end: int
    number: str  # as in a revision: "75", "dec5", "70-125", "26-1"
    edition: Edition | None = None
    body: str | None = None
    meeting: int | None = None  # ordinal, of the General Conference on Weights and Measures
    certain: bool = False  # a form that nothing but a title has
    proposed: bool = False
    shouted: bool = False  # in capitals, or of a script that has none


def read_number_line(text: str, start: int, end: int) -> NumberLine | None:
    """The number line that `text[start:end]` is or, where lines are not broken, begins with."""
    lead = _JUNK.match(text, start, end)
    begin = lead.end() if lead else start
    if begin >= end or text[begin].islower():
        return None
    line = SearchText(text[begin : min(end, begin + 400)])
    whole = end - begin <= 400
    for reader in _READERS:
        read = reader(line, whole)
        if read is not None:
            _, stop = line.span(0, max(read.end, 1))
            printed = text[begin : begin + stop]
            return replace(
                read,
                start=begin,
                end=begin + len(printed.rstrip()),
                shouted=printed.isupper() or not re.search(r"[A-Za-zА-Яа-я]{2}", printed),
            )
    return None


def plain_number(printed: str) -> str:
    """A number as ids write it: "70-125" for "70/125"."""
    return re.sub(r"\s+", "", printed).replace("/", "-").strip("[]").lower()


_JUNK = re.compile(r"(?:\[bookmark:[^\]]*\]|[\s\ufeff\"“”«»*•])*")
_RESOLUTION = r"re?solu[tc]i[ou]?n"  # accents and letters get lost
_KIND = rf"""
    (?P<kind>{_RESOLUTION}|decision|acuerdo|recomm?[ae]ndation|recomendacion|opinion|avis
    |резолюци[а-я]+|решени[а-я]+|рекомендаци[а-я]+|мнени[а-я]+
    |(?:ال)?قرار|(?:ال)?مقرر|(?:ال)?توصيه|(?:ال)?راي)
"""
_BRACKET = r"\((?P<edition>[^()\n]{1,200})\)"
_ITU = re.compile(
    rf"""
    (?P<draft>(?:draft|projet\sde|proyecto\sde|проект)\s
        (?:new\s|revised\s|nouvelle\s|nueva\s|новой\s)?)?
    {_KIND}\s+(?P<sector>(?:itu|uit|мсэ)-r\s)?(?:no?\.?\s|n°\s?|№\s?|رقم\s)?
    (?P<number>[0-9]{{1,4}}(?:-[0-9]{{1,2}})?(?:bis|ter)?
        |\[[a-z0-9/-]{{2,20}}\]|(?:plen|com[0-9])/[0-9]+)
    (?:\s*{_BRACKET})?
    (?P<marks>[\s*]*(?:[0-9]{{1,2}}(?:,\s*(?:bis|[0-9]{{1,2}}))*|bis)?[\s*.,]*)
    """,
    re.VERBOSE,
)
_METRE = re.compile(
    rf"""
    {_RESOLUTION}\s(?P<number>[0-9]{{1,2}})\s(?:of\sthe|de\sla)\s
    (?P<meeting>[0-9]{{1,2}})\s?(?:st|nd|rd|th|e|eme|a|\.a)\s
    (?:cgpm|conference\sgenerale\sdes\spoids\set\smesures
        |general\sconference\son\sweights\sand\smeasures)
    (?:\s*\((?P<year>[0-9]{{4}})\))?[\s*]*
    """,
    re.VERBOSE,
)
_CHINESE = re.compile(
    rf"""
    (?P<author>[^\W\d]{{0,16}}?)\s?(?P<sector>itu-r\s?)?
    第\s?(?P<number>[0-9]+(?:-[0-9]+)?|{CHINESE_NUMBER})
    \s?(?:\((?P<session>[0-9]{{4}}|{CHINESE_NUMBER})\))?\s?[号號]
    \s?(?P<kind>决议|決議|决定|決定|建议|建議|意见)
    (?:\s*{_BRACKET})?[\s*0-9]{{0,4}}
    """,
    re.VERBOSE,
)
_CHINESE_UNITED = re.compile(
    rf"""
    (?P<number>{CHINESE_NUMBER}|[0-9]+)\s?\((?P<edition>{CHINESE_NUMBER}|[0-9]{{4}})\)[.\s]*
    [〇零○一二三四五六七八九十0-9年月日]{{4,24}}(?:决议|決議)\s*
    """,
    re.VERBOSE,
)
_NUMBER_FIRST = re.compile(
    rf"""
    (?P<number>[0-9]{{1,4}})\s?\((?P<edition>[0-9]{{4}}|[ivxlc]+)\)[.\s]+
    (?:{_RESOLUTION}|резолюция)\s(?:of|du|de(?:l)?|от)\s.{{4,40}}
    """,
    re.VERBOSE,
)
_SYMBOL = re.compile(
    r"(?P<organ>[as])/res/(?P<number>(?:es-)?[0-9]{1,4}(?:/[0-9]{1,4})?)(?:\s?[a-z](?!\w))?"
    r"(?:\s?\((?P<edition>[0-9]{4}|[ivxlc]+)\))?\s*"
)
_ASSEMBLY = re.compile(
    r"(?P<number>(?:es-)?[0-9]{1,3}\s?/\s?[0-9]{1,4}(?:\s[a-z])?|[0-9]{1,4}(?=\s\([ivxlc]+\)))"
    r"(?:\s\((?P<edition>[ivxlc]+)\))?(?:\.(?:\s+(?P<title>\S.*))?|\s*$)",
    re.DOTALL,
)
_HEALTH = re.compile(r"(?P<number>wha[0-9]{1,2}\.[0-9]{1,3})(?!\w)[.:\s]*(?P<title>.*)", re.DOTALL)
_COUNCIL = re.compile(
    r"(?P<kind>r|d|res\.?|dec\.?)\s?(?P<number>[0-9]{3,4})\s(?:"
    r"\((?P<first>c-?[0-9]{2,4}[^()]{0,40})\)\s(?P<title>.{3,200})"
    r"|.{3,200}?\((?P<edition>c-?[0-9]{2,4}[^()]{0,40})\)\s*)"
)
_KINDS = (
    (re.compile(r"d.?cision|acuerdo|решени|مقرر|决定|決定"), "dec"),
    (re.compile(r"recom|рекомендаци|توصيه|建[议議]"), "rec"),
    (re.compile(r"opinion|avis|мнени|راي|意见"), "op"),
)


def _read_metre(line: SearchText, whole: bool) -> NumberLine | None:
    match = _METRE.fullmatch(line.plain) if whole else None
    if not match:
        return None
    year, ordinal = match.group("year"), int(match.group("meeting"))
    number = f"{ordinal}-{int(match.group('number'))}"
    edition = read_edition(year) if year else None
    return NumberLine(0, match.end(), number, edition, "cgpm", ordinal, certain=True)


def _read_united(line: SearchText, whole: bool) -> NumberLine | None:
    """Security Council and General Assembly: the number first, or a document symbol."""
    if not whole:
        return None
    for pattern in (_NUMBER_FIRST, _CHINESE_UNITED):
        match = pattern.fullmatch(line.plain)
        if match:
            number = _figures(match.group("number"))
            edition = read_edition(match.group("edition"))
            if number is not None and edition is not None:
                body = "unga" if edition.session else None
                return NumberLine(0, match.end(), number, edition, body, certain=True)
    match = _SYMBOL.fullmatch(line.plain)
    if match:
        body = {"a": "unga", "s": "unsc"}[match.group("organ")]
        edition = read_edition(match.group("edition") or "")
        return NumberLine(0, match.end(), plain_number(match.group("number")), edition, body)
    return None


def _read_assembly(line: SearchText, _whole: bool) -> NumberLine | None:
    """ "52/31. Title" and "2159 (XXI). Title": the title goes on in the same line."""
    match = _ASSEMBLY.match(line.plain)
    if not match:
        return None
    end = match.start("title") if match.group("title") else match.end()
    edition = read_edition(match.group("edition") or "")
    return NumberLine(0, end, plain_number(match.group("number")), edition, "unga")


def _read_health(line: SearchText, _whole: bool) -> NumberLine | None:
    match = _HEALTH.match(line.plain)
    if not match:
        return None
    return NumberLine(0, match.start("title"), match.group("number"), body=bodies.OTHER)


def _read_council(line: SearchText, whole: bool) -> NumberLine | None:
    """ "R 1097 Title (C-1996)" and "R 1141 (C-1999) Title", as on the pages of the Council."""
    match = _COUNCIL.fullmatch(line.plain) if whole else None
    if not match or not line.clean[0].isupper():
        return None
    edition = read_edition(match.group("first") or match.group("edition"))
    prefix = "dec" if match.group("kind").startswith("d") else ""
    end = match.start("title") if match.group("first") else match.end("number")
    return NumberLine(0, end, prefix + match.group("number"), edition, "council", certain=True)


def _read_itu(line: SearchText, whole: bool) -> NumberLine | None:
    match = _ITU.match(line.plain)
    if not match:
        return None
    edition = None
    if match.group("edition"):
        edition = line.edition(match.start("edition"), match.end("edition"))
        if edition is None:
            return None
    alone = whole and not line.plain[match.end() :].strip()
    if not alone and not _title_follows(line, match):
        return None
    printed = match.group("number")
    body = edition.body if edition else None
    if match.group("sector"):
        body, printed = "ra", printed.partition("-")[0]
    elif edition is not None and edition.session:
        body = "unga"
    end = match.end("edition") + 1 if edition else match.end("number")
    return NumberLine(
        0,
        match.end() if alone else end,
        _kind_prefix(match.group("kind")) + plain_number(printed),
        edition,
        body,
        proposed=match.group("draft") is not None or printed.startswith("["),
    )


def _title_follows(line: SearchText, match: re.Match[str]) -> bool:
    """Whether a title goes on behind a number in capitals, and not a sentence that cites it."""
    shouted = line.clean[: match.start("number")].isupper() or line.plain[0] >= "\u0600"
    rest = line.clean[match.end() :].lstrip()
    return shouted and bool(rest) and not rest[0].islower() and rest[0] not in ",;."


def _read_chinese(line: SearchText, whole: bool) -> NumberLine | None:
    match = _CHINESE.match(line.plain)
    if not match:
        return None
    alone = whole and not line.plain[match.end() :].strip()
    if not alone and len(line.plain) < 200:  # a sentence that begins with a citation
        return None
    number = _figures(match.group("number"))
    content = match.group("edition") or match.group("session")
    edition = read_edition(content) if content else None
    author = [mention.body for mention in bodies.find(match.group("author"))]
    if (
        number is None
        or (content is not None and edition is None)
        or (match.group("author") and not author)
    ):
        return None
    body = author[0] if author else (edition.body if edition else None)
    if match.group("sector"):
        body, number = "ra", number.partition("-")[0]
    return NumberLine(0, match.end(), _kind_prefix(match.group("kind")) + number, edition, body)


_READERS: tuple[Callable[[SearchText, bool], NumberLine | None], ...] = (
    _read_metre,
    _read_united,
    _read_itu,
    _read_chinese,
    _read_assembly,
    _read_health,
    _read_council,
)


def _kind_prefix(kind: str) -> str:
    return next((prefix for pattern, prefix in _KINDS if pattern.search(kind)), "")


def _figures(printed: str) -> str | None:
    """A number in figures, whether it was printed in figures or in Chinese characters."""
    if printed[0].isascii():
        return printed
    number = chinese_number(printed)
    return None if number is None else str(number)
