"""Which resolution is this? Body, number, year, language and title, from the document's own words.

Read from the title block (`corpus.title_blocks`), never from the file's name. What is not printed
there, or printed twice differently, must be given by the caller: nothing is guessed in silence. A
body that no line names is taken from the calendar of meetings where place and year leave only one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus import bodies
from corpus.clauses import BODIES, LANGUAGES, Adoption, Revision
from corpus.editions import Edition
from corpus.errors import NotAResolutionError, UnknownMetadataError
from corpus.folding import folded
from corpus.languages import detect_language
from corpus.number_lines import plain_number
from corpus.paragraphs import Extraction
from corpus.title_blocks import Range, TitleBlock, find_title_blocks, without_marks


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


def identify(
    extraction: Extraction,
    *,
    body: str | None = None,
    number: str | None = None,
    year: int | None = None,
    language: str | None = None,
) -> tuple[LocatedTitle, ...]:
    """The resolutions in the document, in order, at least one, with their title blocks.

    `body`, `number`, `year` and `language` overrule what is printed; with all four given a text
    without a title block is taken too. Raises NotAResolutionError when no title block is found,
    UnknownMetadataError when one of the four is neither printed nor given, or is printed twice
    differently; the message names the option to give.
    """
    file, text = extraction.file, extraction.text
    given = _Given(body, number, year, language)
    _check(file, given)
    blocks = find_title_blocks(extraction)
    if not blocks:
        if not text.strip() or not all((body, number, year, language)):
            raise NotAResolutionError(f"{file}: {_why_not(text)}")
        blocks = (TitleBlock(0, len(text), None, (), (), (), None, 0, False),)
    if len(blocks) > 1 and number is not None:
        raise UnknownMetadataError(
            f"{file}: {len(blocks)} resolutions are printed in it and --number can name only one: "
            "split the file, or leave --number out"
        )
    return tuple(_located(extraction, block, given) for block in blocks)


@dataclass(frozen=True, slots=True)
class _Given:
    body: str | None
    number: str | None
    year: int | None
    language: str | None


def _check(file: str, given: _Given) -> None:
    if given.body is not None and given.body not in BODIES:
        raise UnknownMetadataError(f"{file}: --body {given.body} is none of {', '.join(BODIES)}")
    if given.language is not None and given.language not in LANGUAGES:
        raise UnknownMetadataError(
            f"{file}: --language {given.language} is none of {', '.join(LANGUAGES)}"
        )
    if given.year is not None and not 1800 <= given.year <= 2200:
        raise UnknownMetadataError(f"{file}: --year {given.year} is no year of adoption")


def _located(extraction: Extraction, block: TitleBlock, given: _Given) -> LocatedTitle:
    numbered, opening = block.number_line, block.opening
    has_cover = extraction.text[block.begin : block.start].strip() != ""
    return LocatedTitle(
        revision=_revision(extraction, block, given),
        cover=((block.begin, block.start),) if has_cover else (),
        number=(numbered.start, numbered.end) if numbered else None,
        title=block.title,
        history=block.history,
        opening=(opening.start, opening.end) if opening else None,
        body=(block.body_start, block.end),
    )


def _revision(extraction: Extraction, block: TitleBlock, given: _Given) -> Revision:
    told = _told(block)
    year = given.year or _year(extraction, block, told)
    body = given.body or _body(extraction, block, told, year)
    number = _number(extraction.file, block, body, given.number)
    language = given.language or detect_language(extraction.text[block.start : block.end])
    if language is None:
        raise UnknownMetadataError(
            f"{extraction.file}: its language is none of {', '.join(LANGUAGES)}, or cannot be "
            "told; if it is one of them, name it with --language"
        )
    place = next((edition.place for edition in told if edition.place), "")
    history = _adoptions(told, year, place)
    return Revision(
        body=body,
        number=number,
        year=year,
        place=place,
        language=language,
        title=_title(extraction, block.title),
        revised=any(edition.revised for edition in told) or len(history) > 1,
        history=history,
        status="proposal" if extraction.proposal or block.proposed else "adopted",
    )


def _told(block: TitleBlock) -> list[Edition]:
    """The editions that the title block names: number line, history line, opening."""
    told = [block.number_line.edition] if block.number_line else []
    told.append(max(block.editions, key=lambda edition: len(edition.entries), default=None))
    told.append(block.opening.edition if block.opening else None)
    return [edition for edition in told if edition is not None]


def _title(extraction: Extraction, ranges: Sequence[Range]) -> str:
    """The title in one line, without marks of notes; Chinese lines are joined without a space."""
    joined = ""
    for start, end in ranges:
        piece = without_marks(extraction, start, end)
        piece = re.sub(r"\[(?:bookmark|footnoteRef):[^\]]*\]", "", piece)
        piece = re.sub(r"(?<=[a-z]{4})[0-9](?![0-9])", "", piece)  # "developing1 countries"
        piece = " ".join(piece.split())
        glued = joined and piece and _is_wide(joined[-1]) and _is_wide(piece[0])
        joined = joined + piece if glued or not joined else f"{joined} {piece}"
    return joined


def _is_wide(character: str) -> bool:
    return "\u3000" <= character <= "\u9fff" or "\uff00" <= character <= "\uff60"


def _adoptions(told: Sequence[Edition], year: int, place: str) -> tuple[Adoption, ...]:
    """All adoptions that the title block names, oldest first, this text's own included."""
    longest = max(told, key=lambda edition: len(edition.entries), default=None)
    found = {year: place}
    if longest is not None and len(longest.entries) > 1:
        found |= {entry.year: entry.place for entry in longest.entries if entry.year is not None}
    return tuple(Adoption(adopted, found[adopted]) for adopted in sorted(found))


def _year(extraction: Extraction, block: TitleBlock, told: Sequence[Edition]) -> int:
    years = list(dict.fromkeys(edition.year for edition in told if edition.year))
    if len(years) > 1:
        raise UnknownMetadataError(
            f"{extraction.file}: its title block names {' and '.join(map(str, years))} as the year "
            "of adoption; tell which with --year"
        )
    if years:
        return years[0]
    found = _year_of_meeting(block) or _dated_year(extraction.text, block)
    if found is not None:
        return found
    also = " and its number with --number" if block.number_line is None else ""
    raise UnknownMetadataError(
        f"{extraction.file}: the year of its adoption is not printed in its title block; "
        f"give it with --year{also}"
    )


def _year_of_meeting(block: TitleBlock) -> int | None:
    """The year of a numbered meeting: the 26th CGPM met in 2018."""
    numbered = block.number_line
    if numbered is None or numbered.meeting is None:
        return None
    code = str(numbered.meeting)
    return next((met.year for met in bodies.meetings("cgpm") if met.code == code), None)


def _dated_year(text: str, block: TitleBlock) -> int | None:
    """The year of a date in the title block, or of an "adopted … on" just above it."""
    numbered = block.number_line
    line = text[numbered.start : numbered.end] if numbered else ""
    dates = " ".join(text[start:end] for start, end in block.history)
    years = set(_YEAR.findall(folded(f"{line} {dates}")))
    if len(years) == 1:
        return int(years.pop())
    above = text[max(block.begin, block.start - 600) : block.start]
    adopted = list(_ADOPTED.finditer(folded(above)))
    return int(adopted[-1].group("year")) if adopted else None


_YEAR = re.compile(r"(?<![0-9/])(?:19|20)[0-9]{2}(?![0-9])")
_ORGAN = (
    r"(?:security\scouncil|general\sassembly|conseil\sde\ssecurite|assemblee\sgenerale|consejo\sde\s"
    r"seguridad|asamblea\sgeneral|совет(?:ом)?\sбезопасности|генеральн[а-я]+\sассамбле[а-я]+)"
)
_ADOPTED = re.compile(
    rf"""
    (?:adopted|adoptee?|adoptada|aprobada|принята)[^\n]{{0,60}}?{_ORGAN}
        [^;]{{0,80}}?(?P<year>(?:19|20)[0-9]{{2}})
    """,
    re.VERBOSE,
)


def _body(extraction: Extraction, block: TitleBlock, told: Sequence[Edition], year: int) -> str:
    numbered, opening = block.number_line, block.opening
    named = [numbered.body if numbered else None, *(edition.body for edition in told)]
    named.append(opening.body if opening else None)
    distinct = list(dict.fromkeys(body for body in named if body))
    if len(distinct) > 1:
        raise UnknownMetadataError(
            f"{extraction.file}: its title block names the bodies {' and '.join(distinct)}; "
            "tell which with --body"
        )
    if distinct:
        return distinct[0]
    place = next((edition.place for edition in told if edition.place), "")
    met = [
        body
        for body in BODIES
        if (meeting := bodies.meeting_in(body, year)) is not None and meeting.place == place
    ]
    if len(met) == 1 and place:
        return met[0]
    if numbered is not None and numbered.certain:
        text = extraction.text[block.start : block.start + 2000]
        organs = {mention.body for mention in bodies.find(text)} & {"unsc", "unga"}
        if len(organs) == 1:
            return organs.pop()
    raise UnknownMetadataError(
        f"{extraction.file}: the body that adopted it is not printed in its title block; give it "
        f"with --body (one of {', '.join(BODIES)})"
    )


def _number(file: str, block: TitleBlock, body: str, given: str | None) -> str:
    if given is not None:
        plain = plain_number(given)
        if not re.fullmatch(r"[a-z0-9]+(?:[-.][a-z0-9]+)*", plain):
            raise UnknownMetadataError(f"{file}: --number {given} is no number of a resolution")
        return plain
    if block.number_line is None:
        whose = "" if body == bodies.OTHER else f" of the {bodies.name(body, 'en')}"
        raise UnknownMetadataError(
            f"{file}: a resolution{whose} whose number is not printed in its title block; give it "
            "with --number"
        )
    return block.number_line.number


def _why_not(text: str) -> str:
    """One line that says what the document is instead, and what to do."""
    if not text.strip():
        return "no text in it; if it is a scan, run it through text recognition first"
    head = folded(text[:30000])
    for pattern, reason in _OTHER_DOCUMENTS:
        match = pattern.search(head)
        if match:
            what = reason.format(number=match.group("number").upper().rstrip("."))
            return f"{what}, not a resolution; only resolutions, decisions and the like are read"
    return (
        "no title line such as “RESOLUTION 75 (Rev. Geneva, 2022)” and no opening line of a known "
        "body in it; if it is a resolution all the same, name it with --body --number --year "
        "--language"
    )


_RECOMMENDATION = (
    r"(?:recommendation|recommandation|recomendacion|рекомендация|建议书|التوصيه)\s+(?:itu|uit|мсэ)"
)
_OTHER_DOCUMENTS = (
    (
        re.compile(rf"{_RECOMMENDATION}-t\s+(?P<number>[a-z]\.[0-9.]+)"),
        "an ITU-T Recommendation ({number})",
    ),
    (
        re.compile(rf"{_RECOMMENDATION}-r\s+(?P<number>[a-z]{{1,3}}\.[0-9-]+)"),
        "an ITU-R Recommendation ({number})",
    ),
    (
        re.compile(r"s/prst/(?P<number>[0-9]{4}/[0-9]+)"),
        "a statement by the President of the Security Council (S/PRST/{number})",
    ),
    (
        re.compile(
            r"having regard to.{0,4000}?\bwhereas\b.{0,20000}?\b(?P<number>article 1)\b", re.DOTALL
        ),
        "a legal act with recitals and articles",
    ),
)
