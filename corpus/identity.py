"""Which resolution is this? The title block of every resolution in a document, read from its text.

A title block is a number line ("RESOLUTION 101 (REV. DUBAI, 2018)", 第75号决议（2022年，日内瓦，
修订版), "52/31. Title"), title lines, a history or date line and the opening line in which the body
speaks ("The Plenipotentiary Conference … (Dubai, 2018),"). Body, number, year and language come from
what is printed there, never from the file's name. What is not printed, or printed twice
differently, must be given by the caller.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpus import bodies
from corpus.clauses import BODIES, LANGUAGES, Adoption, Revision
from corpus.editions import Edition, read_edition
from corpus.errors import NotAResolutionError, UnknownMetadataError
from corpus.folding import folded
from corpus.languages import detect_language
from corpus.numerals import CHINESE_NUMBER, chinese_number
from corpus.paragraphs import Extraction, Paragraph
from corpus.phrases import phrasebook

Range = tuple[int, int]  # half-open range of characters in the extraction's text


@dataclass(frozen=True, slots=True)
class LocatedTitle:
    """A resolution found in a document, and where each part of its title block stands."""

    revision: Revision
    cover: tuple[Range, ...]  # cover, foreword and whatever else stands before the number line
    number: Range | None  # the number line; None where none is printed
    title: tuple[Range, ...]  # one range a line
    history: tuple[Range, ...]  # adoption history, date of adoption, document symbol
    opening: Range | None  # "The Plenipotentiary Conference … (Dubai, 2018),"
    body: Range  # from the first clause to the end of this document


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str
    role: str = "body"


@dataclass(frozen=True, slots=True)
class _NumberLine:
    """What a number line says."""

    line: int  # index of its line
    start: int
    end: int
    number: str
    edition: Edition | None = None
    body: str | None = None
    meeting: int | None = None  # ordinal, of the General Conference on Weights and Measures
    certain: bool = False  # a form that nothing but a title has
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class _Opening:
    start: int
    end: int
    body: str
    edition: Edition | None
    meeting: int | None = None


_RESOLUTION = r"re?solu[tc]i[ou]?n"
_LATIN_KIND = rf"""
    (?P<kind>{_RESOLUTION}|decision|acuerdo|recomm?[ae]ndation|recomendacion|opinion|avis
    |резолюци[а-я]+|решени[а-я]+|рекомендаци[а-я]+|мнени[а-я]+
    |(?:ال)?قرار|(?:ال)?مقرر|(?:ال)?توصيه|(?:ال)?راي)
"""
_DRAFT = r"(?P<draft>(?:draft|projet\ de|proyecto\ de|проект)\s(?:new\s|revised\s|nouvelle\s|nueva\s|новой\s)?)?"
_BRACKET = r"\((?P<edition>[^()\n]{1,200})\)"
_NUMBER = r"(?P<number>[0-9]{1,4}(?:-[0-9]{1,2})?(?:bis|ter)?|\[[a-z0-9/-]{2,20}\]|(?:plen|com[0-9])/[0-9]+)"
_NUMBERED = re.compile(
    rf"""
    {_DRAFT}(?:(?:the|ال)\s)?{_LATIN_KIND}
    \s+(?P<sector>itu-r\s)?(?:no?\.?\s|n°\s?|№\s?|رقم\s)?{_NUMBER}(?P<sector_after>\sмсэ-r)?
    (?:\s*{_BRACKET})?
    (?P<marks>[\s*]*(?:[0-9]{{1,2}}(?:,\s*(?:bis|[0-9]{{1,2}}))*|bis)?[\s*.]*)
    """,
    re.VERBOSE,
)
_CGPM = re.compile(
    rf"""
    {_RESOLUTION}\s(?P<number>[0-9]{{1,2}})\s(?:of\sthe|de\sla|de\s la)\s
    (?P<meeting>[0-9]{{1,2}})\s?(?:st|nd|rd|th|e|eme|a)\s
    (?:cgpm|conference\sgenerale\sdes\spoids\set\smesures|general\sconference\son\sweights\sand\smeasures)
    (?:\s*\((?P<year>[0-9]{{4}})\))?[\s*]*
    """,
    re.VERBOSE,
)
_HAN_NUMBER = rf"(?:[0-9]+(?:-[0-9]+)?|{CHINESE_NUMBER})"
_CHINESE = re.compile(
    rf"""
    (?P<author>[^\W\d]{{0,16}}?)\s?(?P<sector>itu-r\s?)?
    第\s?(?P<number>{_HAN_NUMBER})\s?(?:\((?P<session>[0-9]{{4}}|{CHINESE_NUMBER})\))?\s?[号號]
    \s?(?P<kind>决议|決議|决定|決定|建议|建議|意见)
    (?:\s*{_BRACKET})?(?P<marks>[\s*0-9]{{0,4}})
    """,
    re.VERBOSE,
)
_CHINESE_UN = re.compile(
    rf"(?P<number>{CHINESE_NUMBER}|[0-9]+)\s?\((?P<edition>{CHINESE_NUMBER}|[0-9]{{4}})\)"
    r"[.\s]*(?P<date>.{0,24}?(?:决议|決議))?\s*"
)
_UN_NUMBER_FIRST = re.compile(
    rf"""
    (?P<number>[0-9]{{1,4}})\s?\((?P<edition>[0-9]{{4}}|[ivxlc]+)\)[.\s]+
    (?:{_RESOLUTION}|резолюция)\s(?:of|du|de(?:l)?|от)\s.{{4,40}}
    """,
    re.VERBOSE,
)
_SYMBOL = re.compile(
    r"(?P<organ>[as])/res/(?P<number>(?:es-)?[0-9]{1,4}(?:/[0-9]{1,4})?)(?:\s?[a-z])?"
    r"(?:\s?\((?P<edition>[0-9]{4}|[ivxlc]+)\))?\s*"
)
_ASSEMBLY = re.compile(
    r"(?P<number>(?:es-)?[0-9]{1,3}\s?/\s?[0-9]{1,4}(?:\s[a-z])?|[0-9]{1,4}\s\((?P<edition>[ivxlc]+)\))"
    r"(?:\.\s*(?P<title>.*))?",
    re.DOTALL,
)
_HEALTH = re.compile(r"(?P<number>wha[0-9]{1,2}\.[0-9]{1,3})[.:\s]*(?P<title>.*)", re.DOTALL)
_COUNCIL = re.compile(
    r"(?:r|d|dec\.?|res\.?)\s?(?P<number>[0-9]{3,4})\s(?P<title>.{3,160}?)\s?"
    r"\((?P<edition>c-?[0-9]{2,4}[^()]{0,40})\)\s*"
)
_KINDS = (
    (re.compile(r"d.?cision|acuerdo|решени|مقرر|决定|決定"), "dec"),
    (re.compile(r"recom|рекомендаци|توصيه|建[议議]"), "rec"),
    (re.compile(r"opinion|avis|мнени|راي|意见"), "op"),
)
_JUNK = re.compile(r"(?:\[bookmark:[^\]]*\]|[\s\ufeff\"“”«»*•])*")
_DATE_LINE = re.compile(
    r"(?:(?:of|du|de|del|от|الصادر\s?في|المورخ\s?في)\s)?[0-9IVl]{1,2}(?:er|st|nd|rd|th)?\s(?:de\s)?\S{2,16}\s?[/\]]?\s?\S{0,16}"
    r"\s(?:de\s)?[0-9]{4}(?:\s?г(?:ода|\.)?)?|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日"
    r"|[(\[]?[as]/(?:res/|l\.)?[0-9/().a-z]{2,24},?\s?[\dl]?[\])]?"
)
_ADOPTED = re.compile(
    r"(?:adopted|adoptee?|adoptada|aprobada|принята).{0,60}?(?:security council|conseil de securite"
    r"|consejo de seguridad|советом безопасности).{0,80}?(?P<year>(?:19|20)[0-9]{2})",
    re.DOTALL,
)
_ADOPTED_LINE = re.compile(
    r"(?:resolution )?(?:adopted|adoptee|adoptada|aprobada|принят)|\[(?:without|on) "
)
_OPENING = re.compile(
    r"""
    (?P<quote>["']?\s*)
    (?P<article>(?:the|la|le|les|el|los|las|l'|ان)\s?)?
    (?:(?P<meeting>[0-9]{1,2})\s?(?:st|nd|rd|th|eme|e|a|o|-я)\s)?
    """,
    re.VERBOSE,
)
_AFTER_BODY = re.compile(
    r"""
    (?:\s(?:of\sthe|de\sl'|de\sla)\s?(?:international\stelecommunication\sunion
        |union\sinternationale\sdes\stelecommunications|union\sinternacional\sde\stelecomunicaciones
        |united\snations|organisation\sdes\snations\sunies))?
    (?:\s?\([^()]{1,60}\))*
    (?:,?\s(?:at\sits|a\ssa|en\ssu|на\sсвоей)\s(?P<meeting>[0-9]{1,2})[^,\n]{0,40})?
    \s?(?:[,:]|(?=\n)|$)
    """,
    re.VERBOSE,
)
_LABEL = re.compile(
    r"\s*(?:[a-zа-я]{1,2}\)|[0-9]{1,3}(?:[.)\t]|\s(?=[a-z]))|[ivx]{1,4}\)|\([a-z0-9]{1,3}\))"
)
_TITLE_LENGTH = 1500  # characters between a number line and what shows that a resolution begins
_NOT_RESOLUTIONS = (
    (
        re.compile(
            r"(?:recommendation|recommandation|recomendacion|рекомендация|建议书|التوصيه)\s+itu-t\s+(?P<it>[a-z]\.[0-9.]+)"
        ),
        "an ITU-T Recommendation ({it})",
    ),
    (
        re.compile(
            r"(?:recommendation|recommandation|recomendacion|рекомендация|建议书|التوصيه)\s+itu-r\s+(?P<it>[a-z]{1,3}\.[0-9-]+)"
        ),
        "an ITU-R Recommendation ({it})",
    ),
    (
        re.compile(r"s/prst/(?P<it>[0-9]{4}/[0-9]+)"),
        "a statement by the President of the Security Council (S/PRST/{it})",
    ),
    (
        re.compile(
            r"having regard to.{0,4000}?\bwhereas\b.{0,20000}?\b(?P<it>article 1)\b", re.DOTALL
        ),
        "a legal act with recitals and articles",
    ),
)


def identify(
    extraction: Extraction,
    *,
    body: str | None = None,
    number: str | None = None,
    year: int | None = None,
    language: str | None = None,
) -> tuple[LocatedTitle, ...]:
    """The resolutions in the document, in order, at least one, with the ranges of their title blocks.

    `body`, `number`, `year` and `language` overrule what is printed. Raises NotAResolutionError
    when no title block is found, UnknownMetadataError when one of the four is neither printed nor
    given, or is printed twice differently; the message names the option to give.
    """
    _check_options(extraction.file, body=body, year=year, language=language)
    lines = _lines(extraction)
    located = _located(extraction, lines, number=number)
    if not located:
        raise NotAResolutionError(f"{extraction.file}: {_why_not(extraction.text)}")
    ends = [numbered.start for numbered, _ in located[1:] if numbered] + [len(extraction.text)]
    if len(located) > 1 and number is not None:
        raise UnknownMetadataError(
            f"{extraction.file}: {len(located)} resolutions are printed in it, --number can name only "
            "one: split the file, or leave --number out"
        )
    given = _Given(body, number, year, language)
    found = []
    for index, (numbered, opening) in enumerate(located):
        begin = 0 if index == 0 else (numbered.start if numbered else 0)
        found.append(
            _title_block(extraction, lines, numbered, opening, (begin, ends[index]), given)
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Given:
    body: str | None
    number: str | None
    year: int | None
    language: str | None


def _check_options(file: str, *, body: str | None, year: int | None, language: str | None) -> None:
    if body is not None and body not in BODIES:
        raise UnknownMetadataError(f"{file}: --body {body} is none of {', '.join(BODIES)}")
    if language is not None and language not in LANGUAGES:
        raise UnknownMetadataError(
            f"{file}: --language {language} is none of {', '.join(LANGUAGES)}"
        )
    if year is not None and not 1800 <= year <= 2200:
        raise UnknownMetadataError(f"{file}: --year {year} is no year of adoption")


def _lines(extraction: Extraction) -> list[_Line]:
    """Body lines in reading order; page marks, headers and notes do not interrupt a title block."""
    paragraphs: Sequence[Paragraph] = extraction.paragraphs
    text = extraction.text
    if not paragraphs:
        paragraphs = [
            Paragraph(match.start(), match.end()) for match in re.finditer(r"[^\n]+", text)
        ]
    return [
        _Line(p.start, p.end, text[p.start : p.end], p.role)
        for p in paragraphs
        if p.role in ("body", "table", "text-box") and text[p.start : p.end].strip()
    ]


# --- finding title blocks -------------------------------------------------------------------------


def _located(
    extraction: Extraction, lines: Sequence[_Line], *, number: str | None
) -> list[tuple[_NumberLine | None, _Opening | None]]:
    """The number lines that begin a resolution, each with its opening line if it has one."""
    candidates = list(_number_lines(lines))
    kept: list[tuple[_NumberLine | None, _Opening | None]] = []
    for index, candidate in enumerate(candidates):
        limit = len(lines)
        if index + 1 < len(candidates):
            limit = candidates[index + 1].line
        opening = _opening_after(extraction, lines, candidate, limit)
        if opening is not None or candidate.certain or _heading_after(lines, candidate, limit):
            kept.append((candidate, opening))
    if kept:
        return kept
    for line in lines[:400]:
        opening = _opening_at(extraction, line)
        if opening is not None and _speaks(extraction.text, opening):
            return [(None, opening)]
    if number is not None and lines:
        return [(None, None)]
    return []


def _number_lines(lines: Sequence[_Line]) -> Iterator[_NumberLine]:
    for index, line in enumerate(lines):
        if line.role == "text-box":
            continue
        read = _read_number_line(index, line)
        if read is not None:
            previous = lines[index - 1].text.strip() if index else ""
            yield replace(read, proposed=read.proposed or _is_proposal_mark(previous))


def _is_proposal_mark(text: str) -> bool:
    return re.match(r"(?:MOD|ADD|SUP)\b[\s\w/().-]{0,30}$", text) is not None


def _read_number_line(index: int, line: _Line) -> _NumberLine | None:
    """The number line that a line is or, in a text without line breaks, begins with."""
    lead = _JUNK.match(line.text)
    offset = lead.end() if lead else 0
    bare = line.text[offset:]
    if not bare or not (bare[0].isupper() or bare[0].isdigit() or not bare[0].islower()):
        return None
    head = folded(bare[:400])
    for reader in (_read_cgpm, _read_un, _read_itu, _read_chinese):
        read = reader(head, bare)
        if read is not None:
            found, length = read
            end = line.start + offset + min(length, len(bare.rstrip()))
            return replace(found, line=index, start=line.start + offset, end=end)
    return None


_Read = tuple[_NumberLine, int] | None  # what it says and its length


def _blank(number: str, **known: object) -> _NumberLine:
    return replace(_NumberLine(0, 0, 0, number), **known)  # type: ignore[arg-type]


def _read_cgpm(head: str, bare: str) -> _Read:
    match = _CGPM.match(head)
    if not match or not _ends(head, match.end()):
        return None
    year = match.group("year")
    edition = read_edition(year) if year else None
    ordinal = int(match.group("meeting"))
    number = f"{ordinal}-{int(match.group('number'))}"
    return _blank(number, edition=edition, body="cgpm", meeting=ordinal, certain=True), match.end()


def _read_un(head: str, bare: str) -> _Read:
    match = _UN_NUMBER_FIRST.match(head)
    if match and _ends(head, match.end()):
        edition = read_edition(match.group("edition"))
        body = "unga" if edition and edition.session else None
        return _blank(match.group("number"), edition=edition, body=body, certain=True), len(bare)
    match = _SYMBOL.match(head)
    if match and _ends(head, match.end()):
        body = {"a": "unga", "s": "unsc"}[match.group("organ")]
        edition = read_edition(match.group("edition") or "")
        return _blank(_plain_number(match.group("number")), edition=edition, body=body), match.end()
    match = _HEALTH.match(head)
    if match:
        return _blank(match.group("number"), body=bodies.OTHER), match.start("title")
    match = _COUNCIL.fullmatch(head.rstrip())
    if match:
        kind = "dec" if head.startswith("d") else ""
        edition = read_edition(match.group("edition"))
        return (
            _blank(kind + match.group("number"), edition=edition, body="council", certain=True),
            len(bare),
        )
    match = _ASSEMBLY.fullmatch(head) if len(head) < 400 else None
    if match and re.match(r"[^.]*(?:\.\s*\S|$)", head):
        number = match.group("number")
        if "/" in number or match.group("edition"):
            edition = read_edition(match.group("edition") or "")
            plain = _plain_number(number.partition(" (")[0])
            title = match.start("title") if match.group("title") else len(bare)
            return _blank(plain, edition=edition, body="unga"), title
    return None


def _read_itu(head: str, bare: str) -> _Read:
    match = _NUMBERED.match(head)
    if not match:
        return None
    content = match.group("edition")
    edition = read_edition(bare[match.start("edition") : match.end("edition")]) if content else None
    if content and edition is None:
        return None
    shouted = bare[: match.start("number")].isupper() or match.group("kind")[0] >= "\u0600"
    whole = _ends(head, match.end())
    begun = shouted and re.match(r"\s*[^\s\W]", bare[match.end() :]) and not _runs_on(bare, match)
    if not whole and not begun:
        return None
    prefix = _kind_prefix(match.group("kind"))
    sector = match.group("sector") or match.group("sector_after")
    number = _plain_number(match.group("number"))
    draft = match.group("draft") is not None or number.startswith("[")
    number = number.strip("[]")
    body = "ra" if sector else (edition.body if edition else None)
    if sector:
        number = number.partition("-")[0]
    if edition and edition.session:
        body = "unga"
    length = match.end("edition") + 1 if content else match.end("number")
    if whole:
        length = len(bare)
    return _blank(prefix + number, edition=edition, body=body, proposed=draft), length


def _runs_on(bare: str, match: re.Match[str]) -> bool:
    """Whether a sentence goes on behind the number: "RESOLUTION 5 of the …"."""
    rest = bare[match.end() :].lstrip()
    return bool(rest) and (rest[0].islower() or rest[0] in ",;.")


def _read_chinese(head: str, bare: str) -> _Read:
    match = _CHINESE.match(head)
    if match and (_ends(head, match.end()) or len(head) >= 200):
        number = _chinese_plain(match.group("number"))
        content = match.group("edition")
        edition = read_edition(content) if content else None
        if number is None or (content and edition is None):
            return None
        session = match.group("session")
        if session:
            edition = read_edition(session)
        author = [mention.body for mention in bodies.find(match.group("author"))]
        if match.group("author") and not author:
            return None
        body = author[0] if author else (edition.body if edition else None)
        if match.group("sector"):
            body, number = "ra", number.partition("-")[0]
        number = _kind_prefix(match.group("kind")) + number
        length = len(bare) if _ends(head, match.end()) else match.end()
        return _blank(number, edition=edition, body=body), length
    match = _CHINESE_UN.match(head)
    if match and match.group("date") and _ends(head, match.end()):
        number = _chinese_plain(match.group("number"))
        edition = read_edition(match.group("edition"))
        if number is not None and edition is not None:
            body = "unga" if edition.session else None
            return _blank(number, edition=edition, body=body, certain=True), len(bare)
    return None


def _ends(head: str, at: int) -> bool:
    return not head[at:].strip()


def _kind_prefix(kind: str) -> str:
    return next((prefix for pattern, prefix in _KINDS if pattern.search(kind)), "")


def _plain_number(printed: str) -> str:
    return re.sub(r"\s+", "", printed).replace("/", "-").lower()


def _chinese_plain(printed: str) -> str | None:
    if printed[0].isdigit():
        return printed
    number = chinese_number(printed)
    return None if number is None else str(number)


def _opening_after(
    extraction: Extraction, lines: Sequence[_Line], numbered: _NumberLine, limit: int
) -> _Opening | None:
    """The opening line that follows a number line before anything that is a clause."""
    first = lines[numbered.line]
    if numbered.end < first.end:  # all in one line
        within = _opening_within(extraction, numbered.end, min(first.end, numbered.end + 900))
        if within is not None:
            return within
    for line in lines[numbered.line + 1 : limit]:
        if line.start - numbered.end > _TITLE_LENGTH or _LABEL.match(line.text):
            return None
        opening = _opening_at(extraction, line)
        if opening is not None:
            return opening
        if line.end - line.start > _TITLE_LENGTH:
            return _opening_within(extraction, line.start, line.start + 900)
    return None


def _opening_at(
    extraction: Extraction, line: _Line, *, start: int | None = None
) -> _Opening | None:
    begin = line.start if start is None else start
    lead = _JUNK.match(extraction.text, begin)
    begin = lead.end() if lead else begin
    printed = extraction.text[begin : begin + 400]
    plain = folded(printed)
    if len(plain) != len(printed):  # an invisible mark: rare enough to be cut out first
        return _opening_with_marks(extraction, begin, printed)
    return _read_opening(printed, plain, begin)


def _opening_with_marks(extraction: Extraction, begin: int, printed: str) -> _Opening | None:
    kept = [at for at, character in enumerate(printed) if len(folded(character)) == 1]
    compact = "".join(printed[at] for at in kept)
    read = _read_opening(compact, folded(compact), 0)
    if read is None:
        return None
    return replace(read, start=begin + kept[read.start], end=begin + kept[read.end - 1] + 1)


def _read_opening(printed: str, plain: str, begin: int) -> _Opening | None:
    match = _OPENING.match(plain)
    at = match.end() if match else 0
    mention = next((m for m in bodies.find(printed[:220]) if m.start <= at <= m.start + 3), None)
    if mention is None or not match:
        return None
    after = _AFTER_BODY.match(plain, mention.end)
    if not after or (after.end() == mention.end):
        return None
    if not plain[: after.end()].rstrip().endswith((",", ":", ")")):
        return None
    bracket = re.search(r"\(([^()]*[0-9]{4}[^()]*)\)", plain[mention.end : after.end()])
    edition = None
    if bracket:
        edition = read_edition(
            printed[mention.end + bracket.start(1) : mention.end + bracket.end(1)]
        )
    ordinal = match.group("meeting") or after.group("meeting")
    end = len(printed[: after.end()].rstrip())
    return _Opening(begin, begin + end, mention.body, edition, int(ordinal) if ordinal else None)


def _opening_within(extraction: Extraction, start: int, end: int) -> _Opening | None:
    """The opening inside a long line: a body, the bracket with place and year, and a comma."""
    text = extraction.text
    for match in re.finditer(
        r"(?:(?<=[\s.。）)])|(?<=[\u3400-\u9fff]))(?=[^\W\d_])", text[start:end]
    ):
        opening = _opening_at(extraction, _Line(start, end, ""), start=start + match.start())
        if opening is not None and (
            opening.edition is not None or opening.body in ("unsc", "unga")
        ):
            return opening
    return None


def _heading_after(lines: Sequence[_Line], numbered: _NumberLine, limit: int) -> int | None:
    """Index of the first heading below a number line with nothing but title lines between."""
    if numbered.line and not _stands_apart(lines, numbered):
        return None
    for index in range(numbered.line + 1, min(limit, numbered.line + 9)):
        line = lines[index]
        if _LABEL.match(line.text) or line.end - line.start > 500:
            return None
        if _is_heading(line.text):
            return index
    return None


def _stands_apart(lines: Sequence[_Line], numbered: _NumberLine) -> bool:
    """Whether a number line is no wrapped line of a sentence: capitals, or a finished one before."""
    printed = lines[numbered.line].text.strip()
    if printed.isupper() or numbered.body == "cgpm" or "第" in printed:
        return True
    return lines[numbered.line - 1].text.rstrip().endswith((".", ":", "。", "!", "?"))


def _is_heading(text: str) -> bool:
    line = text.strip()
    return 0 < len(line) <= 300 and phrasebook().match_heading(line) is not None


def _speaks(text: str, opening: _Opening) -> bool:
    """Whether a verb of a resolution follows an opening that has no number line above it."""
    after = text[opening.end : opening.end + 3000]
    return len(_VERBS.findall(folded(after))) >= 2


_VERBS = re.compile(
    r"(?<![a-zа-я])(?:recalling|reaffirming|considering|noting|recognizing|decides|requests|resolves|welcoming"
    r"|determining|calls upon|rappelant|considerant|notant|decide|prie|charge|recordando|considerando"
    r"|resuelve|decide|pide|encarga|ссылаясь|учитывая|отмечая|постановляет|решает|просит|поручает)"
    r"(?![a-zа-я])|回顾|考虑到|重申|决定|注意到|责成|认识到|إذ|تقرر|يقرر|تطلب"
)


# --- reading one title block ----------------------------------------------------------------------


def _title_block(
    extraction: Extraction,
    lines: Sequence[_Line],
    numbered: _NumberLine | None,
    opening: _Opening | None,
    span: Range,
    given: _Given,
) -> LocatedTitle:
    text = extraction.text
    begin, end = span
    number_range = (numbered.start, numbered.end) if numbered else None
    title, history, editions, body_start = _between(extraction, lines, numbered, opening, begin)
    cover_end = number_range[0] if number_range else (title[0][0] if title else body_start)
    if number_range is None and opening is not None:
        cover_end = min(cover_end, opening.start)
    title, cover_end = _title_above(text, lines, numbered, title, (begin, cover_end))
    cover = ((begin, cover_end),) if text[begin:cover_end].strip() else ()
    revision = _revision(
        extraction,
        numbered=numbered,
        opening=opening,
        editions=editions,
        title=_title_text(extraction, title),
        dates=" ".join(text[start:stop] for start, stop in history),
        span=(cover_end, end),
        given=given,
    )
    opening_range = (opening.start, opening.end) if opening else None
    return LocatedTitle(
        revision, cover, number_range, title, history, opening_range, (body_start, end)
    )


def _between(
    extraction: Extraction,
    lines: Sequence[_Line],
    numbered: _NumberLine | None,
    opening: _Opening | None,
    begin: int,
) -> tuple[tuple[Range, ...], tuple[Range, ...], list[Edition], int]:
    """Title lines, history lines, the editions of the latter, and where the body starts."""
    text = extraction.text
    if numbered is None:
        start = opening.start if opening else begin
        return (), (), [], opening.end if opening else start
    stop = opening.start if opening else None
    if stop is None:
        heading = _heading_after(lines, numbered, len(lines))
        if heading is not None:
            stop = lines[heading].start
        else:
            stop = _title_end(lines, numbered)
    title: list[Range] = []
    history: list[Range] = []
    editions: list[Edition] = []
    for start, end in _pieces(lines, numbered, stop):
        printed = _without_marks(extraction, start, end)
        edition = _history_edition(printed)
        plain = folded(printed).strip()
        if edition is not None:
            history.append((start, end))
            editions.append(edition)
        elif _DATE_LINE.fullmatch(plain) or _ADOPTED_LINE.match(plain):
            history.append((start, end))
        else:
            title.append((start, end))
    return tuple(title), tuple(history), editions, opening.end if opening else stop


def _pieces(lines: Sequence[_Line], numbered: _NumberLine, stop: int) -> Iterator[Range]:
    """The ranges between a number line and `stop`, one per line, without outer white space."""
    for line in lines[numbered.line :]:
        start, end = max(line.start, numbered.end), min(line.end, stop)
        if start >= stop:
            return
        printed = line.text[start - line.start : max(end - line.start, 0)]
        if printed.strip():
            lead = len(printed) - len(printed.lstrip())
            yield start + lead, start + len(printed.rstrip())


def _title_end(lines: Sequence[_Line], numbered: _NumberLine) -> int:
    """Where the title ends when neither an opening nor a heading tells: at the first sentence."""
    end = numbered.end
    for line in lines[numbered.line + 1 : numbered.line + 5]:
        printed = line.text.strip()
        if (
            len(printed) > 200
            or _LABEL.match(printed)
            or printed.endswith((",", ";", ".", "；", "，", "。"))
        ):
            break
        end = line.end
    return end


def _title_above(
    text: str,
    lines: Sequence[_Line],
    numbered: _NumberLine | None,
    title: tuple[Range, ...],
    cover: Range,
) -> tuple[tuple[Range, ...], int]:
    """A title printed above the number, in capitals, as in old volumes of the United Nations."""
    if title or numbered is None or not numbered.certain or numbered.body == "cgpm":
        return title, cover[1]
    above = [line for line in lines[: numbered.line] if line.start >= cover[0]]
    printed = [line for line in above[-3:] if line.text.strip().isupper()]
    if not printed or printed[-1] is not above[-1]:
        return title, cover[1]
    return tuple((line.start, line.end) for line in printed), printed[0].start


def _history_edition(printed: str) -> Edition | None:
    bare = re.sub(
        r"(?:\[footnoteRef:[^\]]*\])?[\s*]*(?:[0-9]{1,2}(?:,\s*bis)?)?[\s*]*$", "", printed.strip()
    )
    for candidate in (bare, printed.strip()):
        if candidate[:1] in "(（" and candidate[-1:] in ")）":
            return read_edition(candidate[1:-1])
    return None


def _title_text(extraction: Extraction, ranges: Sequence[Range]) -> str:
    """The title in one line, without note marks; Chinese lines are joined without a space."""
    joined = ""
    for start, end in ranges:
        piece = re.sub(r"(?<=[a-z]{4})[0-9](?![0-9])", "", _without_marks(extraction, start, end))
        piece = re.sub(r"\[(?:bookmark|footnoteRef):[^\]]*\]", "", piece)
        piece = " ".join(piece.split())
        glued = joined and piece and _is_han(joined[-1]) and _is_han(piece[0])
        joined = joined + piece if glued or not joined else f"{joined} {piece}"
    return joined


def _without_marks(extraction: Extraction, start: int, end: int) -> str:
    """The text of a range without the marks of notes that the reader knows."""
    kept, at = "", start
    for first, last in sorted(mark for note in extraction.footnotes for mark in note.references):
        if start <= first < last <= end:
            kept, at = kept + extraction.text[at:first], last
    return kept + extraction.text[at:end]


def _is_han(character: str) -> bool:
    return "\u3000" <= character <= "\u9fff" or "\uff00" <= character <= "\uff60"


def _revision(
    extraction: Extraction,
    *,
    numbered: _NumberLine | None,
    opening: _Opening | None,
    editions: Sequence[Edition],
    title: str,
    dates: str,
    span: Range,
    given: _Given,
) -> Revision:
    file = extraction.file
    printed = numbered.edition if numbered else None
    history = max(editions, key=lambda edition: len(edition.entries), default=None)
    opened = opening.edition if opening else None
    told = [edition for edition in (printed, history, opened) if edition is not None]
    year = given.year or _year(extraction, told, numbered, opening, dates, span)
    body = given.body or _body(extraction, told, numbered, opening, year, span)
    number = _number(file, numbered, opening, body, given.number)
    language = given.language or detect_language(extraction.text[span[0] : span[1]])
    if language is None:
        raise UnknownMetadataError(
            f"{file}: its language is none of {', '.join(LANGUAGES)}, or cannot be told; "
            "if it is one of them, name it with --language"
        )
    place = next((edition.place for edition in told if edition.place), "")
    adoptions = _adoptions(history if history and len(history.entries) > 1 else None, year, place)
    proposed = bool(extraction.proposal) or (numbered is not None and numbered.proposed)
    return Revision(
        body=body,
        number=number,
        year=year,
        place=place,
        language=language,
        title=title,
        revised=any(edition.revised for edition in told) or len(adoptions) > 1,
        history=adoptions,
        status="proposal" if proposed else "adopted",
    )


def _adoptions(history: Edition | None, year: int, place: str) -> tuple[Adoption, ...]:
    if history is None:
        return (Adoption(year, place),)
    told = [Adoption(e.year, e.place) for e in history.entries if e.year is not None]
    if all(entry.year != year for entry in told):
        told.append(Adoption(year, place))
    return tuple(sorted(told, key=lambda adoption: adoption.year))


def _year(
    extraction: Extraction,
    told: Sequence[Edition],
    numbered: _NumberLine | None,
    opening: _Opening | None,
    dates: str,
    span: Range,
) -> int:
    years = list(dict.fromkeys(edition.year for edition in told if edition.year))
    if len(years) > 1:
        raise UnknownMetadataError(
            f"{extraction.file}: its title block names {' and '.join(map(str, years))} as the year of "
            "adoption; tell which with --year"
        )
    if years:
        return years[0]
    ordinal = (numbered.meeting if numbered else None) or (opening.meeting if opening else None)
    if ordinal and (numbered and numbered.body == "cgpm"):
        met = next((m.year for m in bodies.meetings("cgpm") if m.code == str(ordinal)), None)
        if met is not None:
            return met
    line = extraction.text[numbered.start : numbered.end] if numbered else ""
    dated = re.findall(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])", folded(f"{line} {dates}"))
    unique = set(dated)
    if len(unique) == 1:
        return int(unique.pop())
    start = opening.start if opening else span[0]
    adopted = _ADOPTED.search(folded(extraction.text[max(0, start - 600) : start]))
    if adopted:
        return int(adopted.group("year"))
    raise UnknownMetadataError(
        f"{extraction.file}: the year of its adoption is not printed in its title block; give it with "
        f"--year{' and its number with --number' if numbered is None else ''}"
    )


def _body(
    extraction: Extraction,
    told: Sequence[Edition],
    numbered: _NumberLine | None,
    opening: _Opening | None,
    year: int,
    span: Range,
) -> str:
    named = [
        body for body in ((numbered.body if numbered else None), *(e.body for e in told)) if body
    ]
    if opening is not None:
        named.append(opening.body)
    distinct = list(dict.fromkeys(named))
    if len(distinct) > 1:
        raise UnknownMetadataError(
            f"{extraction.file}: its title block names the bodies {' and '.join(distinct)}; tell which "
            "with --body"
        )
    if distinct:
        return distinct[0]
    place = next((edition.place for edition in told if edition.place), "")
    met = [
        body
        for body in BODIES
        if body != bodies.OTHER
        and (meeting := bodies.meeting_in(body, year)) is not None
        and place
        and meeting.place == place
    ]
    if len(met) == 1:
        return met[0]
    if numbered is not None and numbered.certain:
        mentions = [
            mention.body for mention in bodies.find(extraction.text[span[0] : span[0] + 2000])
        ]
        united = {body for body in mentions if body in ("unsc", "unga")}
        if len(united) == 1:
            return united.pop()
    raise UnknownMetadataError(
        f"{extraction.file}: the body that adopted it is not printed in its title block; give it with "
        f"--body (one of {', '.join(BODIES)})"
    )


def _number(
    file: str, numbered: _NumberLine | None, opening: _Opening | None, body: str, given: str | None
) -> str:
    if given is not None:
        plain = _plain_number(given.strip().strip("[]"))
        if not re.fullmatch(r"[a-z0-9]+(?:[-.][a-z0-9]+)*", plain):
            raise UnknownMetadataError(f"{file}: --number {given} is no number of a resolution")
        return plain
    if numbered is None:
        raise UnknownMetadataError(
            f"{file}: a resolution of the {bodies.name(body, 'en') if body != bodies.OTHER else 'body'}"
            ", but its number is not printed in its title block; give it with --number"
        )
    return numbered.number


def _why_not(text: str) -> str:
    head = folded(text[:30000])
    for pattern, reason in _NOT_RESOLUTIONS:
        match = pattern.search(head)
        if match:
            what = reason.format(it=match.group("it").upper().rstrip("."))
            return f"{what}, not a resolution; only adopted resolutions, decisions and the like are read"
    if not text.strip():
        return "no text in it; if it is a scan, run it through text recognition first"
    return (
        "no title line such as “RESOLUTION 75 (Rev. Geneva, 2022)” and no opening line of a known body "
        "in it; if it is a resolution all the same, name it with --body --number --year --language"
    )
