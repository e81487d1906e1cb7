"""The footnotes of a web page: which elements are marks, and which blocks are their bodies.

Two ways are known: a link to a block further down, as Word, Pandoc and wikis write it; and a raised
number, with a later paragraph that opens with the same raised number.
"""

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree

_MARK = re.compile(
    r"[\[(]?(?P<mark>(?:[0-9]{1,3}|[*†‡§]{1,3}|[a-z]|[ivx]{1,5})(?:\s?(?:bis|ter|quater))?)[\])]?"
)
_NOTE_NAME = re.compile(r"(?:^|[_\W])(?:ftn|edn|fn|en|footnote|endnote|note|cite_note)", re.I)
_NUMBERED_NOTE = re.compile(r"^_?(?:ftn|edn|fn|footnote|endnote)[-_:]?[0-9]+$", re.IGNORECASE)
_HOLDERS = frozenset(("li", "p", "div", "dd", "td", "aside"))


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote found before the page is read: its mark, and the element that holds its body."""

    key: str
    mark: str
    body: "etree._Element"


class Notes:
    """The footnotes of a page: which elements are marks, which are bodies."""

    def __init__(self, root: "etree._Element") -> None:
        self.by_reference: dict[etree._Element, Note] = {}
        self.by_body: dict[etree._Element, Note] = {}
        order = {element: index for index, element in enumerate(root.iter())}
        names: dict[str, etree._Element] = {}
        for element in order:
            for attribute in ("id", "name"):
                name = element.get(attribute)
                if name:
                    names.setdefault(name, element)
        for element in order:
            if element.tag == "a":
                self._find_linked(element, names, order)
        self._find_raised(order)

    def _find_linked(
        self,
        link: "etree._Element",
        names: "dict[str, etree._Element]",
        order: "dict[etree._Element, int]",
    ) -> None:
        target = names.get((link.get("href") or "").removeprefix("#"))
        shown = _MARK.fullmatch(shown_text(link))
        if target is None or shown is None or not (link.get("href") or "").startswith("#"):
            return
        if order[target] <= order[link] or not _looks_like_reference(link):
            return
        body = _note_body(target)
        if body is None or body in set(link.iterancestors()):
            return
        note = self.by_body.setdefault(body, Note(f"#{order[body]}", shown["mark"], body))
        outer = link.getparent()
        whole = outer is not None and outer.tag == "sup" and _MARK.fullmatch(shown_text(outer))
        self.by_reference[outer if whole and outer is not None else link] = note

    def _find_raised(self, order: "dict[etree._Element, int]") -> None:
        """Marks without links: a raised number, and later a paragraph that opens with it."""
        waiting: dict[str, list[etree._Element]] = {}
        for element in order:
            shown = _MARK.fullmatch(shown_text(element)) if element.tag == "sup" else None
            if shown is None or element in self.by_reference:
                continue
            if any(ancestor in self.by_body for ancestor in element.iterancestors()):
                continue
            mark, block = shown["mark"], _block_opened_by(element)
            if block is None:
                waiting.setdefault(mark, []).append(element)
            elif waiting.get(mark):
                note = Note(f"#{order[block]}", mark, block)
                self.by_body[block] = note
                for reference in waiting.pop(mark):
                    self.by_reference[reference] = note


def shown_text(element: "etree._Element") -> str:
    """The text inside an element, without the white space around it."""
    return "".join(str(part) for part in element.itertext()).strip()


def _looks_like_reference(link: "etree._Element") -> bool:
    parent = link.getparent()
    raised = parent is not None and parent.tag == "sup"
    raised = raised or any(child.tag == "sup" for child in link)
    role = f"{link.get('role', '')} {link.get('epub:type', '')} {link.get('class', '')}"
    return (
        raised
        or "noteref" in role
        or "footnote" in role
        or bool(_NOTE_NAME.search((link.get("href") or "").removeprefix("#")))
    )


def _note_body(target: "etree._Element") -> "etree._Element | None":
    """The block that holds a note, given the element that a mark leads to."""
    block: etree._Element | None = target
    while block is not None and block.tag not in _HOLDERS:
        block = block.getparent()
    parent = None if block is None else block.getparent()
    # Word sets a note of several paragraphs as <div id="ftn1">.
    if parent is not None and _NUMBERED_NOTE.search(parent.get("id", "")):
        return parent
    return block


def _block_opened_by(element: "etree._Element") -> "etree._Element | None":
    """The block whose text begins with this element, None if other text stands before it."""
    current = element
    while True:
        parent = current.getparent()
        if parent is None or (parent.text or "").strip():
            return None
        for earlier in islice(current.itersiblings(preceding=True), 8):
            if shown_text(earlier) or (earlier.tail or "").strip():
                return None
        if parent.tag in _HOLDERS:
            return parent
        current = parent
