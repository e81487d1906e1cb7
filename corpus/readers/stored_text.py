"""StoredText: the text of a document while a reader writes it down; its offsets are exact."""

import re
from collections.abc import Iterable, Iterator

from corpus.paragraphs import Extraction, Footnote, Paragraph, Role, Style
from corpus.readers.symbols import symbol

_PRIVATE_USE = re.compile("[\uf020-\uf0ff]")
# A line break after which a new item begins: "…;⏎b) that", "…:⏎–⇥text", "1⇥text".
_ITEM_LINE = re.compile(
    r"""
    [ \t\u00a0]*
    (?:
        \(? [^\W\d_]{1,2} [)）]                        # a)  (b)  а)  أ)
      | \(? [ivxl]{1,6} \)                           # iii)
      | \(? [0-9]{1,3} (?:\.[0-9]{1,3})* [).、．）]    # 1)  2.  1.1)
      | [0-9]{1,3} (?:\.[0-9]{1,3})* [ \t\u00a0]+     # 3 text
      | [–—•▪●·-] [ \t\u00a0]
    )
    """,
    re.VERBOSE,
)
_CLOSED = re.compile(r"(?:[;:.。；：]|\),|），)\s*$")


class StoredText:
    """Paragraphs appended one after the other, each on its own line."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._paragraphs: list[Paragraph] = []
        self._notes: list[tuple[str, int, int, tuple[tuple[int, int], ...], re.Pattern[str]]] = []

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        return tuple(self._paragraphs)

    @property
    def length(self) -> int:
        return self._length

    def range_since(self, length: int) -> tuple[int, int] | None:
        """From the first to the last paragraph added since the text had this length."""
        if length >= self._length:
            return None
        return length + (1 if length else 0), self._length

    @property
    def text(self) -> str:
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return "".join(self._pieces)

    def add(
        self, text: str, *, role: Role = "body", style: Style = "", level: int = 0
    ) -> int | None:
        """Append one paragraph without its outer white space.

        A line break inside it stays one, but where a new item follows it (many a web page sets
        whole lists in one block) a paragraph ends there, unless a style says what the block is.

        Returns where `text[0]` would stand in the stored text (positions in `text` are moved by
        adding it, even if white space before the first word was cut), None if the text is blank.
        """
        bare = text.strip()
        if not bare:
            return None
        if self._pieces:
            self._write("\n")
        start = self._length
        self._write(bare)
        pieces = _items(bare) if style in {"", "item"} and role != "deleted" else _whole(bare)
        for first, last in pieces:
            self._paragraphs.append(Paragraph(start + first, start + last, role, style, level))
        return start - (len(text) - len(text.lstrip()))

    def blank_line(self) -> None:
        """Leave a blank line, as between the paragraphs of a page."""
        if self._pieces:
            self._write("\n")

    def add_footnote(
        self,
        mark: str,
        *,
        start: int,
        end: int,
        references: Iterable[tuple[int, int]],
        opening: re.Pattern[str],
    ) -> None:
        """Make a footnote of a range of the stored text, less what `opening` matches at its start.

        A note of which nothing is left then is none.
        """
        self._notes.append((mark, start, end, tuple(sorted(references)), opening))

    def extraction(self, *, file: str, proposal: str = "", lines: bool = False) -> Extraction:
        text = self.text
        return Extraction(file, text, self.paragraphs, tuple(self._bodies(text)), proposal, lines)

    def _bodies(self, text: str) -> Iterator[Footnote]:
        for mark, start, end, references, opening in sorted(self._notes, key=lambda one: one[1]):
            matched = opening.match(text, start, end)
            body = (matched.end() if matched else start, end)
            if body[0] < end:
                yield Footnote(mark, text[slice(*body)], references, body)

    def _write(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)


def plain_characters(text: str) -> str:
    """The characters that are seen: no soft hyphens, those of symbol fonts as Unicode has them."""
    if "\u00ad" in text:
        text = text.replace("\u00ad", "")
    if _PRIVATE_USE.search(text):
        text = _PRIVATE_USE.sub(lambda found: symbol(ord(found[0]), "Symbol"), text)
    return text


def _whole(text: str) -> Iterator[tuple[int, int]]:
    yield 0, len(text)


def _items(text: str) -> Iterator[tuple[int, int]]:
    """The ranges between the line breaks at which a new item begins, without white space around."""
    start = at = depth = 0
    closed = blank = False
    for line in text.split("\n"):
        bare = line.strip()
        if at > start and bare and (blank or (closed and not depth) or _ITEM_LINE.match(line)):
            yield start, start + len(text[start:at].rstrip())
            start = at + len(line) - len(line.lstrip())
            depth = 0
        if bare:
            depth = max(0, depth + _opened(line))
            closed = _CLOSED.search(line) is not None
        blank = not bare
        at += len(line) + 1
    yield start, len(text)


def _opened(line: str) -> int:
    """How many brackets the line leaves open."""
    return line.count("(") + line.count("（") - line.count(")") - line.count("）")
