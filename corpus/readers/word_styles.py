"""The style sheet of a Word file: meaning, automatic numbers, what is hidden, struck or raised."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.paragraphs import Style
from corpus.readers.itu_styles import is_proposal, style_of
from corpus.readers.word_numbering import W, integer, is_on

if TYPE_CHECKING:
    from lxml import etree

_MAX_CHAIN = 20  # a style may be based on another and so on; a circle would never end


@dataclass(frozen=True, slots=True)
class StyleFacts:
    """One style with all that it inherits."""

    style: Style = ""
    level: int = 0
    proposal: bool = False
    hidden: bool = False
    struck: bool = False
    raised: bool = False  # superscript, or the style of note marks
    list_id: str | None = None
    list_level: int | None = None  # 0-based
    chain: tuple[str, ...] = ()  # ids, the style itself first


NO_STYLE = StyleFacts()


class StyleSheet:
    """The styles of a file by id."""

    def __init__(self, root: "etree._Element | None") -> None:
        self._elements: dict[str, etree._Element] = {}
        self._facts: dict[str, StyleFacts] = {}
        self._default = ""
        for element in () if root is None else root.iterfind(f"{W}style"):
            identifier = element.get(f"{W}styleId", "")
            self._elements[identifier] = element
            is_default = element.get(f"{W}default") in {"1", "true", "on"}
            if is_default and element.get(f"{W}type") == "paragraph":
                self._default = identifier

    def of(self, identifier: str | None) -> StyleFacts:
        """The facts of a style; an id that the sheet lacks is read for its own name."""
        if identifier is None:
            return NO_STYLE
        if identifier not in self._facts:
            self._facts[identifier] = self._gather(identifier)
        return self._facts[identifier]

    def of_paragraph(self, identifier: str | None) -> StyleFacts:
        """As `of`, with the default style for a paragraph that names none."""
        return self.of(identifier or self._default or None)

    def _gather(self, identifier: str) -> StyleFacts:
        chain = tuple(self._chain(identifier))
        meaning: tuple[Style, int] = ("", 0)
        for ancestor in chain:
            meaning = _first_meaning(self._name(ancestor), ancestor)
            if meaning[0]:
                break
        list_id, list_level = self._numbering(chain)
        return StyleFacts(
            style=meaning[0],
            level=meaning[1],
            proposal=any(is_proposal(self._name(one)) or is_proposal(one) for one in chain),
            hidden=self._switch(chain, "vanish"),
            struck=self._switch(chain, "strike") or self._switch(chain, "dstrike"),
            raised=self._raised(chain),
            list_id=list_id,
            list_level=list_level,
            chain=chain,
        )

    def _chain(self, identifier: str) -> Iterator[str]:
        current: str | None = identifier
        for _ in range(_MAX_CHAIN):
            if current is None:
                return
            yield current
            element = self._elements.get(current)
            based_on = None if element is None else element.find(f"{W}basedOn")
            current = None if based_on is None else based_on.get(f"{W}val")

    def _name(self, identifier: str) -> str:
        element = self._elements.get(identifier)
        name = None if element is None else element.find(f"{W}name")
        return identifier if name is None else name.get(f"{W}val", identifier)

    def _switch(self, chain: tuple[str, ...], name: str) -> bool:
        for identifier in chain:
            element = self._elements.get(identifier)
            found = None if element is None else element.find(f"{W}rPr/{W}{name}")
            if found is not None:
                return is_on(found)
        return False

    def _raised(self, chain: tuple[str, ...]) -> bool:
        for identifier in chain:
            if self._name(identifier).lower() in {"footnote reference", "endnote reference"}:
                return True
            element = self._elements.get(identifier)
            found = None if element is None else element.find(f"{W}rPr/{W}vertAlign")
            if found is not None:
                return found.get(f"{W}val") == "superscript"
        return False

    def _numbering(self, chain: tuple[str, ...]) -> tuple[str | None, int | None]:
        list_id, level = None, None
        for identifier in chain:
            element = self._elements.get(identifier)
            numbering = None if element is None else element.find(f"{W}pPr/{W}numPr")
            if numbering is None:
                continue
            own_id, own_level = numbering_of(numbering)
            list_id = own_id if list_id is None else list_id
            level = own_level if level is None else level
        return list_id, level


def numbering_of(numbering: "etree._Element") -> tuple[str | None, int | None]:
    """List id and 0-based level of a w:numPr, None for what it leaves to the style."""
    identifier = numbering.find(f"{W}numId")
    level = numbering.find(f"{W}ilvl")
    return (
        None if identifier is None else identifier.get(f"{W}val"),
        None if level is None else integer(level.get(f"{W}val"), 0),
    )


def _first_meaning(*names: str) -> tuple[Style, int]:
    for name in names:
        meaning = style_of(name)
        if meaning[0]:
            return meaning
    return "", 0
