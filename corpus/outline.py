"""Outline: sections and items as they are found, then clauses with ids, exact spans and notes.

The readers of the two families of resolutions (`corpus/itu_family.py`, `corpus/un_family.py`) say
where a section or an item begins and which text belongs to it; here it gets its names:

- the second and later section of an action takes `.2`, `.3` in document order;
- a single unlabelled paragraph of a section has no label, several are `p1`, `p2`;
- in an annex, whose lists begin anew more than once, a list whose labels are taken goes below the
  division it stands in (`annex-1/section-2/a`), else below the unlabelled paragraph before it
  (`annex-1/p3/a`), else below its own ordinal (`annex-1/list-2/a`).
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from corpus.clauses import Clause, Note, Revision, Source
from corpus.paragraphs import Footnote
from corpus.phrases import Phrasebook
from corpus.text import CutText, Noise, Range, is_han
from corpus.units import Units


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a person should look at, and where it stands in the stored text."""

    kind: str
    message: str
    start: int


@dataclass(frozen=True, slots=True)
class Discard:
    """A range of the stored text that is no clause and no heading, and what it is instead."""

    kind: (
        str  # "cover", "title", "adoption-history", "preamble-opening", "footnote", "page-mark", …
    )
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as printed; several spans when it is broken over lines."""

    kind: str  # "section", "annex", "division"
    section: str  # of a section or annex, its name in ids; "" of a division
    text: str
    addressees: tuple[str, ...]
    spans: tuple[Range, ...]

    @property
    def start(self) -> int:
        return self.spans[0][0]


@dataclass(slots=True)
class _Item:
    """An item while it grows; ranges lead into the text without noise."""

    path: tuple[str, ...] | None  # None: unlabelled
    label: Range | None
    segments: list[Range]
    list_index: int
    scope: str
    below: int | None  # index, in its section, of the unlabelled item that it stands under
    addressees: tuple[str, ...] | None  # its own, where the section's heading names none


@dataclass(slots=True)
class _Section:
    name: str
    phrase: str
    addressees: tuple[str, ...]
    annex: bool
    items: list[_Item] = field(default_factory=list)
    lists: int = 0
    scope: str = ""
    heading: int | None = None  # index of its heading


@dataclass(frozen=True, slots=True)
class Outlined:
    """What an outline comes to."""

    clauses: tuple[Clause, ...]
    headings: tuple[Heading, ...]
    problems: tuple[Problem, ...]
    discards: tuple[Discard, ...]
    labels: tuple[Range, ...]  # of the stored text: where the clauses' labels stand


class Outline:
    """Collects sections, items and text in document order."""

    def __init__(self, units: Units, book: Phrasebook) -> None:
        self._book = book
        self._view: CutText = units.view
        self._sections: list[_Section] = []
        self._headings: list[tuple[str, str, tuple[str, ...], Range, int | None]] = []
        self._problems: list[Problem] = []
        self._discards: list[tuple[str, Range]] = []
        self._noise: tuple[Noise, ...] = units.discards

    @property
    def section(self) -> _Section | None:
        return self._sections[-1] if self._sections else None

    @property
    def item(self) -> _Item | None:
        section = self.section
        return section.items[-1] if section and section.items else None

    def open_section(
        self,
        name: str,
        *,
        heading: Range | None,
        phrase: Range | None = None,
        addressees: tuple[str, ...] = (),
        annex: bool = False,
    ) -> None:
        """A section begins; `phrase` (of the text itself) where no heading stands apart."""
        shown = phrase or heading
        text = _one_line(self._view.text[slice(*shown)]) if shown else ""
        section = _Section(name, text.rstrip(" ,:，："), addressees, annex)
        self._sections.append(section)
        if heading:
            section.heading = len(self._headings)
            kind = "annex" if annex else "section"
            self._headings.append((kind, text, addressees, heading, len(self._sections) - 1))

    def heading(self, kind: str, where: Range) -> None:
        """A heading that names no section: a division, the title of an annex."""
        text = _one_line(self._view.text[slice(*where)])
        self._headings.append((kind, text, (), where, None))

    def divide(self, scope: str) -> None:
        """A division of an annex begins."""
        if self.section:
            self.section.scope = scope
            self.section.lists += 1

    def open_list(self) -> None:
        """Labels begin anew."""
        if self.section:
            self.section.lists += 1

    def open_item(
        self,
        path: tuple[str, ...] | None,
        *,
        label: Range | None,
        below: bool = False,
        addressees: tuple[str, ...] | None = None,
    ) -> None:
        """An item begins; `below`: it stands under the last unlabelled one.

        `addressees`: those of the item itself, when they are not the section's.
        """
        section = self._sections[-1]
        above = None
        if below:
            unlabelled = [at for at, item in enumerate(section.items) if item.path is None]
            above = unlabelled[-1] if unlabelled else None
        section.items.append(
            _Item(path, label, [], section.lists, section.scope, above, addressees)
        )

    def extend(self, start: int, end: int) -> None:
        """Text of the open item; opens an unlabelled one when there is none."""
        piece = self._view.text[start:end]
        bare = piece.strip()
        if not bare:
            return
        start += len(piece) - len(piece.lstrip())
        if self.item is None:
            self.open_item(None, label=None)
        item = self.item
        if item:
            item.segments.append((start, start + len(bare)))

    def text_of_item(self) -> str:
        """The last text of the open item, "" when it has none yet."""
        item = self.item
        if item is None or not item.segments:
            return ""
        start, end = item.segments[-1]
        return self._view.text[start:end]

    def discard(self, kind: str, start: int, end: int) -> None:
        self._discards.append((kind, (start, end)))

    def problem(self, kind: str, message: str, at: int) -> None:
        """`at` leads into the text without noise."""
        self._problems.append(Problem(kind, message, self._view.original(at)))

    def finish(
        self,
        revision: Revision,
        *,
        file: str,
        text: str,
        footnotes: Sequence[Footnote],
        joins: "Joins",
    ) -> Outlined:
        """Clauses and the rest, with offsets in the stored text."""
        names = _section_names(self._sections)
        clauses: list[Clause] = []
        labels: list[Range] = []
        hyphens: list[Range] = []
        for section, name in zip(self._sections, names, strict=True):
            for at, (item, label) in enumerate(zip(section.items, _labels(section), strict=True)):
                if item.label:
                    labels += self._view.spans(*item.label)
                spans, dropped = joins.spans(self._view, text, item.segments)
                hyphens += dropped
                if not spans:
                    if not _is_stem(section.items, at):
                        self._empty(section, label, item)
                    continue
                source = Source(file, spans)
                words = source.reassemble(text)
                own = item.addressees
                if own is None and not section.addressees and self._book.is_addressed(section.name):
                    own = self._book.addressees_at(words, revision.language)
                clauses.append(
                    Clause(
                        revision=revision,
                        section=name,
                        phrase=section.phrase,
                        addressees=section.addressees if own is None else own,
                        label=label,
                        text=words,
                        source=source,
                    )
                )
        clauses.sort(key=lambda clause: clause.source.start)
        noted, problems = _with_notes(clauses, footnotes)
        discards = [
            Discard(kind, first, last)
            for kind, where in self._discards
            for first, last in self._view.spans(*where)
        ]
        discards += [Discard(one.kind, one.start, one.end) for one in self._noise]
        discards += [Discard("hyphen", *where) for where in hyphens]
        headings = tuple(
            Heading(
                kind, "" if index is None else names[index], shown, addressees,
                self._view.spans(*where),
            )
            for kind, shown, addressees, where, index in self._headings
        )  # fmt: skip
        return Outlined(
            clauses=noted,
            headings=headings,
            problems=tuple(sorted([*self._problems, *problems], key=lambda one: one.start)),
            discards=tuple(sorted(discards, key=lambda one: one.start)),
            labels=tuple(sorted(labels)),
        )

    def _empty(self, section: _Section, label: str, item: _Item) -> None:
        at = item.label[0] if item.label else 0
        self.problem("empty-item", f"{section.name}/{label} has a label and no text", at)


def _is_stem(items: Sequence[_Item], at: int) -> bool:
    """Whether an item without words of its own has one right below it: "10. (a) …"."""
    path = items[at].path
    below = items[at + 1].path if at + 1 < len(items) else None
    return (
        path is not None
        and below is not None
        and len(below)
        > len(path)
        == sum(one == other for one, other in zip(path, below, strict=False))
    )


def _section_names(sections: Iterable[_Section]) -> list[str]:
    seen: Counter[str] = Counter()
    names = []
    for section in sections:
        if not section.items:
            # An empty heading counts too: those after it are the second, the third.
            seen[section.name] += 1
            names.append(section.name)
            continue
        seen[section.name] += 1
        count = seen[section.name]
        names.append(section.name if count == 1 else f"{section.name}.{count}")
    return names


def _labels(section: _Section) -> list[str]:
    """One label for every item of the section, all different."""
    unlabelled = [at for at, item in enumerate(section.items) if item.path is None]
    several = len(unlabelled) > 1
    numbers = {at: f"p{count}" if several else "" for count, at in enumerate(unlabelled, 1)}
    taken: set[str] = set()
    labels = [""] * len(section.items)
    for at, name in numbers.items():
        labels[at] = name
        taken.add(name)
    lists: dict[int, list[int]] = {}
    for at, item in enumerate(section.items):
        if item.path is not None:
            lists.setdefault(item.list_index, []).append(at)
    for ordinal, members in enumerate(lists.values(), 1):
        plain = ["/".join(_below(section, at, numbers)) for at in members]
        for prefix in _prefixes(section, members[0], numbers):
            named = [f"{prefix}/{label}" if prefix else label for label in plain]
            if len({*named}) == len(named) and not taken & {*named}:
                break
        else:
            named = _distinct(plain, ordinal)
        taken.update(named)
        for at, label in zip(members, named, strict=True):
            labels[at] = label
    return labels


def _distinct(labels: Sequence[str], ordinal: int) -> list[str]:
    """The labels of a list below a name of its own: "list-2/a"; a double within it counts on."""
    seen: Counter[str] = Counter()
    named = []
    for label in labels:
        seen[label] += 1
        double = f".{seen[label]}" if seen[label] > 1 else ""
        named.append(f"list-{ordinal}/{label}{double}")
    return named


def _below(section: _Section, at: int, numbers: dict[int, str]) -> tuple[str, ...]:
    item = section.items[at]
    path = item.path or ()
    above = numbers.get(item.below, "") if item.below is not None else ""
    return (above, *path) if above else path


def _prefixes(section: _Section, at: int, numbers: dict[int, str]) -> Iterable[str]:
    """What may stand before the labels of a list whose names are taken."""
    yield ""
    if section.annex and section.items[at].scope:
        yield section.items[at].scope
    before = [name for index, name in numbers.items() if index < at and name]
    if before:
        yield before[-1]
        if section.items[at].scope:
            yield f"{section.items[at].scope}/{before[-1]}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


class Joins:
    """How pieces of a text are put together: where a line break is a space, where it is nothing."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _words(self) -> frozenset[str]:
        """The words of the whole text, those with hyphens as they are."""
        return frozenset(_WORDS.findall(self._text))

    def spans(
        self, view: CutText, text: str, segments: Iterable[Range]
    ) -> tuple[tuple[Range, ...], list[Range]]:
        """The ranges of the stored text that make up the segments, and hyphens left out."""
        spans: list[Range] = []
        dropped: list[Range] = []
        for segment in segments:
            for line in _lines(view.text, segment):
                for piece in view.spans(*line):
                    self._append(spans, dropped, text, piece)
        return tuple(spans), dropped

    def _append(self, spans: list[Range], dropped: list[Range], text: str, piece: Range) -> None:
        start, end = piece
        if not spans:
            while start < end and text[start].isspace():
                start += 1
            if start < end:
                spans.append((start, end))
            return
        first, last = spans[-1]
        gap = text[last:start]
        if "\n" not in gap and "\r" not in gap and gap.strip():  # noise within a line was cut
            while start < end and text[start].isspace() and text[last - 1].isspace():
                start += 1
            if start < end:
                spans.append((start, end))
            return
        before, after = text[last - 1], text[start]
        broken = "\n" in gap or "\r" in gap
        if broken and before == "\u00ad" and last - first > 1:
            spans[-1] = (first, last - 1)
            dropped.append((last - 1, last))
            spans.append(piece)
            return
        if broken and before == "-" and last - first > 1 and text[last - 2].isalpha():
            verdict = self._hyphen(text, last, start)
            if verdict == "drop":
                spans[-1] = (first, last - 1)
                dropped.append((last - 1, last))
                spans.append(piece)
                return
            if verdict == "join":
                spans.append(piece)
                return
        if not (is_han(before) and is_han(after)):
            at = _separator(gap)
            if at is not None:
                _add(spans, (last + at, last + at + 1))
        _add(spans, piece)

    def _hyphen(self, text: str, last: int, start: int) -> str:
        """What a hyphen at a line's end is: "drop" it, "join" over the break, or "keep" both."""
        head = _tail_word(text, last - 1)
        tail = _head_word(text, start)
        if not head or not tail or not tail[0].islower() or tail in _SUSPENDED:
            return "keep"
        whole, parted = head + tail, f"{head}-{tail}"
        if whole in self._words and parted not in self._words:
            return "drop"
        return "join"


_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# "short- and long-term": the hyphen stands for a word and the break is a space.
_SUSPENDED = frozenset({"and", "or", "et", "ou", "y", "o", "und", "to", "и", "или"})


def _tail_word(text: str, end: int) -> str:
    at = end
    while at > 0 and text[at - 1].isalpha():
        at -= 1
    return text[at:end]


def _head_word(text: str, start: int) -> str:
    at = start
    while at < len(text) and text[at].isalpha():
        at += 1
    return text[start:at]


def _lines(text: str, segment: Range) -> Iterable[Range]:
    """The lines of a segment without outer white space."""
    start, end = segment
    piece = text[start:end]
    if "\n" not in piece and "\r" not in piece:
        yield segment
        return
    at = start
    for line in piece.splitlines(keepends=True):
        bare = line.strip()
        if bare:
            low = at + len(line) - len(line.lstrip())
            yield low, low + len(bare)
        at += len(line)


def _separator(gap: str) -> int | None:
    """Offset in the gap of the white space that stands for the join, a line break if there is."""
    for wanted in ("\n", " ", "\r", "\t", "\u00a0", "\x0c", "\u2028"):
        at = gap.rfind(wanted)
        if at >= 0:
            return at
    return next((at for at, sign in enumerate(gap) if sign.isspace()), None)


def _add(spans: list[Range], piece: Range) -> None:
    first, last = spans[-1]
    if last == piece[0]:
        spans[-1] = (first, piece[1])
    else:
        spans.append(piece)


def _with_notes(
    clauses: Sequence[Clause], footnotes: Sequence[Footnote]
) -> tuple[tuple[Clause, ...], list[Problem]]:
    """The clauses with the notes whose marks stand in them."""
    problems: list[Problem] = []
    if not footnotes:
        return tuple(clauses), problems
    starts = [clause.source.start for clause in clauses]
    found: dict[int, list[Note]] = {}
    for footnote in footnotes:
        if not footnote.references:
            problems.append(
                Problem(
                    "footnote-without-mark",
                    f"the mark of footnote {footnote.mark} was not found in the text",
                    footnote.body[0],
                )
            )
        for reference in footnote.references:
            index = _index_of(starts, reference[0])
            if index is None or not footnote.text:
                continue
            clause = clauses[index]
            at = _offset_in_clause(clause.source, reference[0])
            found.setdefault(index, []).append(Note(footnote.mark, footnote.text, at))
    return (
        tuple(
            replace(clause, notes=tuple(sorted(found[index], key=lambda note: note.at)))
            if index in found
            else clause
            for index, clause in enumerate(clauses)
        ),
        problems,
    )


def _index_of(starts: Sequence[int], at: int) -> int | None:
    """The clause that the offset stands in or after."""
    index = bisect_right(starts, at) - 1
    return index if index >= 0 else None


def _offset_in_clause(source: Source, at: int) -> int:
    length = 0
    for start, end in source.spans:
        if at < start:
            break
        length += min(at, end) - start
    return length
