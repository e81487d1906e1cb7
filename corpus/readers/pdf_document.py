"""The printed lines of a PDF -> Extraction: what is text, what is margin, what is a note. Pure.

Stored text: the lines of the body in reading order, then footnotes, then headers and footers (each
once), page numbers and text at an angle. A word cut at the end of a line is put together there.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from corpus.paragraphs import Extraction, Role
from corpus.readers.pdf_glyphs import Page
from corpus.readers.pdf_layout import Line, lines_of
from corpus.readers.proposals import proposal_mark
from corpus.readers.stored_text import StoredText

_PAGE_NUMBER = re.compile(
    r"""
    [-–—\s/|.]*
    (?: (?:page|p\.|стр\.?|página|pág\.?|第|صفحة|الصفحة) \s* )?
    (?: [0-9٠-٩]{1,4} | [ivxlc]{1,6} )
    (?: \s* (?:of|/|de|sur|из|من|页,?\s*共) \s* [0-9٠-٩]{1,4} )?
    (?: \s* 页 )?
    [-–—\s/|.]*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_RULE = re.compile(r"[_\s]{5,}")
_MARK_START = re.compile(r"(?P<mark>[0-9]{1,3}|[*†‡§]{1,3})(?P<tail>\s?(?:bis|ter)\b)?[).]?\s+")
_BLANK = re.compile(r"\s*")
_CUT_WORD = re.compile(r"[^\W\d_](?P<hyphen>[-\u00ad\u2010])$")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
# What is written with a hyphen before another word even where no other line shows it.
_PREFIXES = frozenset(
    ("vice", "self", "ex", "non", "well", "co", "e", "semi", "long", "short", "mid", "high", "low")
)
_SIDES: tuple[Role, Role] = ("header", "footer")
_EDGE_LINES = 4  # lines at the top and at the foot among which margins are sought
_EDGE_SHARE = 0.12  # of the page's height: where a page number without company may stand


@dataclass(frozen=True, slots=True)
class _Note:
    mark: str
    lines: tuple[Line, ...]
    body_start: int  # in the first line


def extraction_of(pages: Sequence[Page], *, file: str) -> Extraction | None:
    """The document, None if its pages hold no text at all."""
    by_page = [lines_of(page, number) for number, page in enumerate(pages)]
    lines = [line for page in by_page for line in page]
    if not lines:
        return None
    roles = _margins(by_page, [page.height for page in pages])
    roles |= {id(line): "page-mark" for line in lines if _RULE.fullmatch(line.text)}
    kept = [[line for line in page if id(line) not in roles] for page in by_page]
    notes: list[_Note] = []
    body: list[Line] = []
    size = _body_size(line for page in kept for line in page)
    for lines_kept in kept:
        text, found = _without_notes(lines_kept, size)
        body += text
        notes += found
    stored = StoredText()
    references = _store_body(stored, _joined(body), notes)
    shown = [stored.text[one.start : one.end] for one in stored.paragraphs]
    for number, note in enumerate(notes):
        _store_note(stored, note, references.get(number, ()))
    _store_margins(stored, by_page, roles)
    for page in pages:
        for turned in page.rotated:
            stored.add(turned, role="text-box")
    if not stored.paragraphs:
        return None
    return stored.extraction(file=file, proposal=proposal_mark(shown), lines=True)


def _margins(by_page: Sequence[Sequence[Line]], heights: Sequence[float]) -> dict[int, Role]:
    """Roles of the lines (by identity) that are header, footer or page number.

    They stand at the edge of their page, apart from its text, and on other pages the same words
    stand at the same height; one number in them may grow with the pages.
    """
    edges = [_edges(page) for page in by_page]
    seen: Counter[tuple[str, int, int]] = Counter()
    for page in edges:
        seen.update({key for side in page for line in side for key in _keys(line)})
    needed = 2 if len(by_page) <= 4 else 3
    roles: dict[int, Role] = {}
    for page, height in zip(edges, heights, strict=True):
        for side, role in zip(page, _SIDES, strict=True):
            margin: list[tuple[Line, Role]] = []
            for index, line in enumerate(side):
                is_number = _PAGE_NUMBER.fullmatch(line.text) is not None
                repeated = any(_times(seen, key) >= needed for key in _keys(line))
                if not repeated and not (is_number and _is_lonely(side, index, height)):
                    break
                margin.append((line, "page-mark" if is_number else role))
            while margin and not _is_apart(side, len(margin)):
                margin.pop()
            roles.update((id(line), kind) for line, kind in margin)
    return roles


def _times(seen: Counter[tuple[str, int, int]], key: tuple[str, int, int]) -> int:
    """On how many pages a margin was seen; its height may fall on either side of a step."""
    words, step, size = key
    return max(seen[words, near, size] for near in (step - 1, step, step + 1))


def _is_apart(side: Sequence[Line], count: int) -> bool:
    """Whether the first `count` lines from an edge stand off from the next."""
    if count >= len(side):
        return True
    edge, text = side[count - 1], side[count]
    return abs(edge.y - text.y) > 1.5 * max(edge.size, text.size)


def _edges(page: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The first and the last lines of a page by height, from the edge inwards."""
    by_height = sorted(page, key=lambda line: -line.y)
    return by_height[:_EDGE_LINES], by_height[::-1][:_EDGE_LINES]


def _keys(line: Line) -> list[tuple[str, int, int]]:
    """What a margin has in common from page to page.

    Its words as they are, and with the first or the last number less the number of the page.
    """
    words = line.text.lower()
    numbers = list(re.finditer(r"[0-9]{1,4}", words))
    shown = [words]
    for number in {found.span(): found for found in numbers[:1] + numbers[-1:]}.values():
        value = int(number[0]) - line.page
        shown.append(f"{words[: number.start()]}#{value}#{words[number.end() :]}")
    return [(text, round(line.y / 6), round(line.size)) for text in shown]


def _is_lonely(side: Sequence[Line], index: int, height: float) -> bool:
    line = side[index]
    if _EDGE_SHARE * height < line.y < (1 - _EDGE_SHARE) * height:
        return False
    if index + 1 >= len(side):
        return len(side) > 1
    return abs(side[index + 1].y - line.y) > 1.6 * max(line.size, side[index + 1].size)


def _body_size(lines: Iterable[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(2 * line.size) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _without_notes(page: Sequence[Line], size: float) -> tuple[list[Line], list[_Note]]:
    """The lines of a page without its footnotes, and these. Every column may have its own."""
    columns: dict[int, list[Line]] = defaultdict(list)
    for line in page:
        columns[line.column].append(line)
    marks = {line.text[start:end] for line in page for start, end in line.marks if start}
    body: list[Line] = []
    notes: list[_Note] = []
    for lines in columns.values():
        cut = _first_note_line(lines, size, marks)
        body += lines[:cut]
        notes += _split_notes(lines[cut:], marks)
    return body, notes


def _first_note_line(lines: Sequence[Line], size: float, marks: set[str]) -> int:
    """Where the notes at the foot of a column begin; the number of lines if there are none."""
    small = len(lines)
    while small > 0 and lines[small - 1].size <= 0.93 * size:
        small -= 1
    for index in range(small, len(lines)):
        if _opening_mark(lines[index]):
            return index
    for index, line in enumerate(lines):  # notes in the size of the text: only a raised mark tells
        raised = line.marks[:1]
        if index and raised and raised[0][0] == 0 and line.text[: raised[0][1]] in marks:
            return index
    return len(lines)


def _opening_mark(line: Line) -> tuple[str, int] | None:
    """The note's mark that opens the line, and where its text begins."""
    if line.marks and line.marks[0][0] == 0:
        end = line.marks[0][1]
        rest = re.compile(r"[).\s]*").match(line.text, end)
        return line.text[:end], rest.end() if rest else end
    found = _MARK_START.match(line.text)
    if found is None:
        return None
    return found["mark"] + (found["tail"] or "").strip(), found.end()


def _split_notes(lines: Sequence[Line], marks: set[str]) -> list[_Note]:
    notes: list[_Note] = []
    for line in lines:
        opening = _opening_mark(line)
        raised = bool(line.marks) and line.marks[0][0] == 0
        if opening and (not notes or raised or opening[0] in marks):
            notes.append(_Note(opening[0], (line,), opening[1]))
        elif notes:
            notes[-1] = replace(notes[-1], lines=(*notes[-1].lines, line))
    return notes


def _joined(lines: Sequence[Line]) -> list[Line]:
    """The lines with the words that were cut at their ends put together."""
    whole = Counter(
        word.lower()
        for line in lines
        for word in _WORD.findall(_CUT_WORD.sub("", line.text))  # the last one may be a part
    )
    joined: list[Line] = []
    for line in lines:
        cut = _CUT_WORD.search(joined[-1].text) if joined else None
        tail = re.match(r"[^\W_]\S*", line.text)
        if cut is None or tail is None:
            joined.append(line)
            continue
        before = joined[-1]
        stem = before.text[:-1]
        hyphen = "-" if _keeps_hyphen(stem, tail[0], whole) else ""
        origin = len(stem) + len(hyphen)
        moved = [(a + origin, b + origin) for a, b in line.marks if b <= tail.end()]
        joined[-1] = replace(before, text=stem + hyphen + tail[0], marks=(*before.marks, *moved))
        rest = line.text[tail.end() :]
        shift = tail.end() + len(rest) - len(rest.lstrip())
        if rest.strip():
            left = tuple((a - shift, b - shift) for a, b in line.marks if a >= shift)
            joined.append(replace(line, text=rest.lstrip(), marks=left))
    return [replace(line, text=line.text.replace("\u00ad", "-")) for line in joined]


def _keeps_hyphen(stem: str, tail: str, whole: Counter[str]) -> bool:
    """Whether the hyphen at the end of a line belongs to the word ("vice-chairman", "ITU-T")."""
    if not tail[0].islower():
        return True
    first = re.search(r"[^\W_]+(?:-[^\W_]+)*$", stem)
    last = re.match(r"[^\W_]+", tail)
    if first is None or last is None:
        return True
    together = whole[(first[0] + last[0]).lower()]
    apart = whole[f"{first[0]}-{last[0]}".lower()]
    if together or apart:
        return apart >= together
    return "-" in first[0] or first[0].lower() in _PREFIXES


def _store_body(
    stored: StoredText, lines: Sequence[Line], notes: Sequence[_Note]
) -> dict[int, list[tuple[int, int]]]:
    """Write the body; gives the places of the marks by the number of their note."""
    by_mark: dict[str, list[int]] = defaultdict(list)
    for number, note in enumerate(notes):
        by_mark[note.mark].append(number)
    references: dict[int, list[tuple[int, int]]] = defaultdict(list)
    leading = _leading(lines)
    previous: Line | None = None
    for line in lines:
        if previous is not None and _is_gap(previous, line, leading):
            stored.blank_line()
        origin = stored.add(line.text)
        previous = line
        if origin is None:
            continue
        for start, end in line.marks:
            found = _note_of(line.text[start:end], line.page, by_mark, notes)
            if found is not None:
                references[found].append((origin + start, origin + end))
    return references


def _note_of(
    mark: str, page: int, by_mark: dict[str, list[int]], notes: Sequence[_Note]
) -> int | None:
    """The note of this mark on this page, or the only one of the document."""
    numbers = by_mark.get(mark, [])
    here = [number for number in numbers if notes[number].lines[0].page == page]
    if here:
        return here[0]
    return numbers[0] if len(numbers) == 1 else None


def _store_note(stored: StoredText, note: _Note, references: Iterable[tuple[int, int]]) -> None:
    first = None
    for line in _joined(note.lines):
        origin = stored.add(line.text, role="footnote")
        first = origin if first is None else first
    if first is None:
        return
    stored.add_footnote(
        note.mark,
        start=first + note.body_start,
        end=stored.length,
        references=references,
        opening=_BLANK,
    )


def _store_margins(
    stored: StoredText, by_page: Sequence[Sequence[Line]], roles: dict[int, Role]
) -> None:
    seen: set[tuple[Role, str]] = set()
    for page in by_page:
        for line in page:
            role = roles.get(id(line))
            if role is not None and (role, line.text) not in seen:
                seen.add((role, line.text))
                stored.add(line.text, role=role)


def _leading(lines: Sequence[Line]) -> float:
    """The usual distance of baselines."""
    gaps = [
        one.y - other.y
        for one, other in pairwise(lines)
        if one.page == other.page and one.column == other.column and one.y > other.y
    ]
    return median(gaps) if gaps else 0.0


def _is_gap(previous: Line, line: Line, leading: float) -> bool:
    if (previous.page, previous.column) != (line.page, line.column):
        return False
    return previous.y - line.y > max(1.35 * leading, 1.2 * line.size)
