"""Web pages: the text as a browser shows it, list numbers written out.

Stored text: the page in document order, then page headers and footers, then footnotes, then what
the page shows as deleted. `dir` and `lang` change nothing: text in HTML is in logical order.
"""

import codecs
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import UnreadableDocumentError
from corpus.paragraphs import Extraction, Role, Style
from corpus.readers.html_lists import Lists
from corpus.readers.html_notes import Note, Notes, shown_text
from corpus.readers.itu_styles import is_proposal, style_of
from corpus.readers.limits import MAX_PART_BYTES, check_nodes, read_bounded, too_large
from corpus.readers.proposals import proposal_mark
from corpus.readers.stored_text import StoredText, plain_characters

if TYPE_CHECKING:
    from lxml import etree

_DROPPED = frozenset(
    (
        *("script", "style", "nav", "noscript", "template", "head", "title", "iframe", "object"),
        *("embed", "select", "option", "textarea", "button", "input", "svg", "canvas", "audio"),
        *("video", "map", "datalist", "dialog", "rp", "rt"),
    )
)
_BLOCKS = frozenset(
    (
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "caption",
            "center",
            "dd",
            "details",
        ),
        *("dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "hgroup", "hr", "legend", "li", "main", "menu", "ol"),
        *("p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr"),
        "ul",
    )
)
# An element of a page costs more than one of Word: they are fewer, and most carry text.
_MAX_TAGS = 400_000
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_PROSE = frozenset(("p", "ol", "ul", "div", "table", "blockquote", *_HEADINGS))
_DELETED = frozenset(("del", "s", "strike"))
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)
_COLLAPSED = re.compile(r"[ \t\r\n\f]+")
_ARROWS = re.compile(r"[↩↑↵⤴⏎^⮌\ufe0e\ufe0f\s]+")
_AFTER_MARK = r"[\s\]).:]*"
_STRUCK = re.compile(r"text-decoration[a-z-]*\s*:[^;]*line-through", re.I)


def read_html(file: Path) -> Extraction:
    """The text and paragraphs of a web page.

    Raises UnreadableDocumentError if it is too large, nested beyond reason or holds no text.
    """
    content = read_bounded(file)
    if len(content) > MAX_PART_BYTES:
        raise too_large(file.name, MAX_PART_BYTES)
    text = decode(content).replace("\x00", "\ufffd")
    root = _parse(text, file.name)
    page = _Page(root)
    try:
        return page.extraction(file.name)
    except RecursionError:
        raise _too_deep(file.name) from None


def decode(content: bytes) -> str:
    """The page as text: byte-order mark, declared charset, UTF-8, or the likeliest, in this order.

    Bytes that the encoding does not know become U+FFFD.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, errors="replace")
    declared = _declared_charset(content)
    if declared:
        return content.decode(declared, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes  # noqa: PLC0415 - only pages that do not say

    best = from_bytes(content[: 64 * 1024]).best()
    return content.decode(best.encoding if best else "cp1252", errors="replace")


def _declared_charset(content: bytes) -> str:
    """The codec of the charset that the page declares, "" if it declares none that is known."""
    head = content[:8192]
    if head[:64].count(0) > 16:  # UTF-16 without a mark
        return "utf-16-le" if head[1:2] == b"\x00" else "utf-16-be"
    found = re.search(rb"<\?xml[^>]*encoding=[\"']([\w.:-]+)", head) or re.search(
        rb"<meta[^>]*charset\s*=\s*[\"']?\s*([\w.:-]+)", head, re.IGNORECASE
    )
    if not found:
        return ""
    label = found[1].decode("ascii", errors="replace").lower()
    # The encodings that browsers take these labels for (WHATWG Encoding, section 4.2).
    label = {
        "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
        "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs",
        "iso-8859-6-i": "iso-8859-6", "utf-16": "utf-8", "utf-16le": "utf-8", "unicode": "utf-8",
    }.get(label, label)  # fmt: skip
    try:
        codec = codecs.lookup(label)
    except (LookupError, ValueError):
        return ""
    return codec.name if getattr(codec, "_is_text_encoding", True) else ""


def _parse(text: str, name: str) -> "etree._Element":
    from lxml import etree  # noqa: PLC0415 - only web pages pay for it

    content = text.encode("utf-8", errors="replace")
    check_nodes(content, name, limit=_MAX_TAGS)
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise UnreadableDocumentError(
            f"{name} is no readable web page: {error}; fetch it again"
        ) from error
    if root is None:
        raise _no_text(name)
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise _too_deep(name)
    return root


def _no_text(name: str) -> UnreadableDocumentError:
    return UnreadableDocumentError(f"{name} holds no text; give a page with text")


def _too_deep(name: str) -> UnreadableDocumentError:
    return UnreadableDocumentError(
        f"{name} nests its elements too deeply; save the page anew from a browser"
    )


@dataclass(frozen=True, slots=True)
class _Context:
    """What the elements around a piece of text say about it."""

    role: Role = "body"
    style: Style = ""
    level: int = 0
    preformatted: bool = False
    deleted: bool = False


@dataclass(slots=True)
class _Line:
    """The block being read: its text, and the note marks in it."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0
    marks: list[tuple[str, int, int]] = field(default_factory=list)  # key of the note, range

    def write(self, text: str) -> None:
        last = self.pieces[-1][-1] if self.pieces else "\n"
        if last in " \n\t":
            text = text.lstrip(" ")
        if text == "\n" and last == " ":
            self.pieces[-1] = self.pieces[-1][:-1]
            self.length -= 1
            if not self.pieces[-1]:
                self.pieces.pop()
        if text:
            self.pieces.append(text)
            self.length += len(text)


class _Page:
    """A web page being read, block by block."""

    def __init__(self, root: "etree._Element") -> None:
        self._root = root
        self._stored = StoredText()
        self._notes = Notes(root)
        self._lists = Lists()
        self._line = _Line()
        self._label = ""
        self._references: dict[str, list[tuple[int, int]]] = {}
        self._later: list[tuple[etree._Element, _Context]] = []
        self._deleted: list[str] = []
        self._why = ""
        self._proposal_style = False
        self._preformatted = 0

    def extraction(self, name: str) -> Extraction:
        self._element(self._root, _Context())
        self._flush(_Context())
        if not self._stored.paragraphs:
            raise _no_text(name)
        text = self._stored.text
        shown = [text[one.start : one.end] for one in self._stored.paragraphs]
        lines = 2 * self._preformatted > len(text)
        for element, context in self._later:
            self._children(element, context)
            self._flush(context)
        for note in self._notes.by_body.values():
            if note.key in self._references:
                self._footnote(note)
        for gone in self._deleted:
            self._stored.add(gone, role="deleted")
        why = self._why or proposal_mark(shown) or ("proposal" if self._proposal_style else "")
        return self._stored.extraction(file=name, proposal=why, lines=lines)

    def _footnote(self, note: Note) -> None:
        before = self._stored.length
        context = _Context(role="footnote")
        self._children(note.body, context)
        self._flush(context)
        written = self._stored.range_since(before)
        if written is None:
            return
        self._stored.add_footnote(
            note.mark,
            start=written[0],
            end=written[1],
            references=self._references[note.key],
            opening=re.compile(r"[\[(]?" + re.escape(note.mark) + _AFTER_MARK),
        )

    def _element(self, element: "etree._Element", context: _Context) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if not tag or tag in _DROPPED or _is_hidden(element) or _is_navigation(element):
            return
        if tag in {"header", "footer"} and _is_margin(element):
            role: Role = "header" if tag == "header" else "footer"
            self._later.append((element, replace(context, role=role)))
            return
        note = self._notes.by_body.get(element)
        if note is not None and context.role != "footnote":
            self._flush(context)
            return
        if tag == "br":
            self._line.write("\n")
        elif tag in _BLOCKS:
            self._flush(context)
            inside = _within(element, tag, context)
            if tag == "li":
                self._label += self._lists.label(element)
            if is_proposal(element.get("class", "")):
                self._proposal_style = True
            self._children(element, inside)
            self._flush(inside)
            if tag == "li":
                self._label = ""
        else:
            self._inline(element, tag, context)

    def _inline(self, element: "etree._Element", tag: str, context: _Context) -> None:
        if context.role == "footnote" and tag == "a" and _ARROWS.fullmatch(shown_text(element)):
            return
        note = self._notes.by_reference.get(element)
        before = self._line.length
        struck = tag in _DELETED or bool(_STRUCK.search(element.get("style", "")))
        if tag in {"del", "ins"}:
            self._why = "tracked changes"
        elif struck:
            self._why = self._why or "struck-through text"
        if tag == "q":
            self._line.write("“")
        self._children(element, replace(context, deleted=True) if struck else context)
        if tag == "q":
            self._line.write("”")
        if note is not None and self._line.length > before:
            self._line.marks.append((note.key, before, self._line.length))

    def _children(self, element: "etree._Element", context: _Context) -> None:
        self._text(element.text, context)
        for child in element:
            self._element(child, context)
            self._text(child.tail, context)

    def _text(self, text: str | None, context: _Context) -> None:
        if not text:
            return
        if context.preformatted:
            shown = plain_characters(text).replace("\r\n", "\n").replace("\r", "\n")
        else:
            shown = _COLLAPSED.sub(" ", plain_characters(text))
        if not shown:
            return
        if context.deleted:
            if shown.strip():
                self._deleted.append(shown)
            return
        if context.preformatted:
            self._line.pieces.append(shown)
            self._line.length += len(shown)
        else:
            self._line.write(shown)

    def _flush(self, context: _Context) -> None:
        """Store the block read so far."""
        line, self._line = self._line, _Line()
        text = "".join(line.pieces)
        if not text.strip():
            return
        if context.preformatted:
            self._preformatted += len(text)
            for one in text.split("\n"):
                self._stored.add(one, role=context.role)
            return
        prefix, self._label = self._label, ""
        bare = text.lstrip() if prefix else text
        origin = self._stored.add(
            prefix + bare, role=context.role, style=context.style, level=context.level
        )
        if origin is None:
            return
        shift = origin + len(prefix) - (len(text) - len(bare))
        edge = -1
        for key, first, last in line.marks:
            shown = text[first:last]
            start = first + len(shown) - len(shown.lstrip())
            end = last - len(shown) + len(shown.rstrip())
            if 0 <= edge < start and not text[edge:start].strip(" ,;"):
                start = edge  # "1, 2": the comma belongs to the marks
            if start < end:
                self._references.setdefault(key, []).append((shift + start, shift + end))
                edge = end


def _within(element: "etree._Element", tag: str, context: _Context) -> _Context:
    """The context inside a block."""
    role = context.role
    if tag == "table" and role == "body" and not _is_layout(element):
        role = "table"
    style, level = context.style, context.level
    for name in element.get("class", "").split():
        meaning = style_of(name)
        if meaning[0]:
            style, level = meaning
    return replace(
        context,
        role=role,
        style=style,
        level=level,
        preformatted=context.preformatted or tag == "pre",
    )


def _is_layout(table: "etree._Element") -> bool:
    """Whether a table only arranges the page: one cell, or cells that hold whole texts."""
    if table.get("role") in {"presentation", "none"}:
        return True
    cells = list(table.iter("td", "th"))
    if len(cells) <= 1:
        return True
    return any(sum(child.tag in _PROSE for child in cell) >= 3 for cell in cells)


def _is_hidden(element: "etree._Element") -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style", "")))


def _is_navigation(element: "etree._Element") -> bool:
    return element.get("role") == "navigation"


def _is_margin(element: "etree._Element") -> bool:
    """Whether a header or footer is the page's own: not of an article, and without a heading."""
    if any(ancestor.tag in {"article", "main", "section"} for ancestor in element.iterancestors()):
        return False
    return not any(child.tag in _HEADINGS for child in element.iter())
