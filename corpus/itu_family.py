"""The ITU family: one heading per section, items under it; annexes with lists of their own.

Events are looked for in document order: at the beginning of every unit an annex, a heading or a
label, within its text further labels that go on with a list which began at a line's head ("1 to …;
2 to …"), and headings that a converter glued to the text before them. Everything between two events
is text of the item that was open.
"""

import re
from dataclasses import dataclass, replace

from corpus.annexes import (
    INLINE_ANNEX,
    INLINE_CHINESE_ANNEX,
    read_annex_head,
    read_division,
)
from corpus.clauses import Revision
from corpus.headings import HeadingHere, Headings, is_first, is_prose
from corpus.labels import Label, Place, Sequence, read_label
from corpus.outline import Outline
from corpus.phrases import Phrasebook
from corpus.text import ends_clause
from corpus.units import Unit, Units

_DASH = re.compile(r"[–—•▪●·◦*-](?:\s+|(?=[^\W\d]))|-{2}\s+")
_SOURCE_LINE = re.compile(
    r"(?:参阅|参见|參閱|ref\.?|réf\.?|ссылк[аи]|véase|المراجع|المرجع)\s*[:：]", re.IGNORECASE
)
_INLINE_LABEL = re.compile(
    r"""
    (?:(?<=[;:.,)])(?:\s+(?:and|or|et|ou|y|o|e|и|или|و))?|(?<=[；。，：]))
    [ \t\u00a0]*(?<![\w(（])
    (?=
        [(（]?(?:[A-Za-z]|[ivx]{2,6}|[а-я]|[\u0621-\u064a])\u0640?\x20?[)）]
      | [(（]?[0-9]{1,3}[)）]
      | [0-9]{1,3}(?:\.[0-9]{1,3}){0,3}(?:\x20?(?:bis|ter))?(?:[ \t\u00a0]+[^\W\d_]|$)
      | [0-9]{1,3}[\u3400-\u9fff]
    )
    """,
    re.VERBOSE,
)
_JOINED_LABEL = re.compile(
    r"(?:and|or|et|ou|y|o|e|и|или)[ \t\u00a0]+(?=[(]?(?:[a-z]|[ivx]{2,6}|[0-9]{1,2})[)])"
)
_BARE_LABEL = re.compile(
    r"(?<=[^\W_)])[ \t]+(?=[0-9]{1,3}[ \t]+[^\W\d_])|(?<=[)）])[ \t]+(?=[0-9]{1,3}[ \t]+[^\W\d_])"
)
_NUMBERED_IN_LINE = re.compile(r"(?<=\s)(?=([0-9]{1,2})\)\s)")
_LIST_WITHIN = 8000  # characters in which the first three items of a flattened list stand
_FLATTENED = 120  # characters of a Chinese line in which heads of annexes are looked for
_BEHIND = 60  # characters before a label in running text that say whether it is one
_TITLE_LINES = 4  # lines that the title of an annex may have
_OF_THE_ACT = re.compile(r"\((?:to|à la|au|a la|al|к)\s", re.IGNORECASE)


@dataclass(slots=True)
class _State:
    """Where the reader stands in the open section."""

    sequence: Sequence
    first_word: str = ""  # of the first item's text: "that" or "to", which its siblings share
    annex: bool = False
    titles_left: int = 0  # lines that may still be title of the annex


@dataclass(frozen=True, slots=True)
class _Event:
    """Something that may begin within the text of a unit."""

    at: int  # in the text without noise
    label: bool = False
    heading: HeadingHere | None = None
    annex: tuple[str, int, int] | None = None  # its name, and the range of its head


class ItuReader:
    """Reads the units of one document into its outline."""

    def __init__(
        self, units: Units, outline: Outline, book: Phrasebook, revision: Revision
    ) -> None:
        self._units = units.units
        self._view = units.view
        self._wrapped = units.wrapped
        self._lines = units.lines
        self._outline = outline
        self._body = revision.body
        self._language = revision.language
        self._last_label: Label | None = None  # of the section before, where labels count on
        self._headings = Headings(
            book,
            revision.language,
            units,
            decision=revision.number.startswith("dec"),
        )
        self._state = _State(Sequence())
        self._index = 0

    def read(self) -> None:
        while self._index < len(self._units):
            taken = self._unit(self._index)
            self._index += taken

    def _unit(self, index: int) -> int:
        """Read one unit; returns how many were used."""
        unit = self._units[index]
        if self._annex(unit):
            return 1
        heading = None if self._state.annex else self._headings.at(index)
        if heading and self._may_head(index, heading):
            return self._heading(index, heading)
        if self._division(unit):
            return 1
        if not self._state.annex and self._headings.unknown_at(index, closed=self._is_closed()):
            self._unknown_heading(unit)
            return 1
        if self._state.annex and self._annex_title(unit):
            return 1
        if self._ends_document(index):
            self._outline.discard("source-line", unit.start, unit.end)
            return 1
        self._text(index, unit.start)
        return 1

    # --- sections

    def _may_head(self, index: int, heading: HeadingHere) -> bool:
        """Not below a heading that has no text yet, when this one has text of its own."""
        section = self._outline.section
        if section is None or section.items:
            return True
        return heading.end >= len(self._units[index].text) or heading.over > 0

    def _heading(self, index: int, heading: HeadingHere) -> int:
        unit = self._units[index]
        if heading.over:
            last = self._units[index + heading.over]
            end = last.start + heading.over_end
            self._open(heading, unit.start, end)
            if heading.over_end < len(last.text):
                self._text(index + heading.over, end, after_heading=True)
            return 1 + heading.over
        self._open(heading, unit.start, unit.start + heading.end)
        if heading.end < len(unit.text):
            self._text(index, unit.start + heading.end, after_heading=True)
        return 1

    def _open(self, heading: HeadingHere, start: int, end: int) -> None:
        self._outline.open_section(
            heading.action, heading=(start, end), addressees=heading.addressees
        )
        self._state = _State(Sequence())

    def _unknown_heading(self, unit: Unit) -> None:
        self._outline.open_section("unknown", heading=(unit.start, unit.end))
        self._outline.problem(
            "unknown-heading", f"“{unit.text[:80]}” heads a section by no known phrase", unit.start
        )
        self._state = _State(Sequence())

    def _lost_heading(self, at: int, printed: str) -> None:
        self._outline.open_section("unknown", heading=None)
        self._outline.problem(
            "lost-heading", f"{printed} begins a list, and no heading stands before it", at
        )
        self._state = _State(Sequence())

    def _is_closed(self) -> bool:
        """Whether the open section has items and the last one is finished."""
        section = self._outline.section
        if section is None:
            return True
        return bool(section.items) and ends_clause(self._outline.text_of_item())

    # --- annexes

    def _annex(self, unit: Unit) -> bool:
        styled = unit.style == "annex"
        head = read_annex_head(unit.text, styled=styled, body=self._body)
        if head is None:
            if styled and self._state.annex:
                self._outline.heading("annex", (unit.start, unit.end))
                return True
            return False
        if not styled and not self._lines and unit.table:
            return False
        before = self._units[self._index - 1] if self._index else None
        capitals = unit.text[: min(5, head.end)].isupper()
        sure = styled or capitals or self._belongs_below(unit, head.end)
        if before and not sure and not (unit.new or before.ended):
            return False
        self._open_annex(head.name, unit.start, unit.start + head.end)
        if head.end < len(unit.text):
            self._state.titles_left = 0
            self._text(self._index, unit.start + head.end, after_heading=True)
        return True

    def _belongs_below(self, unit: Unit, end: int) -> bool:
        """Whether a head stands alone, and the next line says of what: "(to Resolution 1"."""
        following = self._units[self._index + 1 : self._index + 2]
        alone = end >= len(unit.text.rstrip())
        return alone and any(_OF_THE_ACT.match(below.text) for below in following)

    def _open_annex(self, name: str, start: int, end: int) -> None:
        self._outline.open_section(name, heading=(start, end), annex=True)
        self._state = _State(Sequence(), annex=True, titles_left=_TITLE_LINES)

    def _annex_title(self, unit: Unit) -> bool:
        """A line below the head of an annex that is its title."""
        section = self._outline.section
        if not self._state.titles_left or (section and section.items):
            return False
        self._state.titles_left -= 1
        if unit.style in {"title", "annex"}:
            self._outline.heading("annex", (unit.start, unit.end))
            return True
        label = read_label(unit.text)
        if label is not None and is_first(label):
            self._state.titles_left = 0
            return False
        title = len(unit.text) <= 160 and not ends_clause(unit.text) and not unit.table
        if not title or _DASH.match(unit.text) or self._state.titles_left < _TITLE_LINES - 3:
            self._state.titles_left = 0
            return False
        self._outline.heading("annex", (unit.start, unit.end))
        return True

    def _division(self, unit: Unit) -> bool:
        styled = unit.style == "section"
        if self._outline.section is None and not styled:
            return False
        name = read_division(unit.text, styled=styled)
        if name is None and not (styled and not ends_clause(unit.text)):
            return False
        if name is not None and not styled and not (self._state.annex or unit.new):
            before = self._units[self._index - 1] if self._index else None
            if before is not None and not before.ended:
                return False
        self._outline.heading("division", (unit.start, unit.end))
        if name is not None:
            self._outline.divide(name)
            self._state.sequence = Sequence()
        return True

    # --- items and text

    def _text(self, index: int, start: int, *, after_heading: bool = False) -> None:
        """Read the unit's text from `start` on: a label at its head, then what stands within."""
        unit = self._units[index]
        at = start
        label = None if unit.table else read_label(self._view.text, at, end=unit.end)
        if label is not None:
            placed = self._place(index, label, after_heading=after_heading)
            if placed:
                at = self._begin(self._second_label(label, unit), unit)
                self._within(index, at)
                return
        if not after_heading or self._outline.section is None:
            self._paragraph(index)
        self._within(index, at)

    def _second_label(self, label: Label, unit: Unit) -> Label:
        """The label of a sub-item that stands right behind its item's: "10 a) that"; or itself."""
        at = label.end
        while at < unit.end and self._view.text[at].isspace():
            at += 1
        second = read_label(self._view.text, at, end=unit.end)
        if second is None or second.bare or not is_first(second):
            return label
        place = self._state.sequence.starts(second)
        if place is None:
            return label
        self._outline.open_item(place.path, label=(second.start, second.end))
        return second

    def _begin(self, label: Label, unit: Unit) -> int:
        """Where the text of an item begins whose label was placed."""
        at = label.end
        while at < unit.end and self._view.text[at].isspace():
            at += 1
        if not self._state.first_word:
            self._state.first_word = _word_at(self._view.text, at, unit.end)
        return at

    def _place(self, index: int, label: Label, *, after_heading: bool) -> bool:
        """Open the item of a label at the head of a line, if it can be one."""
        unit = self._units[index]
        sure = after_heading or self._is_sure(index, label)
        if label.bare and not (unit.new or label.tabbed) and is_prose(self._view.text, label):
            return False
        if self._outline.section is None:
            if not (sure and is_first(label) and self._goes_on_with(index, label)):
                return False
            self._lost_heading(label.start, self._printed(label))
        label = self._read_as(index, label)
        place = None
        if sure or self._is_likely(index, label):
            place = self._state.sequence.continues(label)
        if place is None and is_first(label):
            place = self._starting(index, label, sure=sure)
        if place is None and sure and not label.bare:
            place = self._counting_on(label) or self._straying(label)
            if place is None and unit.new and not after_heading:
                self._outline.problem(
                    "label-out-of-sequence",
                    f"{self._printed(label)} fits no list and was read as text",
                    label.start,
                )
        if place is None:
            return False
        self._outline.open_item(place.path, label=(label.start, label.end))
        if len(place.path) == 1:
            self._last_label = label
        return True

    def _starting(self, index: int, label: Label, *, sure: bool) -> Place | None:
        """Place the first label of a list: below the open item, below a lost heading, anew."""
        if self._closes_section(label) and self._goes_on_with(index, label):
            self._lost_heading(label.start, self._printed(label))
        place = None
        if sure and self._may_start(label):
            place = self._state.sequence.starts(label)
        if (
            place is None
            and sure
            and self._state.sequence.restarts(label)
            and self._restart(index, label)
        ):
            place = self._state.sequence.starts(label)
        return place

    def _counting_on(self, label: Label) -> Place | None:
        """Place the first label of a section that counts on from the one before: c), then d)."""
        last = self._last_label
        section = self._outline.section
        if last is None or section is None or section.items or self._state.sequence.depth:
            return None
        goes_on = any(
            one.alphabet == other.alphabet and one.place[-1] + 1 == other.place[-1]
            for one in last.readings
            for other in label.readings
        )
        return self._state.sequence.begins(label) if goes_on else None

    def _straying(self, label: Label) -> Place | None:
        """Place a label that is not the next one of any list: after a gap, of another alphabet."""
        place = self._state.sequence.skips(label) or self._state.sequence.drifts(label)
        if place and place.skipped:
            self._outline.problem(
                "missing-label",
                f"{self._printed(label)} follows an item that is not the one before it",
                label.start,
            )
        return place

    def _read_as(self, index: int, label: Label) -> Label:
        """A label that may be a letter or a Roman figure, as what its neighbours say."""
        if self._is_letter_after_all(index, label):
            return replace(
                label, readings=tuple(r for r in label.readings if r.alphabet == "letter")
            )
        if _is_ambiguous(label) and self._roman_follows(index, label):
            return replace(
                label, readings=tuple(r for r in label.readings if r.alphabet == "roman")
            )
        return label

    def _printed(self, label: Label) -> str:
        return f"“{self._view.text[label.start : label.end].strip()}”"

    def _is_sure(self, index: int, label: Label) -> bool:
        """Whether a label may stand here: a paragraph begins, or the clause before has ended."""
        unit = self._units[index]
        if unit.new or index == 0 or (label.tabbed and not label.bare):
            return True
        before = self._units[index - 1]
        if before.ended or not self._outline.item:
            return True
        last = before.text.rsplit(None, 1)[-1].strip(".,;").lower()
        if last in ("and", "or", "et", "ou", "y", "o", "и", "или") and not label.bare:
            return True
        return label.tabbed

    def _is_likely(self, index: int, label: Label) -> bool:
        """A bracketed label that goes on with the list although the line before did not end."""
        before = self._units[index - 1].text if index else ""
        last = before.split()[-1].lower() if before.split() else ""
        if label.bare:
            return False
        return last not in _REFERRING and not before.endswith((",", "-"))

    def _may_start(self, label: Label) -> bool:
        """Whether a list can begin below the open item."""
        sequence = self._state.sequence
        if not sequence.depth:
            return True
        if not label.bare:
            return True
        text = self._outline.text_of_item()
        decimal = any(reading.alphabet == "decimal" for reading in label.readings)
        return decimal or not text or text.endswith((":", "：")) or self._state.annex

    def _closes_section(self, label: Label) -> bool:
        """Whether the section ended before this first label, so that its own heading is lost.

        The last item of a section ends with a comma where those before it end with semicolons.
        """
        if self._state.annex:
            return False
        sequence, item = self._state.sequence, self._outline.item
        top = sequence.top()
        if top is None or item is None:
            return False
        text = self._outline.text_of_item()
        if sequence.restarts(label) and sequence.depth == 1:
            return ends_clause(text) and not text.endswith((":", "："))
        if not text.rstrip().endswith((",", "，", "،")):
            return False
        numbered = any(reading.alphabet == "number" for reading in label.readings)
        return top.alphabet == "letter" and numbered and sequence.depth == 1

    def _goes_on_with(self, index: int, label: Label) -> bool:
        """Whether the second label of the list stands further down."""
        wanted = {(reading.alphabet, reading.place[-1] + 1) for reading in label.readings}
        for unit in self._units[index + 1 : index + 60]:
            following = read_label(unit.text)
            if following is None:
                continue
            if any((r.alphabet, r.place[-1]) in wanted for r in following.readings):
                return True
        rest = self._view.text[label.end : self._units[index].end]
        for match in _INLINE_LABEL.finditer(rest):
            following = read_label(rest, match.end())
            if following and any((r.alphabet, r.place[-1]) in wanted for r in following.readings):
                return True
        return False

    def _restart(self, index: int, label: Label) -> bool:
        """Begin a list anew: in an annex always, elsewhere a heading must have been lost."""
        if self._state.annex:
            self._outline.open_list()
            self._state.sequence = _before_restart(self._state.sequence, label)
            return True
        if (self._goes_on_with(index, label) and not label.bare) or self._units[index].new:
            self._lost_heading(label.start, self._printed(label))
            return True
        return False

    def _is_letter_after_all(self, index: int, label: Label) -> bool:
        """ "i)" after "h)": the ninth letter, unless "ii)" follows it."""
        if not _is_ambiguous(label):
            return False
        sequence = self._state.sequence
        if not any(
            level.alphabet == "letter" and (level.place[0] + 1,) == reading.place
            for level in sequence.levels
            for reading in label.readings
            if reading.alphabet == "letter"
        ):
            return False
        open_roman = sequence.levels and sequence.levels[-1].alphabet == "roman"
        return not open_roman and not self._roman_follows(index, label)

    def _roman_follows(self, index: int, label: Label) -> bool:
        roman = next((r.place[0] for r in label.readings if r.alphabet == "roman"), None)
        if roman is None:
            return False
        rest = self._view.text[label.end : self._units[index].end]
        candidates = [read_label(rest, match.end()) for match in _INLINE_LABEL.finditer(rest)]
        for unit in self._units[index + 1 : index + 30]:
            candidates.append(read_label(unit.text))
            if candidates[-1] is not None:
                break
        for following in candidates:
            if following is None:
                continue
            if any(r.alphabet == "roman" and r.place[0] == roman + 1 for r in following.readings):
                return True
        return False

    def _paragraph(self, index: int) -> None:
        """A line without a label begins: a paragraph of its own, or more of the open item."""
        unit = self._units[index]
        section = self._outline.section
        if section is None:
            self._outline.open_section("unknown", heading=None)
            self._outline.problem(
                "lost-heading", f"“{unit.text[:60]} …” stands below no heading", unit.start
            )
            return
        dash = _DASH.match(unit.text)
        if not section.items:
            if dash:
                self._outline.open_item(None, label=(unit.start, unit.start + dash.end()))
            return
        item = self._outline.item
        if item is None or unit.table:
            return
        if item.path is not None:
            if self._leaves_list(index):
                self._outline.open_list()
                self._outline.open_item(None, label=None)
                self._state.sequence = Sequence()
            return
        if dash:
            if item.label is not None:
                self._outline.open_item(None, label=(unit.start, unit.start + dash.end()))
            return
        if self._is_new_paragraph(index):
            self._outline.open_item(None, label=None)

    def _leaves_list(self, index: int) -> bool:
        """In an annex: a paragraph behind a list of letters, which began at no number."""
        if not self._state.annex:
            return False
        levels = self._state.sequence.levels
        if not levels or any(level.alphabet in ("number", "decimal") for level in levels):
            return False
        unit, before = self._units[index], self._units[index - 1]
        if unit.style in ("item", "continued") or _DASH.match(unit.text):
            return False
        return before.text.endswith((".", "。")) and not unit.text[0].islower()

    def _is_new_paragraph(self, index: int) -> bool:
        unit, before = self._units[index], self._units[index - 1]
        if unit.style == "continued":
            return False
        if not self._lines:
            return before.ended and not before.text.endswith((":", "："))
        if before.text.endswith((":", "：")):
            return False
        if unit.blank:
            return before.ended
        if self._wrapped or not before.ended:
            return False
        if before.text.endswith((",", "，", "،", "、")):
            item = self._outline.item
            first = ""
            if item is not None and item.segments:
                first = _word_at(self._view.text, item.segments[0][0], item.segments[0][1])
            return bool(first) and first == _word_at(unit.text, 0, len(unit.text))
        return True

    def _within(self, index: int, start: int) -> None:
        """The text of a unit from `start` on, cut where labels, headings or annexes stand in it."""
        unit = self._units[index]
        at = start
        dash = _DASH.match(self._view.text, at, unit.end)
        item = self._outline.item
        if dash and item and item.label and item.label[0] == at and item.path is None:
            at += dash.end() - at
        for event in self._events(index, at):
            if event.at < at:
                continue
            if event.annex:
                at = self._inline_annex(unit, at, event.annex)
            elif event.heading and not self._state.annex:
                at = self._inline_heading(unit, at, event.at, event.heading)
            elif event.label:
                at = self._inline_label(unit, at, event.at)
        self._extend(at, unit.end)

    def _events(self, index: int, start: int) -> list[_Event]:
        """Candidates within a unit, in order."""
        unit = self._units[index]
        text = self._view.text
        found = [
            _Event(match.end(), label=True)
            for match in _INLINE_LABEL.finditer(text, start, unit.end)
        ]
        joined = _JOINED_LABEL.match(text, start, unit.end) if start == unit.start else None
        if joined:
            found.append(_Event(joined.end(), label=True))
        if self._state.first_word or self._state.annex:
            found += [
                _Event(match.end(), label=True)
                for match in _BARE_LABEL.finditer(text, start, unit.end)
            ]
        annexes = [*INLINE_ANNEX.finditer(text, start, unit.end)]
        if self._language == "zh" and unit.end - start > _FLATTENED:
            annexes += INLINE_CHINESE_ANNEX.finditer(text, start, unit.end)
        for match in annexes:
            head = read_annex_head(match["head"], body=self._body)
            if head:
                found.append(_Event(match.start("head"), annex=(head.name, *match.span("head"))))
        if not self._state.annex:
            headings = list(self._headings.inside(index))
            ending = self._headings.at_end(index)
            if ending:
                headings.append(ending)
            found += [
                _Event(unit.start + at, heading=heading)
                for at, heading in headings
                if unit.start + at > start
            ]
        return sorted(found, key=lambda event: (event.at, event.label))

    def _inline_annex(self, unit: Unit, at: int, annex: tuple[str, int, int]) -> int:
        name, start, end = annex
        self._extend(at, start)
        self._open_annex(name, start, end)
        self._state.titles_left = 0
        if self._holds_numbered_list(end, unit.end):
            return self._first_of_numbered_list(end, unit)
        return end

    def _inline_heading(self, unit: Unit, at: int, where: int, heading: HeadingHere) -> int:
        """Begin the section of a heading in running text; where its text begins."""
        end = where + heading.end
        self._extend(at, where)
        self._open(heading, where, end)
        printed = self._view.text[where:end].strip()
        self._outline.problem("inline-heading", f"“{printed}” stands in running text", where)
        at = end
        while at < unit.end and self._view.text[at] in " ,\t":
            at += 1
        label = read_label(self._view.text, at, end=unit.end)
        place = self._state.sequence.starts(label) if label and is_first(label) else None
        if label is None or place is None:
            return at
        self._outline.open_item(place.path, label=(label.start, label.end))
        return self._begin(label, unit)

    def _inline_label(self, unit: Unit, at: int, where: int) -> int:
        """Begin the item of a label in running text that goes on with a list; where text begins."""
        label = read_label(self._view.text, where, end=unit.end)
        if label is None:
            return at
        following = _word_at(self._view.text, label.end, self._end_of_next(unit))
        if not self._view.text[max(at, where - _BEHIND) : where].strip():
            return at
        before = self._view.text[max(0, where - _BEHIND) : where].rstrip()
        if label.bare and not self._is_inline_number(label, before, following):
            return at
        if not label.bare and not self._is_inline_letter(before, following):
            return at
        decimal = label.readings[0].alphabet == "decimal"
        place = self._state.sequence.continues(label)
        if place is None and decimal and before.endswith((":", "：")):
            place = self._state.sequence.starts(label)
        if place is None:
            return at
        self._extend(at, where)
        self._outline.open_item(place.path, label=(label.start, label.end))
        begin = label.end
        while begin < unit.end and self._view.text[begin].isspace():
            begin += 1
        return begin

    def _end_of_next(self, unit: Unit) -> int:
        """The end of the next line: a label at a line's end has its text there."""
        if self._lines and self._index + 1 < len(self._units):
            return self._units[self._index + 1].end
        return unit.end

    def _is_inline_number(self, label: Label, before: str, following: str) -> bool:
        """Whether a bare figure in running text opens an item: "…; 2 to report"."""
        if not following:
            return False
        sibling = following == self._state.first_word and bool(self._state.first_word)
        if before.endswith((";", "；")):
            return following[0].islower() or not following.isascii()
        if label.readings[0].alphabet == "decimal":
            return before.endswith((":", "：", ".")) and following[0].islower()
        return sibling and following in _OPENERS

    def _is_inline_letter(self, before: str, following: str) -> bool:
        if not following:
            return False
        if before.endswith((";", ":", "；", "：")):
            return True
        words = before.rsplit(None, 2)
        if words[-1] in _JOINING and len(words) > 1 and words[-2].endswith((";", ",", "；", "，")):
            return True
        if self._state.annex and before.endswith((".", "。")):
            return True
        return following == self._state.first_word and following in _OPENERS

    def _holds_numbered_list(self, at: int, end: int) -> bool:
        """Whether the text of a flattened annex holds a numbered list: 1), 2), 3) in order."""
        text = self._view.text
        wanted = 1
        for match in _NUMBERED_IN_LINE.finditer(text, at, min(end, at + _LIST_WITHIN)):
            if int(match[1]) == wanted:
                wanted += 1
            if wanted > 3:
                return True
        return False

    def _first_of_numbered_list(self, at: int, unit: Unit) -> int:
        """Open the first item of such a list; what stands before it is a paragraph of its own."""
        match = _NUMBERED_IN_LINE.search(self._view.text, at, unit.end)
        if not match:
            return at
        self._extend(at, match.start())
        label = read_label(self._view.text, match.start(), end=unit.end)
        place = self._state.sequence.starts(label) if label else None
        if label is None or place is None:
            return at
        self._outline.open_item(place.path, label=(label.start, label.end))
        return self._begin(label, unit)

    def _extend(self, start: int, end: int) -> None:
        if self._view.text[start:end].strip():
            if self._outline.section is None:
                self._outline.open_section("unknown", heading=None)
            self._outline.extend(start, end)

    def _ends_document(self, index: int) -> bool:
        """A line below the last clause that names the documents it came from."""
        unit = self._units[index]
        return (
            len(unit.text) < 250
            and index >= len(self._units) - 3
            and _SOURCE_LINE.match(unit.text) is not None
        )


_REFERRING = frozenset(
    """
    in to of and or see under recalling considering noting recognizing resolves items paragraphs
    subparagraphs points alinéas point párrafos apartado пункте пунктов пунктах
    """.split()  # noqa: SIM905 - a list of words reads better as words
)
_JOINING = frozenset(["and", "or", "et", "ou", "y", "o", "e", "и", "или", "و"])
# Words with which the items of a list begin alike; a figure before one of them opens an item.
_OPENERS = frozenset(["that", "to", "que", "qu", "de", "d", "a", "к", "что", "о", "об", "чтобы"])
_WORD = re.compile(r"[^\W\d_]+")


def _word_at(text: str, start: int, end: int) -> str:
    """The first word from `start` on, in small letters; "" when something else stands there."""
    at = start
    while at < end and text[at].isspace():
        at += 1
    match = _WORD.match(text, at, end)
    return match.group() if match else ""


def _is_ambiguous(label: Label) -> bool:
    return {"letter", "roman"} <= {reading.alphabet for reading in label.readings}


def _before_restart(sequence: Sequence, label: Label) -> Sequence:
    """The lists that stay open when one of their kind begins anew."""
    for depth, level in enumerate(sequence.levels):
        if any(
            level.alphabet == reading.alphabet and level.upper == label.upper
            for reading in label.readings
        ):
            return Sequence(sequence.levels[:depth])
    return Sequence()
