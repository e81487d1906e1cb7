"""Word files: the text as a reader of the page sees it, automatic labels written out.

The parts are read as XML, not through python-docx: that library gives paragraphs without their
automatic numbers, skips content controls, text boxes and notes, glues tracked changes together
and unpacks without a bound. It makes the files of the tests.

Stored text: the body in reading order (a text box after the paragraph that anchors it), then
headers and footers, each once, then footnotes and endnotes, then what tracked changes took away.
Word's own non-breaking hyphen (w:noBreakHyphen, 121 of them in WTSA Resolution 1 of 2016) is stored
as "-", which is what "ITU-T" holds wherever it is quoted; U+2011 typed as a character stays.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import UnreadableDocumentError
from corpus.paragraphs import Extraction, Role
from corpus.readers.counting import count
from corpus.readers.limits import read_bounded
from corpus.readers.office_package import OfficePackage
from corpus.readers.proposals import proposal_mark
from corpus.readers.stored_text import StoredText, plain_characters
from corpus.readers.symbols import symbol
from corpus.readers.word_numbering import (
    Counters,
    W,
    integer,
    is_on,
    level_of_style,
    read_numbering,
)
from corpus.readers.word_styles import StyleFacts, StyleSheet, numbering_of

if TYPE_CHECKING:
    from lxml import etree

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

_TRANSPARENT = frozenset(
    f"{W}{name}"
    for name in (
        *("hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml"),
        *("ins", "moveTo", "dir", "bdo", "ruby", "rubyBase"),
    )
)
_TAKEN_AWAY = frozenset((f"{W}del", f"{W}moveFrom"))
_ADDED = frozenset((f"{W}ins", f"{W}moveTo"))
_FOREIGN = frozenset((f"{W}altChunk", f"{W}subDoc"))
_CHARACTERS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
}
_PICTURES = frozenset((f"{W}drawing", f"{W}pict", f"{W}object"))
# What may follow a note's number as part of its mark: "1bis", "1a", "2*".
_MARK_TAIL = re.compile(r"\s?(?:bis|ter|quater|[a-z]|\*+)\s*")
_BETWEEN_MARKS = re.compile(r"[\s,;]{1,3}")
_AFTER_MARK = r"[\s).:]*"


def read_docx(file: Path) -> Extraction:
    """The text and paragraphs of a Word file (.docx, .docm, templates; Transitional or Strict).

    Raises UnreadableDocumentError if it is damaged, protected, too large, holds no text, or
    takes in other documents whose text is not in it.
    """
    package = OfficePackage(read_bounded(file), name=file.name)
    try:
        return _Document(package, file.name).extraction()
    except RecursionError:
        raise UnreadableDocumentError(
            f"{file.name} nests its parts too deeply; open it in Word and save it anew"
        ) from None


@dataclass(slots=True)
class _Line:
    """The text of one paragraph while it is read, with the marks that stand in it."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0
    marks: list["_Mark"] = field(default_factory=list)
    boxes: list["etree._Element"] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)

    def write(self, text: str) -> None:
        """Append; blanks around a line break go, as they do in print."""
        if self.pieces and self.pieces[-1].endswith("\n"):
            text = text.lstrip(" ")
        elif text == "\n" and self.pieces and not self._ends_in_mark():
            bare = self.pieces[-1].rstrip(" ")
            self.length -= len(self.pieces[-1]) - len(bare)
            self.pieces[-1] = bare
        if text:
            self.pieces.append(text)
            self.length += len(text)

    def _ends_in_mark(self) -> bool:
        return bool(self.marks) and self.marks[-1].end == self.length


@dataclass(slots=True)
class _Mark:
    """A note's mark in a paragraph. `waits` while its own characters are still to come."""

    note: tuple[str, str]  # kind and id
    start: int
    end: int
    waits: bool = False


@dataclass(frozen=True, slots=True)
class _Look:
    """What the properties of a run mean for its text."""

    hidden: bool = False
    struck: bool = False
    raised: bool = False
    font: str = ""


@dataclass(slots=True)
class _NoteNumbers:
    """Automatic numbers of footnotes or endnotes; sections may start anew."""

    number_format: str
    start: int = 1
    restart: str = "continuous"
    last: int | None = None

    def next(self) -> str:
        self.last = self.start if self.last is None else self.last + 1
        return count(self.last, self.number_format)

    def heed(self, properties: "etree._Element | None") -> None:
        """Take over what w:footnotePr or w:endnotePr says."""
        if properties is None:
            return
        self.number_format = _value(properties, "numFmt") or self.number_format
        self.start = integer(_value(properties, "numStart"), self.start)
        self.restart = _value(properties, "numRestart") or self.restart


class _Document:
    """A Word file being read: its parts, and what is remembered from paragraph to paragraph."""

    def __init__(self, package: OfficePackage, name: str) -> None:
        self._name = name
        self._package = package
        self._main = self._main_part()
        self._relations = package.relationships(self._main)
        body = package.xml(self._main).find(f"{W}body")
        if body is None:
            raise UnreadableDocumentError(
                f"{name} is damaged: it has no body; open it in Word and save it anew"
            )
        self._body = body
        self._sheet = StyleSheet(self._part("styles"))
        numbering = self._part("numbering")
        self._lists = {} if numbering is None else read_numbering(numbering)
        self._counters = Counters(self._lists)
        self._numbers = {
            "footnote": _NoteNumbers("decimal"),
            "endnote": _NoteNumbers("lowerRoman"),
        }
        settings = self._part("settings")
        if settings is not None:
            for kind, numbers in self._numbers.items():
                numbers.heed(settings.find(f"{W}{kind}Pr"))
        self._sections = [section for section in body.iter(f"{W}sectPr") if not _is_former(section)]
        self._section = 0
        self._stored = StoredText()
        self._fields: list[bool] = []  # one for each open field: True once its result has begun
        self._marks: dict[tuple[str, str], list[tuple[int, int]]] = {}
        self._mark_texts: dict[tuple[str, str], str] = {}
        self._pending: _Line | None = None  # a paragraph whose end was deleted joins the next
        self._margins_seen: set[tuple[str, str]] = set()
        self._current_note_number = ""
        self._deleted: list[str] = []
        self._revised = False
        self._struck = False
        self._proposal_style = False

    def extraction(self) -> Extraction:
        self._enter_section()
        self._blocks(self._body, "body")
        if not self._stored.paragraphs:
            raise UnreadableDocumentError(
                f"{self._name} holds no text (a scan, pictures?); give a file with text"
            )
        body = [
            self._stored.text[paragraph.start : paragraph.end]
            for paragraph in self._stored.paragraphs
        ]
        self._read_margins()
        self._read_notes()
        for text in self._deleted:
            self._stored.add(text, role="deleted")
        return self._stored.extraction(file=self._name, proposal=self._why_a_proposal(body))

    def _why_a_proposal(self, body: list[str]) -> str:
        if self._revised:
            return "tracked changes"
        mark = proposal_mark(body)
        if mark or self._proposal_style:
            return mark or "proposal"
        return "struck-through text" if self._struck else ""

    # Parts

    def _main_part(self) -> str:
        for relation in self._package.relationships("").values():
            if relation.kind == "officeDocument" and relation.target in self._package:
                return relation.target
        if "word/document.xml" in self._package:
            return "word/document.xml"
        raise UnreadableDocumentError(
            f"{self._name} is damaged: its main part is missing; open it in Word and save it anew"
        )

    def _part(self, kind: str) -> "etree._Element | None":
        for relation in self._relations.values():
            if relation.kind == kind and relation.target in self._package:
                return self._package.xml(relation.target)
        return None

    def _read_margins(self) -> None:
        roles: dict[str, Role] = {f"{W}headerReference": "header", f"{W}footerReference": "footer"}
        seen: set[str] = set()
        for section in self._sections:
            for reference in section:
                relation = self._relations.get(reference.get(f"{_R}id", ""))
                role = roles.get(str(reference.tag))
                if role is None or relation is None or relation.target in seen:
                    continue
                seen.add(relation.target)
                if relation.target in self._package:
                    self._story(self._package.xml(relation.target), role)

    def _read_notes(self) -> None:
        for kind in ("footnote", "endnote"):
            root = None
            wanted = [note for note in self._marks if note[0] == kind]
            if wanted:
                root = self._part(f"{kind}s")
            if root is None:
                continue
            bodies = {element.get(f"{W}id", ""): element for element in root}
            for note in wanted:
                if note[1] in bodies:
                    self._read_note(note, bodies[note[1]])

    def _read_note(self, note: tuple[str, str], element: "etree._Element") -> None:
        mark = self._mark_texts[note]
        number = re.match(r"[0-9]+|.", mark)  # "1bis": the reference gives 1, the rest is typed
        self._current_note_number = number[0] if number else ""
        before = self._stored.length
        self._story(element, "footnote")
        written = self._stored.range_since(before)
        if written is None:
            return
        self._stored.add_footnote(
            mark,
            start=written[0],
            end=written[1],
            references=self._marks[note],
            opening=re.compile(re.escape(mark) + _AFTER_MARK),
        )

    def _story(self, element: "etree._Element", role: Role) -> None:
        """Read a part of its own: fields and joined paragraphs do not reach over its edges."""
        self._fields = []
        self._pending = None
        self._blocks(element, role)

    # Blocks

    def _blocks(self, container: "etree._Element", role: Role) -> None:
        for child in container:
            tag = str(child.tag)
            if tag == f"{W}p":
                self._paragraph(child, role)
            elif tag == f"{W}tbl":
                self._table(child, role)
            elif tag in _FOREIGN:
                raise UnreadableDocumentError(
                    f"{self._name} takes in another document, whose text would be missing; "
                    "open it in Word and save it anew"
                )
            elif tag == f"{_MC}AlternateContent":
                for branch in _shown_branch(child):
                    self._blocks(branch, role)
            elif tag in _TAKEN_AWAY:
                self._take_away(child, self._deleted)
            elif tag in _TRANSPARENT and not _is_placeholder(child):
                self._revised = self._revised or tag in _ADDED
                self._blocks(child, role)
        if self._pending is not None:
            line, self._pending = self._pending, None
            self._store(line, role, self._sheet.of_paragraph(None), "")

    def _table(self, table: "etree._Element", role: Role) -> None:
        rows = list(_rows(table))
        cells = [cell for row in rows for cell in _cells(row)]
        # A table of one cell is a frame around text.
        inside: Role = "table" if role == "body" and len(cells) > 1 else role
        for row in rows:
            properties = row.find(f"{W}trPr")
            if properties is not None and properties.find(f"{W}del") is not None:
                self._take_away(row, self._deleted)
                continue
            if properties is not None and properties.find(f"{W}ins") is not None:
                self._revised = True
            for cell in _cells(row):
                if cell.find(f"{W}tcPr/{W}cellDel") is not None:
                    self._take_away(cell, self._deleted)
                else:
                    self._blocks(cell, inside)

    def _paragraph(self, element: "etree._Element", role: Role) -> None:
        properties = element.find(f"{W}pPr")
        facts, label_source, end_deleted, end_hidden = self._properties(properties)
        line, self._pending = self._pending or _Line(), None
        self._inline(element, line, facts)
        if end_deleted:
            self._pending = line
        else:
            blank = not "".join(line.pieces).strip()
            label = "" if blank and end_hidden else self._label(label_source)
            self._store(line, role, facts, label)
        if properties is not None and properties.find(f"{W}sectPr") is not None:
            self._section += 1
            self._enter_section()

    def _properties(
        self, properties: "etree._Element | None"
    ) -> tuple[StyleFacts, tuple[str, int] | None, bool, bool]:
        """Style, list and level, whether the paragraph's end is deleted, whether it is hidden."""
        if properties is None:
            facts = self._sheet.of_paragraph(None)
            return facts, self._list_of(facts, None), False, facts.hidden
        facts = self._sheet.of_paragraph(_value(properties, "pStyle"))
        source = self._list_of(facts, properties.find(f"{W}numPr"))
        mark = properties.find(f"{W}rPr")
        if mark is None:
            return facts, source, False, facts.hidden
        deleted = any(mark.find(tag) is not None for tag in _TAKEN_AWAY)
        if deleted or any(mark.find(tag) is not None for tag in _ADDED):
            self._revised = True
        vanish = mark.find(f"{W}vanish")
        return facts, source, deleted, facts.hidden if vanish is None else is_on(vanish)

    def _list_of(
        self, facts: StyleFacts, direct: "etree._Element | None"
    ) -> tuple[str, int] | None:
        list_id, level = (None, None) if direct is None else numbering_of(direct)
        if list_id is None:
            list_id = facts.list_id
            if level is None and list_id in self._lists:
                tied = (level_of_style(self._lists[list_id], one) for one in facts.chain)
                level = next((index for index in tied if index is not None), facts.list_level)
        if list_id is None or list_id not in self._lists:
            return None
        return list_id, level or 0

    def _label(self, source: tuple[str, int] | None) -> str:
        return "" if source is None else self._counters.label(*source)

    def _store(self, line: _Line, role: Role, facts: StyleFacts, label: str) -> None:
        text = "".join(line.pieces)
        prefix = f"{label}\t" if label else ""
        style, level = facts.style, facts.level
        if label and not style:
            style, level = "item", 0
        margin = role in {"header", "footer"}
        if text.strip() and not (margin and (role, text.strip()) in self._margins_seen):
            if margin:
                self._margins_seen.add((role, text.strip()))
            if facts.proposal and role == "body":
                self._proposal_style = True
            if prefix:  # blanks between an automatic label and its text are layout
                bare = text.lstrip()
                prefix_length = len(prefix) - (len(text) - len(bare))
                text = prefix + bare
            else:
                prefix_length = 0
            origin = self._stored.add(text, role=role, style=style, level=level)
            if origin is not None:
                self._keep_marks(line, origin + prefix_length)
        gone = "".join(line.deleted).strip()
        if gone:
            self._deleted.append(gone)
        for box in line.boxes:
            fields, self._fields = self._fields, []
            self._blocks(box, "text-box" if role == "body" else role)
            self._fields = fields

    def _keep_marks(self, line: _Line, origin: int) -> None:
        text = "".join(line.pieces)
        edge = None
        for mark in line.marks:
            start, end = mark.start, mark.end
            shown = text[start:end]
            end -= len(shown) - len(shown.rstrip())
            if start >= end:
                continue
            self._mark_texts.setdefault(mark.note, text[start:end].strip())
            if edge is not None and _BETWEEN_MARKS.fullmatch(text, edge, start):
                start = edge  # "1, 2": the comma belongs to the marks
            self._marks.setdefault(mark.note, []).append((origin + start, origin + end))
            edge = end

    def _enter_section(self) -> None:
        if self._section >= len(self._sections):
            return
        for kind, numbers in self._numbers.items():
            numbers.heed(self._sections[self._section].find(f"{W}{kind}Pr"))
            if numbers.restart == "eachSect":
                numbers.last = None

    # Inside a paragraph

    def _inline(self, container: "etree._Element", line: _Line, facts: StyleFacts) -> None:
        for child in container:
            tag = str(child.tag)
            if tag == f"{W}r":
                self._run(child, line, facts)
            elif tag in _TAKEN_AWAY:
                self._take_away(child, line.deleted)
            elif tag == f"{_MC}AlternateContent":
                for branch in _shown_branch(child):
                    self._inline(branch, line, facts)
            elif tag in (f"{_M}oMath", f"{_M}oMathPara"):
                line.write("".join(part.text or "" for part in child.iter(f"{_M}t")))
            elif tag in _TRANSPARENT and not _is_placeholder(child):
                self._revised = self._revised or tag in _ADDED
                self._inline(child, line, facts)

    def _run(self, run: "etree._Element", line: _Line, facts: StyleFacts) -> None:
        look = self._look(run.find(f"{W}rPr"), facts)
        self._run_content(run, line, facts, look)

    def _run_content(
        self, run: "etree._Element", line: _Line, facts: StyleFacts, look: _Look
    ) -> None:
        for child in run:
            tag = str(child.tag)
            if tag == f"{W}t":
                self._write(_plain(child.text or "", look.font), line, look)
            elif tag in _CHARACTERS:
                self._write(_CHARACTERS[tag], line, look)
            elif tag == f"{W}fldChar":
                self._heed_field(child.get(f"{W}fldCharType", ""))
            elif tag == f"{W}sym":
                self._write(_symbol(child), line, look)
            elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                self._refer(child, line, look)
            elif tag in (f"{W}footnoteRef", f"{W}endnoteRef"):
                self._write(self._current_note_number, line, look)
            elif tag in _PICTURES:
                line.boxes.extend(_text_boxes(child))
            elif tag == f"{_MC}AlternateContent":
                for branch in _shown_branch(child):
                    self._run_content(branch, line, facts, look)
            elif tag == f"{W}ruby":
                self._inline(child, line, facts)
            elif tag == f"{W}lastRenderedPageBreak":
                self._turn_page()

    def _look(self, properties: "etree._Element | None", facts: StyleFacts) -> _Look:
        if properties is None:
            return _Look(hidden=facts.hidden, struck=facts.struck)
        own = self._sheet.of(_value(properties, "rStyle"))
        vertical = _value(properties, "vertAlign")
        fonts = properties.find(f"{W}rFonts")
        return _Look(
            hidden=_switched(properties, "vanish", facts.hidden or own.hidden),
            struck=_switched(properties, "strike", facts.struck or own.struck)
            or _switched(properties, "dstrike", False),
            raised=own.raised if vertical is None else vertical == "superscript",
            font="" if fonts is None else fonts.get(f"{W}ascii", ""),
        )

    def _write(self, text: str, line: _Line, look: _Look) -> None:
        if look.hidden or not all(self._fields) or not text:
            return
        if look.struck:
            if text.strip():
                self._struck = True
            line.deleted.append(text)
            return
        mark = line.marks[-1] if line.marks else None
        joins = mark is not None and (
            mark.waits or (mark.end == line.length and look.raised and _MARK_TAIL.fullmatch(text))
        )
        line.write(text)
        if mark is not None and joins and text.strip():
            mark.end = line.length
            mark.waits = False

    def _refer(self, reference: "etree._Element", line: _Line, look: _Look) -> None:
        if look.hidden or look.struck or not all(self._fields):
            return
        kind = "footnote" if reference.tag == f"{W}footnoteReference" else "endnote"
        note = (kind, reference.get(f"{W}id", ""))
        custom = reference.get(f"{W}customMarkFollows", "0") not in {"0", "false", "off"}
        mark = _Mark(note, line.length, line.length, waits=custom)
        if not custom:
            line.write(self._numbers[kind].next())
            mark.start, mark.end = mark.end, line.length
        line.marks.append(mark)

    def _heed_field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append(False)
        elif kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _turn_page(self) -> None:
        for numbers in self._numbers.values():
            if numbers.restart == "eachPage":
                numbers.last = None

    def _take_away(self, element: "etree._Element", into: list[str]) -> None:
        self._revised = True
        text = "".join(
            _CHARACTERS.get(str(part.tag)) or part.text or ""
            for part in element.iter(f"{W}delText", f"{W}t", *_CHARACTERS)
        )
        if text.strip():
            into.append(text)


def _rows(table: "etree._Element") -> Iterator["etree._Element"]:
    yield from _under(table, f"{W}tr")


def _cells(row: "etree._Element") -> Iterator["etree._Element"]:
    yield from _under(row, f"{W}tc")


def _under(parent: "etree._Element", wanted: str) -> Iterator["etree._Element"]:
    """The rows of a table or cells of a row, also those inside content controls."""
    for child in parent:
        if child.tag == wanted:
            yield child
        elif child.tag in _TRANSPARENT:
            yield from _under(child, wanted)


def _shown_branch(alternatives: "etree._Element") -> Iterable["etree._Element"]:
    """The branch that Word shows: the first choice, the fallback only where there is none."""
    for branch in alternatives:
        if branch.tag == f"{_MC}Choice":
            return (branch,)
    return tuple(branch for branch in alternatives if branch.tag == f"{_MC}Fallback")


def _text_boxes(element: "etree._Element") -> Iterator["etree._Element"]:
    for child in element:
        if child.tag == f"{W}txbxContent":
            yield child
        elif child.tag == f"{_MC}AlternateContent":
            for branch in _shown_branch(child):
                yield from _text_boxes(branch)
        else:
            yield from _text_boxes(child)


def _is_placeholder(element: "etree._Element") -> bool:
    """Whether this is a content control that still shows "Click here to enter text"."""
    return is_on(element.find(f"{W}sdtPr/{W}showingPlcHdr"))


def _is_former(section: "etree._Element") -> bool:
    parent = section.getparent()
    return parent is not None and parent.tag == f"{W}sectPrChange"


def _switched(properties: "etree._Element", name: str, inherited: bool) -> bool:
    found = properties.find(f"{W}{name}")
    return inherited if found is None else is_on(found)


def _symbol(element: "etree._Element") -> str:
    code = element.get(f"{W}char", "")
    if not re.fullmatch(r"[0-9A-Fa-f]{1,6}", code):
        return ""
    return symbol(int(code, 16), element.get(f"{W}font", ""))


def _plain(text: str, font: str) -> str:
    """The characters that are seen: no soft hyphens, symbols as Unicode has them."""
    if font and ("symbol" in font.lower() or "dings" in font.lower()):
        return "".join(symbol(ord(character), font) for character in text)
    return plain_characters(text).replace("\r", " ").replace("\n", " ")


def _value(element: "etree._Element", name: str) -> str | None:
    child = element.find(f"{W}{name}")
    return None if child is None else child.get(f"{W}val")
