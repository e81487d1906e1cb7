"""The automatic numbers of a Word file, counted again as Word counts them for display.

The rules are those of ECMA-376 part 1, 17.9. Paragraphs do not carry their numbers: they name a
list (numId) and a level, the list names an abstract list, which may be shared, and the number is
what a counter holds when the paragraph is reached. Lists that share an abstract list share its
counters, unless one of them overrides a start.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from corpus.readers.counting import count
from corpus.readers.symbols import bullet

if TYPE_CHECKING:
    from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered and shown."""

    start: int = 0  # Word's default where w:start is missing
    number_format: str = "decimal"
    text: str = ""  # "%1.%2)"
    legal: bool = False  # show all numbers of this label in decimal
    restart_after: int | None = None  # 1-based level; 0: never restarts; None: after any above
    style: str = ""  # id of the paragraph style tied to this level
    font: str = ""


@dataclass(frozen=True, slots=True)
class NumberedList:
    """One w:num: the counters it uses, its levels, and the starts it overrides."""

    abstract: str
    levels: Mapping[int, Level]
    starts: Mapping[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Counters:
    """The state of counting while the paragraphs of a document pass by in order."""

    lists: Mapping[str, NumberedList]
    _values: dict[str, list[int | None]] = field(default_factory=dict)
    _started: set[tuple[str, int]] = field(default_factory=set)

    def label(self, list_id: str, level: int) -> str:
        """Count one paragraph of the list at this level (0-based) and give the label it shows."""
        numbered = self.lists.get(list_id)
        if numbered is None or not 0 <= level < _LEVELS:
            return ""
        shape = numbered.levels.get(level, Level())
        values = self._values.setdefault(numbered.abstract, [None] * _LEVELS)
        values[level] = self._next(list_id, numbered, level, values[level])
        self._restart_below(numbered, level, values)
        return _shown(numbered, level, shape, values)

    def _next(self, list_id: str, numbered: NumberedList, level: int, current: int | None) -> int:
        first_use = (list_id, level) not in self._started
        self._started.add((list_id, level))
        if first_use and level in numbered.starts:
            return numbered.starts[level]
        if current is None:
            return numbered.starts.get(level, numbered.levels.get(level, Level()).start)
        return current + 1

    def _restart_below(self, numbered: NumberedList, level: int, values: list[int | None]) -> None:
        for deeper in range(level + 1, _LEVELS):
            after = numbered.levels.get(deeper, Level()).restart_after
            if after is None or level < after:
                values[deeper] = None


def read_numbering(root: "etree._Element") -> dict[str, NumberedList]:
    """The lists of a numbering part by their id; a list without its abstract list is left out."""
    abstracts: dict[str, dict[int, Level]] = {}
    by_style: dict[str, str] = {}
    links: dict[str, str] = {}
    for abstract in root.iterfind(f"{W}abstractNum"):
        identifier = abstract.get(f"{W}abstractNumId", "")
        levels = (_level(element) for element in abstract.iterfind(f"{W}lvl"))
        abstracts[identifier] = dict(levels)
        style = _value(abstract, "styleLink")
        if style:
            by_style[style] = identifier
        link = _value(abstract, "numStyleLink")
        if link:
            links[identifier] = link
    lists: dict[str, NumberedList] = {}
    for element in root.iterfind(f"{W}num"):
        identifier = _value(element, "abstractNumId") or ""
        identifier = by_style.get(links.get(identifier, ""), identifier)
        if identifier in abstracts:
            lists[element.get(f"{W}numId", "")] = _overridden(
                element, NumberedList(identifier, abstracts[identifier])
            )
    return lists


def level_of_style(numbered: NumberedList, style: str) -> int | None:
    """The level (0-based) that the list ties to this paragraph style."""
    for index, level in numbered.levels.items():
        if level.style == style:
            return index
    return None


def integer(text: str | None, default: int) -> int:
    """The decimal number, `default` if there is none or it is absurd."""
    if text is None or not re.fullmatch(r"[+-]?[0-9]{1,6}", text):
        return default
    return int(text)


def is_on(element: "etree._Element | None") -> bool:
    """Whether an on/off property is there and not switched off."""
    return element is not None and element.get(f"{W}val", "1") not in {"0", "false", "off", "none"}


def _overridden(element: "etree._Element", base: NumberedList) -> NumberedList:
    levels, starts = dict(base.levels), {}
    for override in element.iterfind(f"{W}lvlOverride"):
        index = integer(override.get(f"{W}ilvl"), -1)
        replaced = override.find(f"{W}lvl")
        if replaced is not None:
            _, level = _level(replaced)
            levels[index] = replace(level, style=level.style or levels.get(index, Level()).style)
        start = _value(override, "startOverride")
        if start is not None:
            starts[index] = integer(start, 1)
        elif replaced is not None:
            starts[index] = levels[index].start
    return NumberedList(base.abstract, levels, starts)


def _level(element: "etree._Element") -> tuple[int, Level]:
    restart = _value(element, "lvlRestart")
    fonts = element.find(f"{W}rPr/{W}rFonts")
    font = "" if fonts is None else fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or ""
    formats = [found.get(f"{W}val", "") for found in element.iter(f"{W}numFmt")]
    known = [name for name in formats if name != "custom"]  # w14 formats bring a fallback
    return integer(element.get(f"{W}ilvl"), -1), Level(
        start=integer(_value(element, "start"), 0),
        number_format=known[0] if known else "decimal",
        text=_value(element, "lvlText") or "",
        legal=is_on(element.find(f"{W}isLgl")),
        restart_after=None if restart is None else integer(restart, 0),
        style=_value(element, "pStyle") or "",
        font=font,
    )


def _shown(numbered: NumberedList, level: int, shape: Level, values: list[int | None]) -> str:
    if shape.number_format == "bullet":
        return bullet(shape.text, shape.font)
    if shape.number_format == "none":
        return _PLACE.sub("", shape.text).strip()

    def number(match: re.Match[str]) -> str:
        place = int(match[1]) - 1
        of_place = numbered.levels.get(place, Level())
        value = values[place]
        if place > level:
            return ""
        if value is None:  # no item of that level has come yet: Word shows its start
            value = numbered.starts.get(place, of_place.start)
        if of_place.number_format in {"bullet", "none"}:
            return ""
        return count(value, "decimal" if shape.legal else of_place.number_format)

    return _PLACE.sub(number, shape.text).strip()


def _value(element: "etree._Element", name: str) -> str | None:
    child = element.find(f"{W}{name}")
    return None if child is None else child.get(f"{W}val")
