"""Extraction -> units: the paragraphs or lines of a document's body, without its noise.

A unit is what a person sees between two line ends. Formats that know paragraphs give units that
begin where something new begins; those that know only lines give lines, which may be wrapped.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace

from corpus.paragraphs import Extraction, Paragraph, Style
from corpus.text import CutText, Noise, cut, ends_clause, noise

_CONTENT = frozenset({"body", "table", "text-box"})
_SHORT_OF_WIDTH = 0.72  # a line that fills less of the usual width ends a paragraph


@dataclass(frozen=True, slots=True)
class Unit:
    """A paragraph or line of the body; offsets in the text without noise, outer space cut."""

    start: int
    end: int
    text: str
    new: bool  # surely begins a paragraph: the format says so, or a blank line stands before it
    blank: bool  # a blank line stands before it
    style: Style = ""
    level: int = 0
    table: bool = False

    @property
    def ended(self) -> bool:
        """Whether a clause can end here."""
        return ends_clause(self.text)


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a range of a document, the text they lead into, and what was cut from it."""

    view: CutText
    units: tuple[Unit, ...]
    discards: tuple[Noise, ...]  # in the original, in order, without overlap
    wrapped: bool  # the lines are wrapped at a fixed width
    lines: bool  # units are lines and not paragraphs


def read_units(
    extraction: Extraction, *, start: int = 0, end: int | None = None, also: tuple[Noise, ...] = ()
) -> Units:
    """The units between two offsets of the extraction's text, noise and `also` cut out."""
    text = extraction.text
    stop = len(text) if end is None else end
    removed = _removed(extraction, start, stop, also)
    view = cut(text[:stop], [(0, start), *((one.start, one.end) for one in removed)])
    units: list[Unit] = []
    before = start
    for paragraph in _between(extraction, start, stop):
        gap = text[before : max(paragraph.start, before)]
        before = paragraph.end  # a page mark between two lines leaves no blank line behind
        if paragraph.role not in _CONTENT:
            continue
        low = view.position(max(paragraph.start, start))
        high = view.position(min(paragraph.end, stop))
        piece = view.text[low:high]
        bare = piece.strip()
        if not bare:
            continue
        low += len(piece) - len(piece.lstrip())
        blank = gap.replace("\r\n", "\n").replace("\r", "\n").count("\n") > 1
        if blank and gap.strip() == "+":  # in lists of AsciiDoc: the item goes on
            blank = False
        units.append(
            Unit(
                start=low,
                end=low + len(bare),
                text=bare,
                new=blank or not extraction.lines,
                blank=blank,
                style=paragraph.style,
                level=paragraph.level,
                table=paragraph.role == "table",
            )
        )
    if 2 * sum(len(unit.text) for unit in units if unit.table) > len(view.text):
        units = [replace(unit, table=False) for unit in units]  # a table that only lays out
    return Units(
        view=view,
        units=tuple(units),
        discards=removed,
        wrapped=extraction.lines and _is_wrapped(units),
        lines=extraction.lines,
    )


def _between(extraction: Extraction, start: int, stop: int) -> Iterator[Paragraph]:
    paragraphs = extraction.paragraphs
    first = bisect_left(paragraphs, start, key=lambda paragraph: paragraph.end)
    for paragraph in paragraphs[first:]:
        if paragraph.start >= stop:
            return
        if paragraph.end > start:
            yield paragraph


def _removed(
    extraction: Extraction, start: int, stop: int, also: tuple[Noise, ...]
) -> tuple[Noise, ...]:
    """Everything in the range that is no text of the body, named; overlaps go to the first."""
    found = [*also]
    for note in extraction.footnotes:
        found += [Noise("footnote-mark", *reference) for reference in note.references]
        if note.body[1] > note.body[0]:
            found.append(Noise("footnote", *note.body))
    found += [
        Noise(paragraph.role, paragraph.start, paragraph.end)
        for paragraph in _between(extraction, start, stop)
        if paragraph.role not in _CONTENT
    ]
    found += noise(extraction.text[start:stop], offset=start)
    found.sort(key=lambda one: (one.start, -one.end))
    kept: list[Noise] = []
    edge = start
    for one in found:
        low, high = max(one.start, edge), min(one.end, stop)
        if low < high:
            kept.append(Noise(one.kind, low, high))
            edge = high
    return tuple(kept)


def _is_wrapped(units: list[Unit]) -> bool:
    """Whether lines end where a width ends rather than where a paragraph does."""
    if len(units) < 4:
        return False
    widths = sorted(len(unit.text) for unit in units)
    usual = widths[(len(widths) * 9) // 10]
    if usual > 160 or usual < 30:
        return False
    full = [unit for unit in units if len(unit.text) > _SHORT_OF_WIDTH * usual]
    unfinished = [unit for unit in full if not unit.ended]
    return len(unfinished) * 2 > len(full)
