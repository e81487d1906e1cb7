"""Paragraph and Extraction: what a reader of a document saw, before it has a meaning.

Every reader gives the same neutral form, so that a new source format touches one module and the
structure is found by one. Automatic labels of a word processor are written out into the text
("a)\\t…"), as a person would see them: the text alone is enough, styles are hints.
"""

from dataclasses import dataclass
from typing import Literal

Role = Literal["body", "table", "text-box", "header", "footer", "page-mark", "footnote", "deleted"]
Style = Literal[
    "", "number", "title", "history", "heading", "item", "annex", "section", "continued"
]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph (or, where a format knows only lines, one line) of a document."""

    start: int  # half-open range of characters in the extraction's text
    end: int
    role: Role = "body"
    style: Style = ""  # what the source's own style says it is; "" when it does not say
    level: int = 0  # of an item: 1 for a), 2 for i), 3 for a dash; 0 when unknown


@dataclass(frozen=True, slots=True)
class Footnote:
    """The body of a note and the places at which its mark stands in the extraction's text."""

    mark: str
    text: str
    references: tuple[tuple[int, int], ...]  # ranges of the marks, to be cut from the text
    body: tuple[int, int]  # range of the note's own text


@dataclass(frozen=True, slots=True)
class Extraction:
    """The text of a document, as it is stored, and its paragraphs in reading order.

    For plain text `text` is the decoded file, character for character. For the other formats it is
    what the reader extracted; it is stored beside the document, and all offsets lead into it.
    """

    file: str  # name only, no folder
    text: str
    paragraphs: tuple[Paragraph, ...]
    footnotes: tuple[Footnote, ...] = ()
    proposal: str = ""  # why this is read as a proposal ("tracked changes", "MOD"), or ""
    lines: bool = False  # True when paragraphs are physical lines that may wrap (text, PDF)
