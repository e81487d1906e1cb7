"""Extraction and title blocks -> parsed documents: clauses, headings, discards and problems.

Two families of resolutions are told apart by what their lines are: headings with items below them
(ITU), or paragraphs that open with their own verbs (United Nations, General Conference on Weights
and Measures). Odd input is data: whatever cannot be placed is a problem with its position, and
every character that is not white space is in exactly one clause, heading or named discard, or the
coverage says so.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from corpus.clauses import Clause, Revision
from corpus.coverage import Coverage, cover
from corpus.identity import LocatedTitle
from corpus.itu_family import ItuReader
from corpus.labels import is_first_reading, read_label
from corpus.outline import Discard, Heading, Joins, Outline, Problem
from corpus.paragraphs import Extraction
from corpus.phrases import HeadingMatch, Phrasebook, phrasebook
from corpus.text import Noise, Range, ends_clause
from corpus.un_family import UnReader
from corpus.units import Units, read_units


@dataclass(frozen=True)
class ParsedDocument:
    """One resolution of a document, with all that was read and all that was not."""

    file: str
    text: str  # of the whole document, as stored
    revision: Revision
    clauses: tuple[Clause, ...]
    headings: tuple[Heading, ...]
    problems: tuple[Problem, ...]
    discards: tuple[Discard, ...]
    labels: tuple[Range, ...] = ()  # where the labels of the clauses stand
    range: Range = field(default=(0, 0))  # of the document's text that this resolution takes

    @cached_property
    def covered(self) -> Coverage:
        """What of its range is in no clause, heading or discard, or in more than one."""
        ranges = [span for clause in self.clauses for span in clause.source.spans]
        ranges += self.labels
        ranges += [span for heading in self.headings for span in heading.spans]
        ranges += [(discard.start, discard.end) for discard in self.discards]
        return cover(self.text, ranges, start=self.range[0], end=self.range[1])

    @property
    def coverage(self) -> float:
        """The share of the characters that are in exactly one of them; white space is nobody's."""
        return self.covered.share


def structure_document(
    extraction: Extraction, titles: Sequence[LocatedTitle]
) -> tuple[ParsedDocument, ...]:
    """The resolutions of a document whose title blocks were located, in order."""
    parsed = []
    for index, title in enumerate(titles):
        start = 0 if index == 0 else _start_of(title)
        parsed.append(_one(extraction, title, start))
    return tuple(parsed)


def structure(
    extraction: Extraction, revision: Revision, *, start: int = 0, end: int | None = None
) -> ParsedDocument:
    """The resolution whose body stands between two offsets, without a title block of its own."""
    stop = len(extraction.text) if end is None else end
    title = LocatedTitle(revision, (), None, (), (), None, (start, stop))
    return _one(extraction, title, start)


def _start_of(title: LocatedTitle) -> int:
    ranges = [*title.cover, *title.title, *title.history, title.body]
    ranges += [one for one in (title.number, title.opening) if one]
    return min(start for start, _ in ranges)


def _one(extraction: Extraction, title: LocatedTitle, start: int) -> ParsedDocument:
    revision = title.revision
    body_start, body_end = title.body
    book = phrasebook()
    apart = (
        *_running_titles(extraction.text, title),
        *_next_foreword(extraction.text, title),
        *_bullets_of_headings(extraction.text, title, book),
    )
    units = read_units(extraction, start=body_start, end=body_end, also=apart)
    outline = Outline(units, book)
    if _has_headings(units, book, revision):
        ItuReader(units, outline, book, revision).read()
    else:
        opening = extraction.text[slice(*title.opening)] if title.opening else ""
        UnReader(units, outline, book, revision, opening=opening).read()
    outlined = outline.finish(
        revision,
        file=extraction.file,
        text=extraction.text,
        footnotes=[
            note
            for note in extraction.footnotes
            if any(body_start <= at < body_end for at, _ in (*note.references, note.body))
        ],
        joins=Joins(extraction.text),
    )
    problems = list(outlined.problems)
    if not outlined.clauses:
        problems.append(
            Problem("no-clauses", "no heading and no opening verb was found", body_start)
        )
    document = ParsedDocument(
        file=extraction.file,
        text=extraction.text,
        revision=revision,
        clauses=outlined.clauses,
        headings=outlined.headings,
        problems=(),
        discards=(*_front(extraction, title, start), *outlined.discards),
        labels=outlined.labels,
        range=(start, body_end),
    )
    problems += _lost(document)
    problems += _doubled_ids(document)
    return ParsedDocument(
        file=document.file,
        text=document.text,
        revision=revision,
        clauses=document.clauses,
        headings=document.headings,
        problems=tuple(sorted(problems, key=lambda one: one.start)),
        discards=document.discards,
        labels=document.labels,
        range=document.range,
    )


_UNITED_NATIONS = frozenset({"unsc", "unga", "cgpm"})
_ITU = frozenset({"wtsa", "pp", "wtdc", "wrc", "ra", "council"})


def _has_headings(units: Units, book: Phrasebook, revision: Revision) -> bool:
    """Whether sections stand below headings: lines that hold a phrase and no text of a clause.

    The conferences and the Council of ITU write no other way: in their texts even a heading that
    an extraction glued to its text is one.
    """
    headings = openings = 0
    language = revision.language
    for index, unit in enumerate(units.units[:4000]):
        if unit.style == "heading":
            headings += 1
            continue
        text = unit.text.lstrip(' “"«')
        label = _numbered_opening(text)
        if not book.may_open(text[label:], language):
            continue
        match = book.match_heading(text[label:], language)
        if match is None:
            continue
        rest = text[label + match.end :].lstrip(" ,:，：*")
        if label:
            openings += 1
        elif not rest or _begins_list(rest) or _is_list_heading(units, index, match):
            headings += 1
        else:
            openings += 1
    if revision.body in _ITU:
        return headings > 0 or not _opens_in_capitals(units, book, language)
    if revision.body in _UNITED_NATIONS:  # a verb may stand alone above numbered paragraphs
        return headings > max(1, openings)
    return headings > 0 and headings * 3 >= openings


def _begins_list(text: str) -> bool:
    label = read_label(text)
    return label is not None and any(map(is_first_reading, label.readings)) and not label.bis


def _is_list_heading(units: Units, index: int, match: HeadingMatch) -> bool:
    """Whether a short line without an end, with more than a phrase, has a list below it."""
    text = units.units[index].text.lstrip(' “"«')
    rest = text[match.end :].strip()
    if not match.heads or text[match.start].isupper() or not rest:
        return False
    if len(rest) >= 120 or ends_clause(rest) or index + 1 >= len(units.units):
        return False
    return _begins_list(units.units[index + 1].text)


def _opens_in_capitals(units: Units, book: Phrasebook, language: str) -> bool:
    """Whether verbs with a capital open paragraphs: "Recalling …"."""
    opened = [
        unit.text
        for unit in units.units
        if book.may_open(unit.text, language) and book.match_heading(unit.text, language)
    ]
    return sum(text[0].isupper() for text in opened) * 2 > len(opened)


_NUMBERED = re.compile(r"[(（]?(?:[0-9]{1,3}|[a-z])(?:[.)）]|\s[-–]|、)\s*")


def _numbered_opening(text: str) -> int:
    match = _NUMBERED.match(text)
    return match.end() if match else 0


def _running_titles(text: str, title: LocatedTitle) -> tuple[Noise, ...]:
    """The title block where it is printed once more inside the body: a running head, a mix-up."""
    if title.number is None:
        return ()
    number = _flexible(text[slice(*title.number)])
    words = " ".join(text[slice(*one)] for one in title.title)
    if not number or len(words) < 8:
        return ()
    pattern = re.compile(
        rf"{number}\s+{_flexible(words)}"
        r"(?:\s+The\s+[^.;]{3,120}?\([^()]{3,60}\),)?"
    )
    return tuple(Noise("title", *match.span()) for match in pattern.finditer(text, *title.body))


_FOREWORD = re.compile(
    r"^[ \t]*(?:前言|foreword|avant-propos|prefacio|prólogo|предисловие|تمهيد|توطئة)[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)


def _next_foreword(text: str, title: LocatedTitle) -> tuple[Noise, ...]:
    """The front matter of the next document of a file, from its foreword on."""
    match = _FOREWORD.search(text, *title.body)
    return (Noise("cover", match.start(), title.body[1]),) if match else ()


_BULLETED = re.compile(
    r"^[ \t]*(?P<bullet>[•●▪◦∙‣*-][ \t]+)(?P<line>[^\W\d_][^\n]{1,160})$", re.MULTILINE
)


def _bullets_of_headings(text: str, title: LocatedTitle, book: Phrasebook) -> tuple[Noise, ...]:
    """Bullets that a converter set before headings, with the items in a list below each."""
    found = []
    language = title.revision.language
    for match in _BULLETED.finditer(text, *title.body):
        line = match["line"]
        if not book.may_open(line, language):
            continue
        heading = book.match_heading(line, language)
        if heading and heading.heads and not line[heading.end :].strip(" ,:\r"):
            found.append(Noise("markup", *match.span("bullet")))
    return tuple(found)


def _flexible(printed: str) -> str:
    """A pattern for a text whatever its white space; "" for a blank one."""
    return r"\s+".join(re.escape(word) for word in printed.split()[:60])


def _front(extraction: Extraction, title: LocatedTitle, start: int) -> Iterable[Discard]:
    """Everything before the body, named."""
    named = [("cover", one) for one in title.cover]
    if title.number:
        named.append(("title", title.number))
    named += [("title", one) for one in title.title]
    named += [("adoption-history", one) for one in title.history]
    if title.opening:
        named.append(("preamble-opening", title.opening))
    named.sort(key=lambda one: one[1])
    units = read_units(extraction, start=start, end=title.body[0])
    noise = [Discard(one.kind, one.start, one.end) for one in units.discards]
    discards = list(noise)
    at = start
    for kind, (first, last) in [*named, ("title", (title.body[0], title.body[0]))]:
        discards += _without(noise, Discard("title", at, first))
        discards += _without(noise, Discard(kind, max(first, at), last))
        at = max(at, last)
    return [one for one in discards if extraction.text[one.start : one.end].strip()]


def _without(noise: Sequence[Discard], one: Discard) -> Iterable[Discard]:
    """A discard without the noise that stands in it."""
    at = one.start
    for cut in noise:
        if cut.end <= at or cut.start >= one.end:
            continue
        if cut.start > at:
            yield Discard(one.kind, at, cut.start)
        at = cut.end
    if at < one.end:
        yield Discard(one.kind, at, one.end)


def _lost(document: ParsedDocument) -> Iterable[Problem]:
    """Problems for text that is in no clause, or in two."""
    for first, last in document.covered.lost:
        shown = " ".join(document.text[first:last].split())[:60]
        yield Problem("not-covered", f"“{shown}” is in no clause, heading or discard", first)
    for first, last in document.covered.doubled:
        shown = " ".join(document.text[first:last].split())[:60]
        yield Problem("covered-twice", f"“{shown}” is in more than one of them", first)


def _doubled_ids(document: ParsedDocument) -> Iterable[Problem]:
    seen: set[str] = set()
    for clause in document.clauses:
        if clause.id in seen:
            yield Problem("doubled-id", f"{clause.id} names two clauses", clause.source.start)
        seen.add(clause.id)
