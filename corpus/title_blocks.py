"""Title blocks: where each resolution of a document begins; number line, title, history, opening.

A number line begins a resolution only if an opening line follows, or a heading with nothing but
title lines before it: a sentence that wraps at "Resolution 678 (1990)", a cover and a list of
contents have none. The parts are found here; what they say is put together by `corpus.identity`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.editions import Edition, read_edition
from corpus.folding import folded
from corpus.number_lines import NumberLine, read_number_line
from corpus.opening_lines import OpeningLine, read_opening_line, read_opening_within
from corpus.paragraphs import Extraction, Paragraph
from corpus.phrases import phrasebook

Range = tuple[int, int]  # half-open range of characters in the extraction's text


@dataclass(frozen=True, slots=True)
class TitleBlock:
    """The parts of one title block, as ranges of the extraction's text."""

    begin: int  # of the document in its file: 0, or the number line or the mark above it
    end: int  # where the next document begins, or the text ends
    number_line: NumberLine | None
    title: tuple[Range, ...]
    history: tuple[Range, ...]  # adoptions, dates, document symbols
    editions: tuple[Edition, ...]  # that the history lines name
    opening: OpeningLine | None
    body_start: int
    proposed: bool  # marked ADD, MOD or SUP, or named a draft

    @property
    def start(self) -> int:
        """Where the title block starts: what stands before it is cover."""
        starts = [start for start, _ in self.title]
        if self.number_line is not None:
            starts.append(self.number_line.start)
        if self.opening is not None:
            starts.append(self.opening.start)
        return min(starts, default=self.body_start)


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Numbered:
    index: int  # of its line
    line: NumberLine
    begin: int  # of the mark above it, if there is one
    marked: bool


def find_title_blocks(extraction: Extraction) -> tuple[TitleBlock, ...]:
    """The title blocks in document order; none when nothing in the text begins a resolution."""
    lines = _lines(extraction)
    text = extraction.text
    candidates = list(_numbered(lines, text))
    kept: list[tuple[_Numbered, OpeningLine | None]] = []
    for candidate, limit in zip(
        candidates, [*(after.index for after in candidates[1:]), len(lines)], strict=False
    ):
        opening = _opening_after(lines, text, candidate, limit)
        if (
            opening is not None
            or candidate.line.certain
            or _heading_after(lines, candidate, limit) is not None
        ):
            kept.append((candidate, opening))
    if not kept:
        return _speaking(lines, text)
    begins = [0, *(numbered.begin for numbered, _ in kept[1:]), len(text)]
    return tuple(
        _block(extraction, lines, numbered, opening, (begins[at], begins[at + 1]))
        for at, (numbered, opening) in enumerate(kept)
    )


def without_marks(extraction: Extraction, start: int, end: int) -> str:
    """The text of a range without the marks of notes that the reader knows."""
    kept, at = "", start
    for first, last in sorted(mark for note in extraction.footnotes for mark in note.references):
        if at <= first < last <= end:
            kept, at = kept + extraction.text[at:first], last
    return kept + extraction.text[at:end]


_TITLE_LENGTH = 1500  # characters between a number line and what shows that a resolution begins
_LABEL = re.compile(
    r"\s*(?:[a-zа-я]{1,2}\)|[0-9]{1,3}(?:[.)\t]|\s(?=[a-z]))|[ivx]{1,4}\)|\([a-z0-9]{1,3}\))"
)
_MARK = re.compile(r"(?:MOD|ADD|SUP)\b[\s\w/().#-]{0,40}")
_MONTH = r"\S{2,16}\s?[/\]]?\s?\S{0,16}"
_DATE_LINE = re.compile(
    rf"""
    (?:(?:of|du|de|del|от|الصادر\s?في|المورخ\s?في)\s)?
        [0-9IVl]{{1,2}}(?:er|st|nd|rd|th)?\s(?:de\s)?{_MONTH}\s(?:de\s)?[0-9]{{4}}(?:\s?г(?:ода|\.)?)?
    | [0-9]{{4}}年[0-9]{{1,2}}月[0-9]{{1,2}}日.{{0,40}}
    | [(\[]?[as]/(?:res/|l\.)?[0-9/().a-z]{{2,24}},?\s?[\dl]?[\])]?
    | (?:resolution\s|resolucion\s|резолюция,?\s)?
        (?:adopted|adoptee|adoptada|aprobada|принят).{{0,160}}
    | \[(?:without|on|sans|sin|без)\s.{{0,160}}
    | .{{0,40}}(?:会议通过|大会决议)
    """,
    re.VERBOSE,
)
_VERBS = re.compile(
    r"""
    (?<![a-zа-я])(?:recalling|reaffirming|considering|noting|recognizing|welcoming|determining
        |decides|requests|resolves|calls\ upon|rappelant|considerant|notant|decide|prie|charge
        |recordando|considerando|resuelve|pide|encarga
        |ссылаясь|учитывая|отмечая|постановляет|решает|просит|поручает)(?![a-zа-я])
    | 回顾|考虑到|重申|决定|注意到|责成|认识到|(?<!\w)اذ(?!\w)|تقرر|يقرر|تطلب
    """,
    re.VERBOSE,
)


def _lines(extraction: Extraction) -> list[_Line]:
    """Body lines in reading order: page marks, boxes and notes do not interrupt a title block."""
    paragraphs: Sequence[Paragraph] = extraction.paragraphs
    text = extraction.text
    if not paragraphs:
        paragraphs = [Paragraph(*match.span()) for match in re.finditer(r"[^\n]+", text)]
    return [
        _Line(p.start, p.end, text[p.start : p.end])
        for p in paragraphs
        if p.role in ("body", "table") and text[p.start : p.end].strip()
    ]


def _numbered(lines: Sequence[_Line], text: str) -> Iterator[_Numbered]:
    for index, line in enumerate(lines):
        read = read_number_line(text, line.start, line.end)
        if read is None:
            continue
        above = lines[index - 1] if index else None
        marked = above is not None and _MARK.fullmatch(above.text.strip()) is not None
        yield _Numbered(index, read, above.start if above and marked else read.start, marked)


def _opening_after(
    lines: Sequence[_Line], text: str, numbered: _Numbered, limit: int
) -> OpeningLine | None:
    """The opening line that follows a number line before anything that is a clause."""
    after = numbered.line.end
    first = lines[numbered.index]
    if after < first.end:  # all in one line
        within = read_opening_within(text, after, min(first.end, after + 900))
        if within is not None:
            return within
    for line in lines[numbered.index + 1 : limit]:
        if line.start - after > _TITLE_LENGTH or _LABEL.match(line.text):
            return None
        opening = read_opening_line(text, line.start)
        if opening is not None:
            return opening
        if line.end - line.start > _TITLE_LENGTH:
            return read_opening_within(text, line.start, line.start + 900)
    return None


def _heading_after(lines: Sequence[_Line], numbered: _Numbered, limit: int) -> int | None:
    """Index of the first heading below a number line with nothing but title lines between."""
    if numbered.index and not _stands_apart(lines, numbered):
        return None
    for index in range(numbered.index + 1, min(limit, numbered.index + 9)):
        printed = lines[index].text.strip()
        if _LABEL.match(printed) or len(printed) > 500:
            return None
        if len(printed) <= 300 and phrasebook().match_heading(printed) is not None:
            return index
    return None


def _stands_apart(lines: Sequence[_Line], numbered: _Numbered) -> bool:
    """Whether a number line is no wrapped line of a sentence: capitals, or a full stop before."""
    if numbered.line.shouted or numbered.marked:
        return True
    return lines[numbered.index - 1].text.rstrip().endswith((".", ":", "。", "!", "?"))


def _speaking(lines: Sequence[_Line], text: str) -> tuple[TitleBlock, ...]:
    """A document without a number line in which a body opens and verbs of a resolution follow."""
    for line in lines[:400]:
        opening = read_opening_line(text, line.start)
        if opening is None:
            continue
        if len(_VERBS.findall(folded(text[opening.end : opening.end + 3000]))) >= 2:
            return (TitleBlock(0, len(text), None, (), (), (), opening, opening.end, False),)
    return ()


def _block(
    extraction: Extraction,
    lines: Sequence[_Line],
    numbered: _Numbered,
    opening: OpeningLine | None,
    span: Range,
) -> TitleBlock:
    heading = None if opening else _heading_after(lines, numbered, len(lines))
    if opening is not None:
        stop = opening.start
    elif heading is not None:
        stop = lines[heading].start
    else:
        stop = _title_end(lines, numbered)
    title: list[Range] = []
    history: list[Range] = []
    editions: list[Edition] = []
    for start, end in _pieces(lines, numbered, stop):
        printed = without_marks(extraction, start, end)
        edition = _history_edition(printed)
        if edition is not None:
            editions.append(edition)
        dated = edition is not None or _DATE_LINE.fullmatch(folded(printed).strip())
        (history if dated else title).append((start, end))
    if not title:
        title = _title_above(lines, numbered, span[0])
    return TitleBlock(
        begin=span[0],
        end=span[1],
        number_line=numbered.line,
        title=tuple(title),
        history=tuple(history),
        editions=tuple(editions),
        opening=opening,
        body_start=opening.end if opening else stop,
        proposed=numbered.marked or numbered.line.proposed,
    )


def _pieces(lines: Sequence[_Line], numbered: _Numbered, stop: int) -> Iterator[Range]:
    """The ranges between a number line and `stop`, one per line, without outer white space."""
    for line in lines[numbered.index :]:
        start, end = max(line.start, numbered.line.end), min(line.end, stop)
        if start >= stop:
            return
        printed = line.text[start - line.start : max(end - line.start, 0)]
        if printed.strip():
            lead = len(printed) - len(printed.lstrip())
            yield start + lead, start + len(printed.rstrip())


def _title_end(lines: Sequence[_Line], numbered: _Numbered) -> int:
    """Where the title ends when neither an opening nor a heading tells: at the first sentence."""
    end = numbered.line.end
    for line in lines[numbered.index + 1 : numbered.index + 5]:
        printed = line.text.strip()
        if len(printed) > 200 or _LABEL.match(printed) or printed.endswith(tuple(",;.；，。")):
            break
        end = line.end
    return end


def _title_above(lines: Sequence[_Line], numbered: _Numbered, begin: int) -> list[Range]:
    """A title printed above the number, in capitals, as in old volumes of the United Nations."""
    if not numbered.line.certain or numbered.line.body == "cgpm":
        return []
    found: list[Range] = []
    for line in reversed(lines[max(0, numbered.index - 3) : numbered.index]):
        if line.start < begin or not line.text.strip().isupper():
            break
        found.insert(0, (line.start, line.end))
    return found


def _history_edition(printed: str) -> Edition | None:
    """The edition of a line that is a bracket with adoptions, marks of notes behind it or not."""
    bare = re.sub(
        r"(?:\[footnoteRef:[^\]]*\])?[\s*]*(?:[0-9]{1,2}(?:,\s*[0-9]?bis)?)?[\s*]*$",
        "",
        printed.strip(),
    )
    for candidate in (bare, printed.strip()):
        if candidate[:1] in "(（" and candidate[-1:] in ")）":
            return read_edition(candidate[1:-1])
    return None
